"""Real processes for the scenarios: started like a person starts them, and looked for when they should be gone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

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
