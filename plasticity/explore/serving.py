"""Serving the explorer: to this machine alone unless told otherwise, until somebody ends it."""

import asyncio
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any

from plasticity.errors import InputError

HERE = "127.0.0.1"
ANYWHERE = ("0.0.0.0", "::")
PORT = 5006


def free_port(address: str, port: int) -> int:
    """Find the port to listen at.

    Parameters
    ----------
    address : str
    port : int
        0 for any that is free.

    Returns
    -------
    int

    Raises
    ------
    InputError
        If it is no port, or the address is none of this machine.
    OSError
        If it is taken.

    Examples
    --------
    >>> 0 < free_port("127.0.0.1", 0) < 65536
    True
    """
    if not 0 <= port < 65536:
        raise InputError(f"--port: {port}; allowed: 0 (any that is free) to 65535")
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except socket.gaierror as error:
            raise InputError(
                f"--address: {address!r} is no address; allowed: {HERE}, or one of this machine"
            ) from error
        except OSError as error:
            told = f"cannot listen at {address}, port {port}: {error.strerror}; try another --port, or --port 0"
            raise OSError(told) from error
        return int(probe.getsockname()[1])


def names(address: str, port: int) -> list[str]:
    """List the names under which pages may talk to the server; others are refused.

    Parameters
    ----------
    address : str
        That the server listens at.
    port : int

    Returns
    -------
    list of str

    Examples
    --------
    >>> names("127.0.0.1", 5006)
    ['127.0.0.1:5006', 'localhost:5006']
    """
    hosts = [address] if address not in ANYWHERE else [socket.gethostname(), socket.getfqdn(), *_addresses()]
    local = [HERE, "localhost"] if address in (HERE, "localhost", *ANYWHERE) else []
    return [f"{host}:{port}" for host in dict.fromkeys([*local, *hosts])]


def serve(
    page: Callable[[], Any], title: str, *, address: str = HERE, port: int = PORT, show: bool = True,
    ready: Callable[[str], None] = print,
) -> bool:  # fmt: skip
    """Serve a page until SIGINT (Ctrl-C) or SIGTERM.

    Parameters
    ----------
    page : callable
        Makes the page anew for everyone who opens it.
    title : str
        Of the browser's tab.
    address : str
    port : int
    show : bool
        Open a browser.
    ready : callable
        Called with the address of the page once it can be opened.

    Returns
    -------
    bool
        Whether it was asked to terminate (SIGTERM), and not to end.

    Raises
    ------
    InputError
        If address or port are none.
    OSError
        If nobody can listen there.

    Examples
    --------
    >>> serve(list, "Map", port=70000)
    Traceback (most recent call last):
    ...
    plasticity.errors.InputError: --port: 70000; allowed: 0 (any that is free) to 65535
    """
    port = free_port(address, port)
    import panel

    panel.extension()
    logging.getLogger("bokeh.server.views.ws").setLevel(logging.ERROR)  # it warns of every page that is closed
    server = panel.serve(
        page, address=address, port=port, show=False, start=False, title=title, verbose=False,
        websocket_origin=names(address, port), websocket_max_message_size=1 << 20,
    )  # fmt: skip
    asked = []

    def end(number: int, frame: object) -> None:  # noqa: ARG001 the signature that Python calls
        asked.append(number)
        server.io_loop.add_callback_from_signal(server.io_loop.stop)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        server.start()
        server.io_loop.asyncio_loop.set_exception_handler(_unless_closed)
        url = f"http://{'localhost' if address in (HERE, *ANYWHERE) else address}:{port}/"
        server.io_loop.add_callback(ready, url)
        if show:
            server.io_loop.add_callback(server.show, "/")
        server.io_loop.start()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        server.stop()
    return signal.SIGTERM in asked


def _unless_closed(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Say nothing of a message to a page that was closed meanwhile; all else as usual."""
    from tornado.websocket import WebSocketClosedError

    if not isinstance(context.get("exception"), WebSocketClosedError):
        loop.default_exception_handler(context)


def _addresses() -> list[str]:
    try:
        return [str(found[4][0]) for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    except OSError:
        return []
