"""Real processes for the scenarios: started like a person starts them, and looked for when they should be gone."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import aiohttp

from payswitch.kit.clock import SystemClock

COMMAND = (sys.executable, "-m", "payswitch")


def processes_of(folder: Path) -> list[str]:
    """Command lines of all running processes that name this folder. Each test has a folder of its own."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            state = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except OSError:
            continue  # it ended while we looked
        if str(folder) in line and state != "Z":
            found.append(line)
    return found


UP_WITHIN_S = 60.0
WEBHOOK_SECRET = "whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


async def until_it_listens(address: str, process: asyncio.subprocess.Process, session: aiohttp.ClientSession) -> None:
    """A service that was just started answers. AssertionError when it ends by itself or takes too long."""
    clock = SystemClock()
    end_ms = clock.monotonic_ms() + UP_WITHIN_S * 1_000
    while clock.monotonic_ms() < end_ms:
        assert process.returncode is None, "it ended by itself; what it said stands above"
        try:
            async with session.get(f"{address}/healthz") as answer:
                assert answer.status == 200
                return
        except aiohttp.ClientError:
            await clock.sleep(0.05)
    raise AssertionError("not up in time")
