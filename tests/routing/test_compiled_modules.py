"""What is compiled, and that the compiler may compile it."""

from __future__ import annotations

import ast
import os
import tomllib
from pathlib import Path

from payswitch.routing.build import is_machine_code

ROUTING = Path("src/payswitch/routing")
WHEEL = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]["wheel"]
LISTED: list[str] = WHEEL["hooks"]["mypyc"]["include"]


def has_structs(file: Path) -> bool:
    """Whether a class in it is a msgspec struct, or made of one."""
    classes = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.ClassDef)]
    return any(keyword.arg for kind in classes for keyword in kind.keywords) or any(
        "Struct" in ast.unparse(base) for kind in classes for base in kind.bases
    )


def test_everything_in_the_list_is_there_and_has_no_struct() -> None:
    """The compiler forgets what a struct's class line says: frozen would not be frozen."""
    assert sorted(LISTED) == LISTED
    assert [file for file in LISTED if has_structs(Path(file))] == []


def test_what_a_decision_runs_through_is_in_the_list() -> None:
    """A new module that the planner uses, and that could be compiled, is not forgotten."""
    planner = ast.parse((ROUTING / "planner.py").read_text(encoding="utf-8"))
    used = {node.module for node in ast.walk(planner) if isinstance(node, ast.ImportFrom) and node.module}
    files = [ROUTING / f"{name.rpartition('.')[2]}.py" for name in used if name.startswith("payswitch.routing.")]
    could_be = {str(file) for file in files if not has_structs(file)}
    assert could_be - set(LISTED) == set()


def test_it_says_what_it_is() -> None:
    """`make test-compiled` says that it tests machine code; everywhere else the sources are tested."""
    assert is_machine_code() is (os.environ.get("PAYSWITCH_TESTS_MACHINE_CODE") == "1")
