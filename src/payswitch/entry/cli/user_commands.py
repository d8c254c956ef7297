"""What `payswitch user ...` does."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import typer
from rich.console import Console
from rich.markup import escape

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.roles import Role
from payswitch.domain.user import User, UserState
from payswitch.entry.cli.channel_commands import load_or_fail
from payswitch.entry.cli.terminal import BAD_INPUT, CANNOT_RUN, database_option, fail, run_async
from payswitch.kit.clock import beijing
from payswitch.people_at_machine import FrontDesk, front_desk
from payswitch.services.people import user_access, users
from payswitch.services.people.users import CreateUser, Invited
from payswitch.settings import Settings
from payswitch.storage.errors import SchemaMismatch

T = TypeVar("T")

DEMO_OWNER = "owner"


def run_add(user_id: str, name: str, role: Role, merchants: list[str], *, config: Path, database: str | None) -> None:
    async def add(desk: FrontDesk) -> tuple[Invited, str]:
        whose = merchants or sorted(desk.operator.merchant_ids)
        made = await users.create_user(
            desk, desk.operator, CreateUser(user_id=user_id, name=name, role=role, merchant_ids=whose)
        )
        return made, desk.sign_in_url(made.token.reveal())

    made, url = _at_the_desk(config, database, add)
    typer.echo(f"{user_id} may sign in as {role.value} / 已新增用户 {user_id}（{role.value}）")
    _tell_link(made, url)


def run_list(*, config: Path, database: str | None) -> None:
    async def look(desk: FrontDesk) -> list[User]:
        return list(await desk.people.store.users())

    found = _at_the_desk(config, database, look)
    console = Console(highlight=False)
    console.print(f"{len(found)} users / 用户")
    for user in found:
        console.print(_line(user), soft_wrap=True)
    if not found:
        console.print("make the first one / 新增第一个用户: payswitch user add NAME --role owner")


def run_disable(user_id: str, *, config: Path, database: str | None) -> None:
    _at_the_desk(config, database, lambda desk: users.disable_user(desk, desk.operator, user_id))
    typer.echo(f"{user_id} cannot sign in any more / 已停用 {user_id}")


def run_enable(user_id: str, *, config: Path, database: str | None) -> None:
    _at_the_desk(config, database, lambda desk: users.enable_user(desk, desk.operator, user_id))
    typer.echo(f"{user_id} may sign in again / 已启用 {user_id}")


def run_password(user_id: str, *, config: Path, database: str | None) -> None:
    if sys.stdin.isatty():
        given = typer.prompt("password / 密码", hide_input=True, confirmation_prompt=True)
    else:
        given = sys.stdin.readline().rstrip("\r\n")
    _at_the_desk(config, database, lambda desk: user_access.give_password(desk, desk.operator, user_id, given))
    typer.echo(f"{user_id} has a new password; every session has ended / 已设置新密码，原会话全部退出")


def run_totp_reset(user_id: str, *, config: Path, database: str | None) -> None:
    _at_the_desk(config, database, lambda desk: user_access.take_totp(desk, desk.operator, user_id))
    typer.echo(f"{user_id} has no second factor any more / 已取消 {user_id} 的两步验证")


def run_link(user_id: str, *, config: Path, database: str | None) -> None:
    made, url = _at_the_desk(config, database, lambda desk: a_link(desk, user_id))
    _tell_link(made, url)


async def a_link(desk: FrontDesk, user_id: str) -> tuple[Invited, str]:
    """A one-time link of this user, as an address."""
    made = await user_access.make_link(desk, desk.operator, user_id)
    return made, desk.sign_in_url(made.token.reveal())


async def owners_link(config: Path) -> str:
    """For the demo: a link for its owner, who is made at the first start."""
    async with front_desk(load_or_fail(config)) as desk:
        if await desk.people.store.user(DEMO_OWNER) is None:
            whose = sorted(desk.operator.merchant_ids)
            owner = CreateUser(user_id=DEMO_OWNER, name="店主 / owner", role=Role.OWNER, merchant_ids=whose)
            await users.create_user(desk, desk.operator, owner)
        return (await a_link(desk, DEMO_OWNER))[1]


def _tell_link(made: Invited, url: str) -> None:
    ends = beijing(made.link.ends_at_ms).strftime("%m-%d %H:%M")
    typer.echo(f"this link signs in once, until {ends} Beijing time / 一次性登录链接，北京时间 {ends} 前有效：")
    typer.echo(url)


def _line(user: User) -> str:
    off = "" if user.state is UserState.ACTIVE else "  [red]disabled / 停用[/]"
    notes = [] if user.password_hash else ["no password yet / 未设密码"]
    notes += ["second factor / 两步验证"] if user.has_totp else []
    merchants = ", ".join(sorted(user.merchant_ids))
    more = f"  [dim]{' · '.join(notes)}[/]" if notes else ""
    return f"[bold]{escape(user.user_id)}[/]  {escape(user.name)} · {user.role.value} · {escape(merchants)}{off}{more}"


def _at_the_desk(config: Path, database: str | None, work: Callable[[FrontDesk], Awaitable[T]]) -> T:
    """Run it over the database of the configuration; end with a clear message when that cannot be."""
    settings = with_database(load_or_fail(config), database)

    async def run() -> T:
        async with front_desk(settings) as desk:
            return await work(desk)

    try:
        return run_async(run)
    except PaySwitchError as error:
        details = [f"{one['field']}: {one['message']}" for one in error.errors]
        fail(BAD_INPUT, f"{error.detail or error.kind.title_en} / {error.detail_zh or error.kind.title_zh}", details)
    except (StorageUnavailable, SchemaMismatch) as error:
        fail(CANNOT_RUN, "the database cannot be used / 数据库无法使用", [str(error)])


def with_database(settings: Settings, database: str | None) -> Settings:
    if database is None:
        return settings
    service = msgspec.structs.replace(settings.service, database=database_option(database))
    return msgspec.structs.replace(settings, service=service)
