"""Loading code in a thread beside other work, where a user would otherwise wait for one after the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread


@contextmanager
def alongside(load: Callable[[], object]) -> Iterator[None]:
    """Call a function beside the body of a ``with``, and wait for both.

    What fails in it is not told here: it only loads early what is loaded again where it is used, and fails there.

    Parameters
    ----------
    load : callable
        Without arguments; only its effects matter, such as modules that are imported afterwards.

    Examples
    --------
    >>> found = []
    >>> with alongside(lambda: found.append("loaded")):
    ...     started = True
    >>> found
    ['loaded']
    """
    thread = Thread(target=_quietly, args=(load,), name="loading", daemon=True)
    thread.start()
    yield
    thread.join()


def _quietly(load: Callable[[], object]) -> None:
    try:
        load()
    except Exception:  # noqa: BLE001 whoever uses what could not be loaded says so
        return
