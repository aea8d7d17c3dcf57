"""Kernels at their places: once in the model, or in the block of every compound that has the numbers for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from plasticity.compound import Compound
from plasticity.declare import Kernel, State


def slot_key(compound: Compound | None, name: str) -> str:
    """Key of a quantity: its name, with that of the compound before it where there is one.

    Parameters
    ----------
    compound : Compound or None
    name : str

    Returns
    -------
    str

    Examples
    --------
    >>> slot_key(None, "theta")
    'theta'
    """
    return f"{compound.name}.{name}" if compound else name


@dataclass(frozen=True)
class Instance:
    """One kernel at its place: once in the model, or in the block of one compound.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> from plasticity.kernels.exposure import exposure
    >>> Instance(exposure, load_compound("lsd")).key("effect")
    'lsd.effect'
    """

    kernel: Kernel
    compound: Compound | None = None

    def key(self, name: str) -> str:
        """Key of one of its states, inputs or signals."""
        return slot_key(self.compound, name)

    def states(self) -> tuple[State, ...]:
        """Return the states that it has here."""
        return tuple(s for s in self.kernel.states if self.compound is None or s.name in self.compound.states)


def placed_kernel(kernel: Kernel, compounds: Sequence[Compound]) -> list[Instance]:
    """Give a kernel its places: for each compound that has all numbers it cannot do without.

    Parameters
    ----------
    kernel : Kernel
    compounds : sequence of Compound

    Returns
    -------
    list of Instance

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> from plasticity.kernels.binding import release
    >>> drugs = [load_compound("lsd"), load_compound("mdma")]
    >>> [place.compound.name for place in placed_kernel(release, drugs)]
    ['mdma']
    """
    if kernel.per == "model":
        return [Instance(kernel)]
    needed = {p.name for p in kernel.parameters if p.value is None and p.absent is None}
    return [Instance(kernel, compound) for compound in compounds if needed <= set(compound.numbers)]
