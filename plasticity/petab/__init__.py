"""Calibrations in the terms of PEtab and pyPESTO: tables written and read, and our engine as a custom objective."""

from plasticity.petab.objective import pypesto_problem
from plasticity.petab.reading import from_petab
from plasticity.petab.writing import to_petab

__all__ = ["from_petab", "pypesto_problem", "to_petab"]
