"""The real service as a process of its own that kills itself (`kill -9`) right after one of its commits is on disk,
before anybody has heard an answer. Usage: python -m tests.scenarios.killed_service CONFIG COMMITS"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import uvicorn

from payswitch.app import App, build
from payswitch.domain.changes import Changes
from payswitch.serving import server_options
from payswitch.settings import load


def die_after(app: App, commits: int) -> None:
    """Count the commits of payments; the last one's transaction is durable, and then there is no process any more."""
    real, seen = app.store.commit, 0

    async def commit(changes: Changes) -> None:
        nonlocal seen
        await real(changes)
        seen += bool(changes.insert_payments or changes.update_payments)
        if seen == commits:
            os.kill(os.getpid(), signal.SIGKILL)

    app.store.commit = commit  # type: ignore[method-assign]


def main() -> None:
    settings = load(Path(sys.argv[1]))
    app = build(settings)
    die_after(app, int(sys.argv[2]))
    uvicorn.run(app.asgi, **server_options(settings.service))


if __name__ == "__main__":
    main()
