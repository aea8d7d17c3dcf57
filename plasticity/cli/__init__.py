"""The command line ``plasticity``: one line on stderr for an error, and an exit code that says what kind."""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NoReturn

from plasticity.errors import InputError

__all__ = ["main"]

DONE, BUG, BAD_INPUT, SOME_FAILED, IO_FAILURE, INTERRUPTED, TERMINATED = 0, 1, 2, 3, 74, 130, 143
EXIT_CODES = {
    DONE: "done",
    BUG: "a bug in this program; `--debug` shows where",
    BAD_INPUT: "bad input: one line says what was given and what is allowed; nothing was computed or written",
    SOME_FAILED: "finished, but some runs or points failed; they are listed",
    IO_FAILURE: "reading or writing failed: read-only, disk full, a store that cannot be read",
    INTERRUPTED: "interrupted by Ctrl-C; a sweep goes on with `--resume`",
    TERMINATED: "ended by SIGTERM; a sweep goes on with `--resume`",
}
"""What each exit code means, as the documentation shows it."""


class Terminated(BaseException):
    """The process was asked to end (SIGTERM)."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the name of the program; those of the process if not given.

    Returns
    -------
    int
        Exit code: 0 done; 2 bad input; 3 finished, but some runs failed; 74 reading or writing failed; 130 and 143
        interrupted; 1 a bug in this program.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given
    shown = [text for text in given if text != "--debug"]
    return guarded(lambda: _invoked(shown), debug=debug, leave=arguments is None)


def guarded(call: Callable[[], int], *, debug: bool = False, leave: bool = False) -> int:
    """Call a function so that every error becomes one line on stderr and an exit code.

    Parameters
    ----------
    call : callable
        Returns an exit code.
    debug : bool
        Show the traceback too.
    leave : bool
        End the process at once if it was interrupted, and wait for no thread that still computes.

    Returns
    -------
    int
        Exit code, as `main` gives it.
    """
    try:
        with _terminable():
            return call()
    except BrokenPipeError:
        # the reader has seen enough, as in `plasticity list parameters | head`
        with suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (Exception, KeyboardInterrupt, Terminated) as error:  # noqa: BLE001 every error becomes a line and a code
        if debug:
            traceback.print_exc()
        code, text = _told(error)
        print(" ".join(text.split()), file=sys.stderr)
        if leave and code in (INTERRUPTED, TERMINATED):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        return code


def _invoked(arguments: list[str]) -> int:
    import typer

    from plasticity.cli import packing

    command = typer.main.get_command(packing.app)
    usage_error: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "UsageError")
    try:
        with command.make_context("plasticity", arguments or ["--help"]) as context:
            return int(command.invoke(context) or DONE)
    except typer.Exit as end:
        return int(end.exit_code)
    except usage_error as error:
        told = getattr(error, "format_message", error.__str__)()
        raise InputError(f"plasticity: {told} See plasticity --help.") from error


def _told(error: BaseException) -> tuple[int, str]:
    if isinstance(error, InputError):
        return BAD_INPUT, str(error)
    if isinstance(error, Terminated):
        return TERMINATED, "plasticity: ended before it was done; no unfinished file was left"
    if isinstance(error, KeyboardInterrupt) or type(error).__name__ == "Abort":
        return INTERRUPTED, "plasticity: interrupted before it was done; no unfinished file was left"
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        hint = " (no space left)" if error.errno == errno.ENOSPC else ""
        return IO_FAILURE, f"plasticity: cannot read or write: {name}{error.strerror or error}{hint}"
    return BUG, f"plasticity: a bug: {type(error).__name__}: {error} (--debug shows where)"


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM unwind the program as Ctrl-C does, so that unfinished files are removed."""

    def end(number: int, frame: object) -> NoReturn:  # noqa: ARG001 the signature that Python calls
        raise Terminated

    try:
        before = signal.signal(signal.SIGTERM, end)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
