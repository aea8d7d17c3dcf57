"""Kernels and compounds joined into one system: which number sits in which slot, and who reads what from whom."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.compound import Compound
from plasticity.declare import Input, Kernel, Parameter, Signal, State, split
from plasticity.instance import Instance, placed_kernel, slot_key

Names = Mapping[str, Any]
Parts = tuple[tuple[Any, ...], tuple[Any, ...]]
Run = Callable[[Kernel, Names, Names, Names], Parts]


class Assembly:
    """An ordered set of kernels for the compounds of one protocol.

    Parameters
    ----------
    kernels : sequence of Kernel
    compounds : sequence of Compound

    Attributes
    ----------
    instances : tuple of Instance
        In the order of their signals.
    states, inputs, parameters : dict
        Declaration by key, in the order of the slots. Keys of a compound are ``lsd.effect``.
    declared : dict
        Every declared parameter by its bare name, those of compounds included.

    Raises
    ------
    TypeError
        If a name is declared twice or by nobody, or if signals form a cycle; the message says who reads what.

    Examples
    --------
    >>> from plasticity.compound import load_compound
    >>> from plasticity.model import Model
    >>> assembly = Model().assemble([load_compound("psilocybin")])
    >>> list(assembly.states)[:3]
    ['psilocybin.gut', 'psilocybin.central', 'psilocybin.effect']
    """

    def __init__(self, kernels: Sequence[Kernel], compounds: Sequence[Compound]) -> None:
        placed = sorted((i for k in kernels for i in placed_kernel(k, compounds)), key=lambda i: i.compound is None)
        self.compounds = tuple(compounds)
        self.declared = _declared(kernels)
        self.states: dict[str, State] = {}
        self.inputs: dict[str, Input] = {}
        self._givers: dict[str, list[tuple[Instance, Signal]]] = {}
        for instance in placed:
            for state in instance.states():
                _once(self.states, instance.key(state.name), state)
            for channel in instance.kernel.inputs:
                _once(self.inputs, instance.key(channel.name), channel)
            for signal in instance.kernel.gives:
                key = signal.name if signal.total else instance.key(signal.name)
                self._givers.setdefault(key, []).append((instance, signal))
        for key, givers in self._givers.items():
            if len(givers) > 1 and not all(signal.total for _, signal in givers):
                names = " and ".join(instance.kernel.name for instance, _ in givers)
                raise TypeError(f"signal {key} is given by {names}; only a total may be given more than once")
        self._totals = {signal.name for kernel in kernels for signal in kernel.gives if signal.total}
        self.instances = tuple(self._sorted(placed))
        self.parameters = self._parameters()

    def _sorted(self, placed: Sequence[Instance]) -> Iterator[Instance]:
        done: list[Instance] = []

        def visit(instance: Instance, path: tuple[str, ...]) -> None:
            name = instance.kernel.name
            if name in path:
                raise TypeError(f"signals form a cycle: {' reads '.join((*path[path.index(name) :], name))}")
            for letter, read in sorted(instance.kernel.reads):
                if letter == "u":
                    for giver, _ in self._found(instance, read):
                        if giver not in done:
                            visit(giver, (*path, name))
            if instance not in done:
                done.append(instance)

        for instance in placed:
            visit(instance, ())
        yield from done

    def _found(self, instance: Instance, name: str) -> list[tuple[Instance, Signal]]:
        """Find who gives what an instance reads as ``u.name``; nobody gives a scheduled input or an empty total."""
        own = instance.key(name)
        if own in self.inputs or name in self.inputs:
            return []
        if own in self._givers or name in self._givers:
            return self._givers.get(own, self._givers.get(name, []))
        if name in self._totals:
            return []
        raise TypeError(f"kernel {instance.kernel.name} reads u.{name}, which no kernel of this model gives")

    def _parameters(self) -> dict[str, Parameter]:
        own, shared = {}, {}
        for instance in self.instances:
            for letter, name in sorted(instance.kernel.reads):
                if letter != "p":
                    continue
                if name not in self.declared:
                    raise TypeError(f"kernel {instance.kernel.name} reads p.{name}, which no kernel declares")
                declared = self.declared[name]
                if declared.value is not None:
                    shared[name] = declared
                elif instance.compound and name in instance.compound.numbers:
                    own[instance.key(name)] = declared
        for name, declared in self.declared.items():
            if declared.value is not None:
                shared.setdefault(name, declared)
        return shared | own

    def outputs(self) -> dict[str, Signal]:
        """Signals that are shown to users, by key."""
        placed = [(i.key(signal.name), signal) for i in self.instances for signal in i.kernel.gives]
        return {key: signal for key, signal in placed if not signal.internal}

    # -- values -------------------------------------------------------------------------------------------------

    def defaults(self) -> dict[str, float]:
        """Give the value of every number in force: all parameters, and all numbers of the compounds."""
        values = {name: p.value for name, p in self.parameters.items() if p.value is not None}
        for compound in self.compounds:
            values |= {slot_key(compound, name): number.value for name, number in compound.numbers.items()}
        return values

    def vector(self, values: Names) -> NDArray[np.float64]:
        """Order values as the compiled model wants them, shape (parameters,), or (n, parameters) of arrays (n,)."""
        return _rows([values[key] for key in self.parameters])

    def baseline(self, values: Names) -> NDArray[np.float64]:
        """Resting state for these parameter values, shape (states,), or (n, states) of arrays (n,)."""
        p = SimpleNamespace(**{k: v for k, v in values.items() if "." not in k})
        resting = [s.baseline(p) if callable(s.baseline) else s.baseline for s in self.states.values()]
        return _rows(resting)

    def resting_inputs(self) -> NDArray[np.float64]:
        """Values of the inputs outside any record, shape (inputs,)."""
        return np.array([channel.default for channel in self.inputs.values()], dtype=float)

    # -- the equations --------------------------------------------------------------------------------------------

    def evaluate(
        self, t: Any, states: Mapping[str, Any], inputs: Mapping[str, Any], values: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Run the kernels as plain functions.

        Parameters
        ----------
        t : array_like
            Time [h].
        states, inputs, values : mapping of str to array_like
            By key, all of one shape.

        Returns
        -------
        rates, signals : dict
            Rates by the keys of the states; signals by key, totals summed.
        """

        return self._walk(states, inputs, values, partial(_plain, t))

    def signal(
        self, key: str, t: Any, states: Mapping[str, Any], inputs: Mapping[str, Any], values: Mapping[str, Any]
    ) -> Any:
        """Run only the kernels that one signal needs, as plain functions.

        Parameters
        ----------
        key : str
            The signal's.
        t, states, inputs, values
            As in `evaluate`.

        Returns
        -------
        array_like
            The same value as that of `evaluate`.
        """
        return self._walk(states, inputs, values, partial(_plain, t), instances=self._needed(key))[1][key]

    def _needed(self, key: str) -> list[Instance]:
        """Find the instances that a signal needs, in the order of their signals."""
        needed: set[int] = set()

        def visit(instance: Instance) -> None:
            needed.add(id(instance))
            for letter, read in instance.kernel.reads:
                for giver, _ in self._found(instance, read) if letter == "u" else ():
                    visit(giver)

        for instance, _ in self._givers[key]:
            visit(instance)
        return [instance for instance in self.instances if id(instance) in needed]

    def traced(
        self, t: Any, states: Names, inputs: Names, values: Names, named: Callable[[Any], Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Run the kernels on symbols.

        Parameters
        ----------
        t : Symbol
            Time.
        states, inputs, values : mapping of str to Symbol
            By key.
        named : callable
            Each signal's expression passes through it before others read it; a total does so once for each giver.

        Returns
        -------
        rates, signals : dict
            Expressions of the rates by the keys of the states; what `named` made of the signals, by key.
        """
        from plasticity.symbolic import trace

        return self._walk(states, inputs, values, partial(trace, t=t), named)

    def _walk(
        self,
        states: Names,
        inputs: Names,
        values: Names,
        run: Run,
        named: Callable[[Any], Any] = lambda value: value,
        instances: Iterable[Instance] | None = None,
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Run every kernel in order, or those asked for; each signal passes through `named` before others read it."""
        rates: dict[str, Any] = {}
        signals: dict[str, Any] = {}
        for instance in self.instances if instances is None else instances:
            own_rates, own_signals = run(instance.kernel, *self._arguments(instance, states, inputs, values, signals))
            for state, rate in zip(instance.kernel.states, own_rates, strict=True):
                if instance.key(state.name) in self.states:
                    rates[instance.key(state.name)] = rate
            for signal, value in zip(instance.kernel.gives, own_signals, strict=True):
                if signal.of is None or (instance.compound and signal.of in instance.compound.states):
                    key = signal.name if signal.total else instance.key(signal.name)
                    signals[key] = named(signals[key] + value if key in signals else value)
        return rates, signals

    def _arguments(
        self, instance: Instance, states: Names, inputs: Names, values: Names, signals: Names
    ) -> tuple[Names, Names, Names]:
        """Find what an instance reads: its own block first, then the model's."""

        def found(name: str, tables: Sequence[Names]) -> Any:
            return next((t[key] for key in (instance.key(name), name) for t in tables if key in t), None)

        tables = {"x": [states], "u": [inputs, signals], "p": [values]}
        read: dict[str, dict[str, Any]] = {"x": {}, "u": {}, "p": {}}
        for letter, name in instance.kernel.reads:
            value = found(name, tables[letter])
            read[letter][name] = self._absent(instance, letter, name) if value is None else value
        return read["x"], read["u"], read["p"]

    def _absent(self, instance: Instance, letter: str, name: str) -> float | None:
        """Value of what a compound lacks: a state at rest, a signal that nobody gives, a number's substitute."""
        if letter == "u":
            return 0.0
        if letter == "p":
            return self.declared[name].absent
        if name not in self._resting:
            raise TypeError(f"kernel {instance.kernel.name} reads x.{name}, which no kernel of this model declares")
        return self._resting[name]

    @cached_property
    def _resting(self) -> dict[str, float]:
        """Values that states which a compound lacks hold for ever."""
        declared = [state for instance in self.instances if instance.compound for state in instance.kernel.states]
        return {state.name: state.baseline for state in declared if not callable(state.baseline)}

    # -- the compiled model ---------------------------------------------------------------------------------------

    @cached_property
    def key(self) -> str:
        """Name of the compiled model: a hash of its structure and of every text that goes into it."""
        import inspect

        from plasticity.solver.cache import fingerprint

        blocks = {compound.name: f"block{i}" for i, compound in enumerate(self.compounds)}

        def positional(key: str) -> str:
            head, dot, tail = key.partition(".")
            return f"{blocks[head]}.{tail}" if dot else key

        structure = [f"{i.kernel.name}@{blocks[i.compound.name] if i.compound else 'model'}" for i in self.instances]
        structure += [positional(key) for table in (self.states, self.inputs, self.parameters) for key in table]
        files = {inspect.getfile(i.kernel.function) for i in self.instances}
        here = Path(__file__).parent
        files |= {
            str(here / name)
            for name in ("declare.py", "equation.py", "instance.py", "ratelaws.py", "symbolic.py", "assembly.py")
        }
        return fingerprint([*structure, *(Path(file).read_text(encoding="utf-8") for file in sorted(files))])

    def compiled(self) -> ModuleType:
        """Load the compiled model, writing and compiling it where it is new."""
        from plasticity.solver.cache import module

        return module(self.key, self.text)

    def text(self) -> str:
        """Write the module of the compiled model."""
        from plasticity.solver.generate import module_text, problem_text

        return module_text(problem_text(self.system()))

    def system(self) -> Any:
        """Read all kernels into one system of expressions (`plasticity.solver.system.System`)."""
        import sympy

        from plasticity.solver.system import TIME, System, given, parameter, state

        statements: list[tuple[Any, Any]] = []

        def named(value: Any) -> Any:
            value = sympy.sympify(value)
            if value.is_Number or value.is_Symbol:
                return value
            symbol = sympy.Symbol(f"s{len(statements)}", real=True)
            statements.append((symbol, value))
            return symbol

        def slots(table: Mapping[str, Any], symbol: Any) -> dict[str, Any]:
            return {key: symbol(i) for i, key in enumerate(table)}

        tables = (slots(self.states, state), slots(self.inputs, given), slots(self.parameters, parameter))
        rates, _ = self.traced(TIME, *tables, named)
        return System(len(self.inputs), len(self.parameters), statements, [rates[key] for key in self.states])


def _plain(t: Any, kernel: Kernel, x: Names, u: Names, p: Names) -> Parts:
    return split(kernel, kernel(t, SimpleNamespace(**x), SimpleNamespace(**u), SimpleNamespace(**p)))


def _rows(columns: Sequence[Any]) -> NDArray[np.float64]:
    """Put numbers, or arrays of one length, side by side; always the caller's own."""
    shape = np.broadcast_shapes(*(np.shape(column) for column in columns))
    rows = np.empty((*shape, len(columns)))
    for i, column in enumerate(columns):
        rows[..., i] = column
    return rows


def _once(table: dict[str, Any], key: str, value: Any) -> None:
    if key in table:
        raise TypeError(f"{key} is declared twice")
    table[key] = value


def _declared(kernels: Sequence[Kernel]) -> dict[str, Parameter]:
    """Collect all parameters by name; kernels that share one must share its declaration."""
    declared: dict[str, Parameter] = {}
    for kernel in kernels:
        names = Counter(p.name for p in kernel.parameters)
        for parameter in kernel.parameters:
            if names[parameter.name] > 1 or declared.setdefault(parameter.name, parameter) != parameter:
                raise TypeError(f"parameter {parameter.name} is declared twice, in kernel {kernel.name} and before")
    return declared
