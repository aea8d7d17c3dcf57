"""From a dose to the window of raised plasticity: the public names."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plasticity.compound import load_compound
    from plasticity.errors import InputError
    from plasticity.model import Model
    from plasticity.observables import pairing_change
    from plasticity.protocol import Protocol
    from plasticity.sbml.export import to_sbml
    from plasticity.sbml.importing import from_sbml
    from plasticity.schedule import best_schedule
    from plasticity.sensitivity.differences import local_derivatives
    from plasticity.sensitivity.indices import sensitivity_indices
    from plasticity.simulation import simulate
    from plasticity.solver.ivp import solve_ensemble, solve_ivp
    from plasticity.solver.located import Event
    from plasticity.study import Study
    from plasticity.sweeps.asking import sweep
    from plasticity.sweeps.planning.ranges import geomspace, linspace
    from plasticity.uncertainty import intervals
    from plasticity.window import windows

__version__ = "0.1.0"
__all__ = [
    "Event",
    "InputError",
    "Model",
    "Protocol",
    "Study",
    "best_schedule",
    "from_sbml",
    "geomspace",
    "intervals",
    "linspace",
    "load_compound",
    "local_derivatives",
    "pairing_change",
    "sensitivity_indices",
    "simulate",
    "solve_ensemble",
    "solve_ivp",
    "sweep",
    "to_sbml",
    "windows",
]

_HOMES = {
    "Event": "solver.located",
    "InputError": "errors",
    "Model": "model",
    "Protocol": "protocol",
    "Study": "study",
    "from_sbml": "sbml.importing",
    "best_schedule": "schedule",
    "geomspace": "sweeps.planning.ranges",
    "intervals": "uncertainty",
    "linspace": "sweeps.planning.ranges",
    "load_compound": "compound",
    "local_derivatives": "sensitivity.differences",
    "pairing_change": "observables",
    "sensitivity_indices": "sensitivity.indices",
    "simulate": "simulation",
    "solve_ensemble": "solver.ivp",
    "solve_ivp": "solver.ivp",
    "sweep": "sweeps.asking",
    "to_sbml": "sbml.export",
    "windows": "window",
}


def __getattr__(name: str) -> Any:
    """Load a public name where it is first used, so that the package itself imports at once."""
    if name not in _HOMES:
        raise AttributeError(f"module 'plasticity' has no attribute {name!r}; public names: {', '.join(__all__)}")
    return getattr(importlib.import_module(f"plasticity.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
