"""What all commands share: how they fail, and how they run and end."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer

from payswitch.storage.addresses import is_postgres, problem_with

T = TypeVar("T")

LOSS = 1
"""The drill found a loss, or books that differ."""
BAD_INPUT = 2
CANNOT_RUN = 3
INTERRUPTED = 130
"""128 + SIGINT, as shells expect."""


def fail(status: int, title: str, details: Sequence[str] = ()) -> NoReturn:
    """Say on stderr what is wrong, where, and how to mend it; then end with this status."""
    typer.echo(f"payswitch: {title}", err=True)
    for detail in details:
        typer.echo(f"  - {detail}", err=True)
    raise typer.Exit(status)


def database_option(database: str) -> str:
    """What `--database` names; a path is relative to where the command was typed, not to the configuration file."""
    wrong = problem_with(database)
    if wrong is not None:
        fail(BAD_INPUT, f"--database: {wrong}")
    return database if is_postgres(database) else str(Path(database).absolute())


def require_free_port(host: str, port: int, option: str) -> None:
    """End with a clear message when somebody listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            title = f"cannot listen on {host}:{port}: {error.strerror} / 无法监听该端口"
            fail(CANNOT_RUN, title, [f"End the program that uses it, or choose another port with {option}"])


def run_async(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine on the fastest loop there is. SIGTERM ends it like Ctrl-C: everything is cleaned up, then
    KeyboardInterrupt is raised."""
    try:
        import uvloop

        factory: Callable[[], asyncio.AbstractEventLoop] | None = uvloop.new_event_loop
    except ImportError:
        factory = None
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(_interruptible(work()))


async def _interruptible(work: Coroutine[Any, Any, T]) -> T:
    main = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    stopped = False

    def stop() -> None:
        nonlocal stopped
        stopped = True
        main.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        return await main
    except asyncio.CancelledError:
        if stopped:
            raise KeyboardInterrupt from None
        raise
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
