"""From templates to files: tokens replaced, imports in the order that the linter wants for these names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from typing import Final

from payswitch.entry.cli.scaffold.naming import Naming

_SUFFIX: Final = ".tmpl"


def rendered(naming: Naming) -> dict[PurePosixPath, str]:
    """Every new file with its content, by its path below the target folder."""
    files: dict[PurePosixPath, str] = {}
    for group, folder in _folders(naming).items():
        for template in _templates(group):
            text = _replaced(template.read_text(encoding="utf-8"), naming)
            name = template.name.removesuffix(_SUFFIX)
            files[folder / name] = _with_sorted_imports(text) if name.endswith(".py") else text
    if naming.external:
        files[PurePosixPath("src", naming.connector, "py.typed")] = files.pop(PurePosixPath("py.typed"))
    return files


def _folders(naming: Naming) -> dict[str, PurePosixPath]:
    """Where each group of templates goes."""
    if naming.external:
        package = PurePosixPath("src", naming.connector)
        return {
            "connector": package,
            "sandbox": package / "sandbox",
            "tests": PurePosixPath("tests"),
            "external": PurePosixPath(),
        }
    return {
        "connector": PurePosixPath("src/payswitch/connectors", naming.name),
        "sandbox": PurePosixPath("src/payswitch/sandbox", naming.name),
        "tests": PurePosixPath("tests/connectors", naming.name),
    }


def _templates(group: str) -> list[Traversable]:
    folder = resources.files("payswitch.entry.cli.scaffold") / "templates" / group
    return sorted((file for file in folder.iterdir() if file.name.endswith(_SUFFIX)), key=lambda file: file.name)


def _replaced(text: str, naming: Naming) -> str:
    return _all_replaced(text, naming.tokens())


def _all_replaced(text: str, tokens: Mapping[str, str]) -> str:
    for token, value in tokens.items():
        text = text.replace(token, value)
    return text


def _with_sorted_imports(text: str) -> str:
    """The imports of our own packages are one block without blank lines; where a new package belongs among them depends
    on its name. `if TYPE_CHECKING:` blocks have one import each."""
    head, separator, rest = text.partition("\nfrom payswitch")
    if not separator:
        return text
    lines = (separator + rest).removeprefix("\n").split("\n")
    statements = list(_import_statements(lines))
    used = sum(len(statement) for statement in statements)
    ordered = sorted(statements, key=lambda statement: statement[0].split()[1])
    return "\n".join([head, *(line for statement in ordered for line in statement), *lines[used:]])


def _import_statements(lines: list[str]) -> Iterator[list[str]]:
    """The `from ... import ...` statements at the beginning, each as its lines."""
    statement: list[str] = []
    for line in lines:
        if not statement and not line.startswith("from "):
            return
        statement.append(line)
        if not line.endswith("(") and (len(statement) == 1 or line == ")"):
            yield statement
            statement = []
