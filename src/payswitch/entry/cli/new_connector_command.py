"""`payswitch new-connector`: writes the skeleton and says what comes next."""

from __future__ import annotations

from pathlib import Path

import typer

from payswitch.connectors.registry import load_registry
from payswitch.entry.cli.scaffold.naming import Naming, naming_problems
from payswitch.entry.cli.scaffold.rendering import rendered
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, fail


def run(*, name: str, title_zh: str, title_en: str, folder: Path, external: bool) -> None:
    """All problems at once, before anything is written; nothing that exists is overwritten."""
    naming = Naming(name=name, title_zh=title_zh or name, title_en=title_en or name, external=external)
    registry = load_registry()
    problems = naming_problems(naming, taken={*registry.connectors, *registry.broken})
    problems += _place_problems(folder, external=external)
    if problems:
        fail(BAD_INPUT, "the connector cannot be made / 无法新建连接器", problems)
    files = {folder / path: text for path, text in rendered(naming).items()}
    existing = [f"{path} is there already / 文件已存在" for path in files if path.exists()]
    if existing:
        fail(BAD_INPUT, "nothing is overwritten; choose another name or folder / 不覆盖已有文件", existing)
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        fail(CANNOT_RUN, f"cannot write {error.filename}: {error.strerror} / 无法写入文件")
    typer.echo(_next_steps(naming, folder, count=len(files)))


def _place_problems(folder: Path, *, external: bool) -> list[str]:
    """Inside PaySwitch the folder is a checkout; a package of its own goes into a new or empty folder."""
    if external:
        if folder == Path() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
            return ["--dir: name a new or empty folder for the package / 请用 --dir 指定一个新的或空的目录"]
        return []
    if not (folder / "src/payswitch/connectors/registry.py").is_file():
        return [
            f"--dir: {folder.absolute()} is no checkout of PaySwitch; go there, or use --external for a package of "
            "your own / 该目录不是 PaySwitch 源码；请进入源码目录，或用 --external 生成独立扩展包"
        ]
    return []


def _next_steps(naming: Naming, folder: Path, *, count: int) -> str:
    """What to do now, in order."""
    name = naming.name
    if naming.external:
        return f"""{count} files in {folder}. Next / 接下来:

  cd {folder}
  pip install --editable .      (beside PaySwitch: its entry point makes the connector known)
  pytest                        every red test says what to write next / 红色用例会告诉你下一步
  payswitch connectors list

The afternoon's guide / 指南: docs/adding-a-connector.md in PaySwitch's repository."""
    return f"""{count} files. Next / 接下来:

  pytest tests/connectors/{name}        every red test says what to write next / 红色用例会告诉你下一步

When they are green, make it known / 全绿之后登记:

  src/payswitch/connectors/registry.py  add to the import, and a line:
      {name}.CONNECTOR,
  pyproject.toml                        in the contract "Connectors never import each other":
      "{naming.connector}",
  tests/connectors/conformance/accounts.py  an account, once the stand-in has joined the sandbox's world
  python -m docs.generate               the pages that list connectors and products

The afternoon's guide / 指南: docs/adding-a-connector.md"""
