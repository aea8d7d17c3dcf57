"""Which law fills which layer of the chain: the kernels of one model, found by their files."""

from collections.abc import Sequence
from pathlib import Path

from plasticity.assembly import Assembly
from plasticity.compound import Compound
from plasticity.declare import Kernel
from plasticity.errors import InputError, unknown_name
from plasticity.kernels import declared_kernels

SHARED = "only"
"""Variant of a kernel that has no rival; it stands in its layer whichever variant of the others is chosen."""


class Model:
    """An ordered choice of kernels.

    Parameters
    ----------
    calcium : str
        ``"averaged"`` (also ``open_cell``) or ``"oscillator"``.
    brake : str
        ``"first_order"`` (m1), ``"feedback"`` (m2) or ``"zero_order"`` (m3).
    modules : sequence of str
        Layers that are off unless named: ``"memory"``, ``"belief"``.
    folder : path, optional
        Folder with further kernels; a layer and variant found there replaces the shipped one.
    **layers : str
        Variant of any other layer, by the layer's name; of a module that is on, an account: ``memory`` is
        ``"reconsolidation"``, ``"dominance"``, ``"extinction_only"`` or ``"retrieval_alone"``, ``belief`` is
        ``"relaxed"``, ``"strengthened"``, ``"all_routes"`` or ``"window_precision"``.

    Raises
    ------
    InputError
        If a layer, variant or module is unknown; the message names the nearest.

    Examples
    --------
    >>> Model(brake="m2").variants["brake"]
    'feedback'
    """

    def __init__(
        self,
        calcium: str = "averaged",
        brake: str = "first_order",
        modules: Sequence[str] = (),
        folder: str | Path | None = None,
        **layers: str,
    ) -> None:
        own = declared_kernels(str(folder)) if folder is not None else ()
        replaced = {(k.layer, k.variant) for k in own}
        candidates = [*own, *(k for k in declared_kernels() if (k.layer, k.variant) not in replaced)]
        chosen = {"calcium": calcium, "brake": brake, **layers}
        on = {k.layer for k in candidates if k.default}
        optional = {k.layer for k in candidates} - on
        for name in modules:
            if name not in optional:
                raise unknown_name("module", name, optional)
        self.modules = tuple(dict.fromkeys(modules))
        self.kernels: tuple[Kernel, ...] = ()
        self.variants: dict[str, str] = {}
        for layer in chosen:
            if layer in optional - set(self.modules):
                raise InputError(f"layer {layer!r} is off; allowed: its module named, as in modules: [{layer}]")
            if layer not in on | optional:
                raise unknown_name("layer", layer, on | optional)
        for layer in sorted(on | set(self.modules)):
            of_layer = [k for k in candidates if k.layer == layer]
            rivals = [k for k in of_layer if k.variant != SHARED]
            asked = chosen.get(layer, _usual(layer, of_layer))
            fitting = [k for k in rivals or of_layer if asked == k.variant or asked in k.aliases]
            if not fitting:
                raise unknown_name(f"{layer} kernel", asked, {k.variant for k in rivals or of_layer})
            self.variants[layer] = fitting[0].variant
            self.kernels += tuple(k for k in of_layer if k in fitting or k.variant == SHARED)
        self.folder = str(folder) if folder is not None else None

    def __repr__(self) -> str:
        chosen = ", ".join(f"{layer}={variant!r}" for layer, variant in self.variants.items() if variant != SHARED)
        return f"Model({chosen}, modules={self.modules!r})"

    def joined(self, modules: Sequence[str]) -> "Model":
        """Give this model with further modules, itself if it has them all.

        Parameters
        ----------
        modules : sequence of str

        Returns
        -------
        Model
        """
        if set(modules) <= set(self.modules):
            return self
        chosen = {layer: variant for layer, variant in self.variants.items() if layer not in self.modules}
        return Model(**chosen, modules=[*self.modules, *modules], folder=self.folder)

    def describe(self) -> dict[str, object]:
        """Plain data that says which laws are used, for files."""
        chosen = {layer: variant for layer, variant in self.variants.items() if variant != SHARED}
        return {**chosen, "modules": list(self.modules), **({"folder": self.folder} if self.folder else {})}

    def assemble(self, compounds: Sequence[Compound]) -> Assembly:
        """Join the kernels with the compounds of a protocol.

        Parameters
        ----------
        compounds : sequence of Compound
            All of one species, each once.

        Returns
        -------
        Assembly

        Raises
        ------
        InputError
            If a compound is given twice.
        """
        names = [c.name for c in compounds]
        if len(set(names)) < len(names):
            raise InputError(f"compounds {', '.join(names)}: one is given twice; allowed: each once")
        return Assembly(self.kernels, compounds)


def _usual(layer: str, kernels: Sequence[Kernel]) -> str:
    """Variant of a layer when nothing is asked for: the default; of a module, the first that ships."""
    shipped = [k.variant for k in declared_kernels() if k.layer == layer]
    variants = [k.variant for k in kernels if k.default] + shipped + [k.variant for k in kernels]
    return next((variant for variant in variants if variant != SHARED), SHARED)
