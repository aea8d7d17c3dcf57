"""Ctrl-C and SIGTERM, held back until a chunk is whole and then let through."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def held_back(tell: Callable[[signal.Signals], None]) -> Iterator[None]:
    """Hand signals to a function, and deliver the first of them when the block ends; what is ignored stays ignored.

    Parameters
    ----------
    tell : callable
        Called from the handler; it should only take note.

    Examples
    --------
    >>> told = []
    >>> try:
    ...     with held_back(told.append):
    ...         signal.raise_signal(signal.SIGINT)
    ...         print("still here")
    ... except KeyboardInterrupt:
    ...     print(told)
    still here
    [<Signals.SIGINT: 2>]
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[signal.Signals] = []

    def note(number: int, frame: object) -> None:  # noqa: ARG001 the signature that Python calls
        came.append(signal.Signals(number))
        tell(came[-1])

    heard = [number for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN]  # as under nohup
    before = {number: signal.signal(number, note) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        if came:
            signal.raise_signal(came[0])
