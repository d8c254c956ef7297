"""`payswitch demo`."""

from __future__ import annotations

from pathlib import Path

from payswitch.drill.client import DrillError
from payswitch.drill.demo import Demo, DemoOrder
from payswitch.entry.cli.demo_screen import Screen
from payswitch.entry.cli.terminal import CANNOT_RUN, database_option, fail, run_async
from payswitch.entry.cli.user_commands import owners_link
from payswitch.kit.clock import SystemClock


def run(
    *,
    folder: Path,
    port: int,
    sandbox_port: int,
    per_minute: float,
    seed: int,
    for_s: float | None,
    database: str | None,
) -> None:
    """Show it until Ctrl-C or until the time is over; end with a summary and without children."""
    order = DemoOrder(
        folder=folder,
        port=port,
        sandbox_port=sandbox_port,
        per_minute=per_minute,
        seed=seed,
        for_s=for_s,
        database=None if database is None else database_option(database),
    )
    screen = Screen()
    demo = Demo(order, SystemClock(), screen, owners_link)
    try:
        with screen:
            summary = run_async(demo.run)
    except DrillError as error:
        fail(CANNOT_RUN, f"the demo could not go on / 演示无法继续: {error}")
    except KeyboardInterrupt:
        screen.farewell(demo.board)
        return
    except OSError as error:
        title = f"the demo could not go on / 演示无法继续: {error.strerror or error}"
        fail(CANNOT_RUN, title, [f"Folder: {folder}; give another one with --data"])
    screen.summary(summary)
