"""`payswitch channels create`, `update`, `rotate`, `enable`, `disable`, `retire`: changes over the admin API."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape

from payswitch.entry.cli.admin_client import AdminClient
from payswitch.entry.cli.channel_commands import print_line
from payswitch.entry.cli.terminal import BAD_INPUT, fail
from payswitch.settings.key_files import account_with_files


def create_from_file(path: Path, *, url: str, key_file: Path | None) -> None:
    """Every channel of the file, in order; the first that is refused ends it."""
    tables = _channels_of(path)
    client = AdminClient(url, key_file)
    for table in tables:
        view = client.call("POST", "/v1/admin/channels", {**table, "account": _account(table, path)})
        print_line(Console(highlight=False), view)


def update_settings(
    channel_id: str, settings: Sequence[str], *, revision: int | None, url: str, key_file: Path | None
) -> None:
    """Decided on the channel as it is now, unless a revision is named."""
    changes = dict(_setting(text) for text in settings)
    client = AdminClient(url, key_file)
    body = {"revision": _revision(client, channel_id, revision), **changes}
    print_line(Console(highlight=False), client.channel(channel_id, body=body, method="PATCH"))


def rotate_from_file(channel_id: str, path: Path, *, url: str, key_file: Path | None) -> None:
    """The account of the file becomes the newest version of the channel's keys."""
    data = _read(path)
    tables = [data] if "account" in data and "channel_id" not in data else _channels_of(path)
    mine = [table for table in tables if table.get("channel_id", channel_id) == channel_id]
    if len(mine) != 1:
        fail(BAD_INPUT, f"{path} must hold one account table for {channel_id} / 须含该渠道的一个 account 表")
    client = AdminClient(url, key_file)
    body = {"revision": _revision(client, channel_id, None), "account": _account(mine[0], path)}
    print_line(Console(highlight=False), client.channel(channel_id, "/rotate", body=body))


def move_channel(channel_id: str, move: str, *, url: str, key_file: Path | None) -> None:
    view = AdminClient(url, key_file).channel(channel_id, f"/{move}", method="POST")
    console = Console(highlight=False)
    print_line(console, view)
    if view["state"] == "disabled":
        _warn_of_what_is_left(console, view["only_for"])


def _warn_of_what_is_left(console: Console, only: dict[str, Any]) -> None:
    """Disabling the last one is allowed, and never silent."""
    if only["shops"]:
        shops = ", ".join(escape(shop["name"]) for shop in only["shops"])
        console.print(f"    [yellow]no enabled channel is left for {shops} / 该店铺已无可用渠道，无法收款[/]")
    elif only["methods"]:
        methods = ", ".join(only["methods"])
        console.print(f"    [yellow]no enabled channel is left for {methods} / 已无可用渠道支持这些支付方式[/]")


def _revision(client: AdminClient, channel_id: str, wanted: int | None) -> int:
    # A channel of the file has none; the service says what that means.
    return int(wanted or client.channel(channel_id)["revision"] or 1)


def _setting(text: str) -> tuple[str, Any]:
    """`fee_bp=38`: the value as TOML has it; a word that is none is a text."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        fail(BAD_INPUT, f"--set takes name=value / 须写作 名称=值: {text}")
    if value.strip().lower() == "none":
        return name.strip(), None
    try:
        return name.strip(), tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name.strip(), value.strip()


def _channels_of(path: Path) -> list[dict[str, Any]]:
    """`[[channels]]` tables, or one such table alone."""
    data = _read(path)
    tables = data.get("channels", [data])
    if not isinstance(tables, list) or not all(
        isinstance(t, dict) and isinstance(t.get("account"), dict) for t in tables
    ):
        fail(
            BAD_INPUT, f"{path} must hold [[channels]] tables, each with an account / 须含带 account 的 [[channels]] 表"
        )
    return tables


def _read(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        fail(BAD_INPUT, f"cannot read the file / 无法读取文件: {path}")
    data = _parsed_yaml(text) if path.suffix in (".yaml", ".yml") else _parsed_toml(text)
    if not isinstance(data, dict):
        # Not quoted: it may hold keys.
        fail(BAD_INPUT, f"not readable as TOML or YAML / 不是合法的 TOML 或 YAML: {path}")
    return data


def _parsed_toml(text: str) -> Any:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _parsed_yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _account(table: dict[str, Any], path: Path) -> dict[str, str]:
    """The account with the texts of its files, which stand beside the channel's file."""
    given = table["account"]
    problems = [
        f"account.{key}: must be a text / 须为字符串" for key, value in given.items() if not isinstance(value, str)
    ]
    texts = {key: value for key, value in given.items() if isinstance(value, str)}
    account = account_with_files(texts, path.parent, "account", problems)
    if problems:
        fail(BAD_INPUT, f"the account cannot be read / 渠道账户有误: {path}", problems)
    return account
