"""`payswitch user`: who may sign in to the console."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from payswitch.domain.roles import Role

_user = typer.Typer(help="用户: who may sign in to the console, and the links that let them in.", no_args_is_help=True)

_Config = Annotated[Path, typer.Option(help="Configuration file (TOML), whose database is meant. 配置文件")]
_Database = Annotated[
    str | None,
    typer.Option(help="Instead: a SQLite file, or postgresql://user@host/database. 数据库", metavar="FILE|URL"),
]
_Name = Annotated[str, typer.Argument(help="The name they sign in with. 用户名", metavar="USER")]
_DEFAULT = Path("payswitch.toml")


def register(app: typer.Typer) -> None:
    app.add_typer(_user, name="user", short_help="用户: who may sign in to the console")


@_user.command(short_help="新增: let somebody in; prints a link for the first sign-in")
def add(
    user: _Name,
    role: Annotated[Role, typer.Option(help="What they may do. 角色")],
    name: Annotated[str | None, typer.Option(help="How they are called; default: the user name. 姓名")] = None,
    merchant: Annotated[
        list[str] | None, typer.Option(help="Whose merchants; may be given again. Default: all of them. 商户")
    ] = None,
    config: _Config = _DEFAULT,
    database: _Database = None,
) -> None:
    """新增: let somebody in. They sign in with the printed link once, then set a password.

    Works whether or not the service is running.

    \b
    Examples / 示例:
      payswitch user add lin --role owner
      payswitch user add wu --role finance --name 吴会计 --merchant m-1
    """
    from payswitch.entry.cli import user_commands

    user_commands.run_add(user, name or user, role, merchant or [], config=config, database=database)


@_user.command("list", short_help="列表: everybody, with role and state")
def list_all(config: _Config = _DEFAULT, database: _Database = None) -> None:
    """列表: everybody, with role, merchants, state, and whether they have a second factor."""
    from payswitch.entry.cli import user_commands

    user_commands.run_list(config=config, database=database)


@_user.command(short_help="停用: cannot sign in any more, every session ends now")
def disable(user: _Name, config: _Config = _DEFAULT, database: _Database = None) -> None:
    """停用: cannot sign in any more, and every session ends now."""
    from payswitch.entry.cli import user_commands

    user_commands.run_disable(user, config=config, database=database)


@_user.command(short_help="启用: may sign in again")
def enable(user: _Name, config: _Config = _DEFAULT, database: _Database = None) -> None:
    """启用: may sign in again."""
    from payswitch.entry.cli import user_commands

    user_commands.run_enable(user, config=config, database=database)


@_user.command(short_help="密码: set one; asked for, or read from stdin")
def password(user: _Name, config: _Config = _DEFAULT, database: _Database = None) -> None:
    """密码: set one. It is asked for twice, or read from stdin where that is no terminal. Every session ends.

    \b
    Examples / 示例:
      payswitch user password lin
      openssl rand -base64 18 | tee /dev/stderr | payswitch user password lin
    """
    from payswitch.entry.cli import user_commands

    user_commands.run_password(user, config=config, database=database)


@_user.command("totp-reset", short_help="两步验证: the phone is lost")
def totp_reset(user: _Name, config: _Config = _DEFAULT, database: _Database = None) -> None:
    """两步验证: take the second factor away, because the phone is lost. Every session ends."""
    from payswitch.entry.cli import user_commands

    user_commands.run_totp_reset(user, config=config, database=database)


@_user.command(short_help="链接: signs in once, within ten minutes")
def link(user: _Name, config: _Config = _DEFAULT, database: _Database = None) -> None:
    """链接: signs in once, within ten minutes; a second factor is asked for all the same. Every earlier link ends.

    \b
    Example / 示例:
      payswitch user link lin
    """
    from payswitch.entry.cli import user_commands

    user_commands.run_link(user, config=config, database=database)
