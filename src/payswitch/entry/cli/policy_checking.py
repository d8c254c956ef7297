"""`payswitch policy check`: what is wrong with a document, offline or asked of a running service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from payswitch.entry.cli.admin_client import AdminClient
from payswitch.entry.cli.policy_commands import POLICIES, whose
from payswitch.entry.cli.policy_files import read_document
from payswitch.entry.cli.terminal import BAD_INPUT, fail
from payswitch.routing.policy_layers import load_merchant_policy, load_shop_policy
from payswitch.routing.policy_loading import PolicyInvalid, load_policy
from payswitch.settings import Settings

_RIGHT = "no mistakes / 没有错误"
_NOT_NAMES = (
    "channels are managed in the service: their names are checked with --url only / "
    "渠道由服务管理，渠道名须用 --url 校验"
)


def check_served(file: Path, *, merchant: str | None, shop: str | None, url: str, key_file: Path | None) -> None:
    """With the service's channels, those managed over the API too."""
    client = AdminClient(url, key_file)
    client.call("POST", f"{POLICIES}/check", {**whose(client, merchant, shop), "document": read_document(file)})
    typer.echo(_RIGHT)


def check_offline(file: Path, *, config: Path | None, merchant: str | None, shop: str | None) -> None:
    """The document alone, or with the names that the configuration file declares."""
    data = read_document(file)
    try:
        if config is None:
            if shop is not None:
                fail(BAD_INPUT, "a shop's document needs --config or --url / 校验店铺策略需要 --config 或 --url")
            load_policy({"version": "-", **data} if isinstance(data, dict) else data)
        else:
            _check_with(config, data, merchant, shop)
    except PolicyInvalid as invalid:
        fail(BAD_INPUT, f"the policy has mistakes / 策略文档有误: {file}", [str(one) for one in invalid.problems])
    typer.echo(_RIGHT)


def _check_with(config: Path, data: Any, merchant: str | None, shop: str | None) -> None:
    from payswitch.app import load_policy as configured_policy
    from payswitch.entry.cli.channel_commands import load_or_fail

    settings = load_or_fail(config)
    merchant_id = _merchant(settings, merchant, shop)
    channels = None
    if settings.key_ring is None:
        channels = [entry.channel() for entry in settings.channels if entry.merchant_id == merchant_id]
    else:
        typer.echo(_NOT_NAMES)
    shops = [entry.shop_id for entry in settings.shops if entry.merchant_id == merchant_id]
    if shop is None:
        load_merchant_policy(data, channels, shops, "-")
        return
    if shop not in shops:
        fail(BAD_INPUT, f"there is no shop {shop} / 没有店铺 {shop}", [f"known / 可用: {', '.join(shops)}"])
    load_shop_policy(data, configured_policy(settings), channels, shop)


def _merchant(settings: Settings, merchant: str | None, shop: str | None) -> str:
    known = sorted({entry.merchant_id for entry in settings.shops})
    owners = [entry.merchant_id for entry in settings.shops if entry.shop_id == shop]
    wanted = merchant or (owners[0] if owners else _only(known))
    if wanted not in known:
        fail(BAD_INPUT, f"there is no merchant {wanted} / 没有商户 {wanted}", [f"known / 可用: {', '.join(known)}"])
    return wanted


def _only(merchants: Sequence[str]) -> str:
    if len(merchants) != 1:
        fail(BAD_INPUT, "say which merchant / 请用 --merchant 指明商户", [", ".join(merchants)])
    return merchants[0]
