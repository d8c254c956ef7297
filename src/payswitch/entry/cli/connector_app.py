"""The commands for whoever looks at connectors or writes one. What each does is imported only when it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_connectors = typer.Typer(help="连接器: the channel families", no_args_is_help=True, rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Adds `connectors ...` and `new-connector`."""
    app.add_typer(_connectors, name="connectors")
    app.command("new-connector", short_help="新建连接器: a skeleton whose tests say what to write")(new_connector)


@_connectors.command("list", short_help="what there is, and how far it can be relied on")
def connectors_list(
    todo: Annotated[bool, typer.Option("--todo/--no-todo", help="Also every open point. 列出全部待办")] = False,
) -> None:
    """连接器列表: built-in ones and those of installed packages, with products, level and open points.

    \b
    Levels / 级别:
      simulated           our own stand-in, written from the channel's documents
      third-party-client  somebody else's client works against the same stand-in
      live                real money at the real channel

    Exit status 1 if an installed package's connector cannot be used.
    """
    from payswitch.entry.cli.connector_commands import list_connectors

    list_connectors(todo=todo)


def new_connector(
    name: Annotated[str, typer.Argument(help="Small letters, digits and _; as in the configuration. 英文名称")],
    title_zh: Annotated[str, typer.Option("--title-zh", help="What a customer calls the channel. 中文名称")] = "",
    title_en: Annotated[str, typer.Option("--title-en", help="The same in English. 英文标题")] = "",
    folder: Annotated[
        Path, typer.Option("--dir", help="The checkout of PaySwitch; with --external the package's new folder. 目录")
    ] = Path(),
    external: Annotated[
        bool, typer.Option("--external", help="A package of its own, found through its entry point. 独立的扩展包")
    ] = False,
) -> None:
    """新建连接器: a connector, a stand-in and tests, clean to the linters, whose tests start red.

    Each red test says what to write next. docs/adding-a-connector.md tells the whole afternoon.

    \b
    Examples / 示例:
      payswitch new-connector xpay --title-zh 某某支付
      payswitch new-connector xpay --external --dir ./payswitch-xpay
    """
    from payswitch.entry.cli.new_connector_command import run

    run(name=name, title_zh=title_zh, title_en=title_en, folder=folder, external=external)
