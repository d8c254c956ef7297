"""Whether a channel could work: everything that is wrong with it, before anything of it is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from payswitch.domain.account import Account, AccountProblem
from payswitch.domain.channel import Channel
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.errors import INVALID_REQUEST, PaySwitchError
from payswitch.routing.maintenance import WINDOW_WANTED, unreadable_windows
from payswitch.services.channels.channel_desk import ChannelDesk
from payswitch.services.channels.checkup import Severity, check_certificates

FieldErrors = list[dict[str, str]]


def settings_errors(channel: Channel) -> FieldErrors:
    """What does not make sense in the settings alone."""
    errors: FieldErrors = []
    if not channel.products:
        errors.append(_error("products", "name at least one / 至少填写一种支付产品"))
    foreign = sorted(set(channel.upstreams) - channel.products)
    if foreign:
        errors.append(_error("upstreams", f"{', '.join(foreign)}: not among its products / 不在该渠道的支付产品之内"))
    if channel.max_fen is not None and channel.max_fen < channel.min_fen:
        errors.append(_error("max_fen", "must not be below min_fen / 不得小于 min_fen"))
    wanted = " / ".join(WINDOW_WANTED)
    errors += [_error(f"maintenance[{place}]", wanted) for place in unreadable_windows(channel.maintenance)]
    return errors


async def opened(
    desk: ChannelDesk, channel: Channel, account: Account, now_ms: int, *, errors: Sequence[dict[str, str]] = ()
) -> ChannelClient:
    """The channel's client. Raises `invalid_request` with `errors` and everything that is wrong with the account: keys
    that do not parse, pairs that do not match, certificates that have ended."""
    found = list(errors)
    client: ChannelClient | None = None
    try:
        # Parsing keys takes tens of milliseconds: on a thread, so that no customer waits for it.
        client = await asyncio.to_thread(desk.workshop.open, channel, account)
    except AccountProblem as problem:
        found += [_placed(text) for text in problem.problems]
    for finding in check_certificates(channel.channel_id, account, now_ms):
        if finding.severity is Severity.PROBLEM:
            found.append(_error(finding.what.partition(" ")[0].rstrip(":"), f"{finding.what}; {finding.fix}"))
    if found or client is None:
        raise invalid(found)
    return client


def _placed(text: str) -> dict[str, str]:
    """A connector's words with the field they are about: `connector: ...`, `products: ...`, else `account.<key>`."""
    head = text.partition(" ")[0].rstrip(":")
    if head in ("connector", "products"):
        return _error(head, text)
    named = "_" in head or text[len(head) :].lstrip(": ").startswith("is missing")
    plain = head.replace("_", "").isalnum() and head.islower() and len(head) <= 40 and named
    return _error(f"account.{head}" if plain else "account", text)


def _error(field: str, message: str) -> dict[str, str]:
    return {"field": field, "message": message}


def invalid(errors: FieldErrors) -> PaySwitchError:
    """All of it at once."""
    fields = ", ".join(dict.fromkeys(error["field"] for error in errors))
    return PaySwitchError(INVALID_REQUEST, f"mend these: {fields}", f"请修正：{fields}", errors=errors)
