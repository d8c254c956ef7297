"""故障演练: what a channel of the sandbox can suffer from, and an operator's wish in the sandbox's own terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from payswitch.domain.channel import Channel, Product
from payswitch.domain.errors import INVALID_REQUEST, PaySwitchError
from payswitch.domain.illness import IllnessKind, SandboxAccount

EDGE_STATUS: Final = 502
ORDER_CALLS: Final = ("create", "debit")
"""What a sick channel is struck in: orders and debits. Questions about earlier orders go on being answered, so that one
sees the traffic move and nobody's money is left in doubt for long."""


class Saying(msgspec.Struct, frozen=True):
    """A refusal in a channel's own words."""

    code: str
    message: str
    status: int = 0
    """HTTP status; 0: the usual one."""


BUSY: Final[Mapping[str, Saying]] = {
    "wechatpay": Saying("SYSTEM_ERROR", "系统繁忙，请稍后重试", 500),
    "alipay": Saying("ACQ.SYSTEM_ERROR", "系统繁忙"),
    "unionpay": Saying("06", "系统繁忙，请稍后再试"),
    "applepay": Saying("06", "系统繁忙，请稍后再试"),
    "huifu": Saying("90000000", "系统繁忙，请稍后再试"),
    "quickpay": Saying("3999", "系统繁忙，请稍后再试"),
    "epay": Saying("-1", "系统繁忙，请稍后重试"),
}
"""How each connector's channel says that it is busy. Codes: the connectors' README files."""
BANK_DOWN: Final[Mapping[str, Saying]] = {"quickpay": Saying("3999", "银行系统维护中，请稍后再试")}
"""How it says that one bank is: only channels of signed cards know the bank before anybody pays. In a wallet, the
sandbox uses WeChat's `BANKERROR` and the other channels' words for it by itself."""

_WECHATS: Final = frozenset({IllnessKind.SIGNATURE_PROBE, IllnessKind.NOTIFY_PROBE})
_NO_WALLET: Final = frozenset({Product.QUICKPAY_CARD, Product.APPLEPAY_WEB})
"""Paid by our own call, not by a customer in a wallet."""
_PARTICULARS: Final[Mapping[IllnessKind, frozenset[str]]] = {
    IllnessKind.LATENCY: frozenset({"ms"}),
    IllnessKind.HANG: frozenset({"done"}),
    IllnessKind.HTTP_5XX: frozenset({"done"}),
    IllnessKind.ERROR_CODE: frozenset({"code", "message", "done"}),
    IllnessKind.NOTIFY_LATE: frozenset({"delay_s"}),
    IllnessKind.NOTIFY_DUPLICATE: frozenset({"times"}),
}
_NEEDED: Final[Mapping[IllnessKind, str]] = {IllnessKind.LATENCY: "ms", IllnessKind.NOTIFY_LATE: "delay_s"}


class MakeIll(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one channel shall suffer from."""

    kind: IllnessKind
    share_percent: int = 100
    """The part of its calls (or of its customers, or of its notifications) that is struck."""
    banks: tuple[str, ...] = ()
    """Only payments with these banks' cards; none: everybody's."""
    min_fen: int | None = None
    """Only payments of at least this ..."""
    max_fen: int | None = None
    """... and at most this."""
    lasts_s: int | None = None
    """Well again by itself after this time; None: until somebody makes it well."""
    ms: int = 0
    """How late the answers of `latency` are."""
    code: str = ""
    """What `error_code` says; empty: that the channel (or, with `banks`, the bank) is out of order just now."""
    message: str = ""
    done: bool = False
    """Of `hang`, `http_5xx` and `error_code`: the order is made (the debit done) all the same."""
    delay_s: int = 0
    """How long the first notification of `notify_late` waits."""
    times: int = 1
    """How many copies `notify_duplicate` sends."""


def kinds_of(channel: Channel) -> list[IllnessKind]:
    """What this channel can be made to suffer from."""
    out: set[IllnessKind] = set()
    if channel.connector != "wechatpay":
        out |= _WECHATS
    if channel.products <= _NO_WALLET:
        out.add(IllnessKind.WALLET_ERROR)
    return [kind for kind in IllnessKind if kind not in out]


def banks_of(channel: Channel, account: SandboxAccount, kind: IllnessKind) -> Sequence[str]:
    """For which banks' customers alone it can suffer from this."""
    if kind is IllnessKind.WALLET_ERROR:
        return account.wallet_banks
    return account.call_banks if Product.QUICKPAY_CARD in channel.products else []


def as_fault(channel: Channel, account: SandboxAccount, wish: MakeIll) -> dict[str, object]:
    """In the sandbox's own terms. Raises `invalid_request` for a wish that could strike nothing."""
    _check_kind(channel, wish)
    _check_aim(channel, account, wish)
    fault: dict[str, object] = {
        "account": channel.channel_id,
        "kind": wish.kind.value,
        "share": wish.share_percent / 100,
        "banks": list(wish.banks) or None,
        "min_fen": wish.min_fen,
        "max_fen": wish.max_fen,
        "to_s": wish.lasts_s,
        **_particulars(channel, wish),
    }
    return {name: value for name, value in fault.items() if value is not None}


def _particulars(channel: Channel, wish: MakeIll) -> dict[str, object]:
    """What only this kind of fault takes, and in which calls it strikes: where a call is not what is struck, the
    sandbox knows by itself."""
    in_calls = wish.kind is not IllnessKind.WALLET_ERROR and not wish.kind.startswith("notify_")
    said: dict[IllnessKind, dict[str, object]] = {
        IllnessKind.LATENCY: {"ms": wish.ms},
        IllnessKind.HANG: {"when": _when(wish)},
        IllnessKind.HTTP_5XX: {"when": _when(wish), "status": EDGE_STATUS},
        IllnessKind.ERROR_CODE: {"created": wish.done, **_said(channel, wish)},
        IllnessKind.NOTIFY_LATE: {"delay_s": wish.delay_s},
        IllnessKind.NOTIFY_DUPLICATE: {"times": wish.times},
    }
    return {**({"operations": ORDER_CALLS} if in_calls else {}), **said.get(wish.kind, {})}


def _when(wish: MakeIll) -> str:
    return "after" if wish.done else "before"


def usual_saying(channel: Channel, banks: Sequence[str] = ()) -> Saying | None:
    """What it says when nobody gives a code. None: a connector whose words are not known here."""
    return (BANK_DOWN.get(channel.connector) if banks else None) or BUSY.get(channel.connector)


def _said(channel: Channel, wish: MakeIll) -> dict[str, object]:
    usual = usual_saying(channel, wish.banks)
    if not wish.code and usual is not None:
        return {"code": usual.code, "message": wish.message or usual.message, "status": usual.status}
    return {"code": wish.code, "message": wish.message}


def _check_kind(channel: Channel, wish: MakeIll) -> None:
    kind = wish.kind
    if kind not in kinds_of(channel):
        raise _wrong("kind", f"{kind.value} cannot happen at {channel.name}", f"{channel.name} 不会出现此故障")
    given = {name for name in ("ms", "code", "message", "done", "delay_s") if getattr(wish, name)}
    given |= {"times"} if wish.times != 1 else set()
    for name in sorted(given - _PARTICULARS.get(kind, frozenset())):
        raise _wrong(name, f"does nothing for {kind.value}; leave it out", f"对 {kind.value} 不起作用，请删去")
    needed = _NEEDED.get(kind, "")
    if needed and not getattr(wish, needed):
        raise _wrong(needed, f"is needed for {kind.value}", f"{kind.value} 需填写此项")
    if kind is IllnessKind.ERROR_CODE and not wish.code and usual_saying(channel) is None:
        raise _wrong("code", f"is needed: no usual one is known for {channel.connector}", "请填写渠道的错误码")


def _check_aim(channel: Channel, account: SandboxAccount, wish: MakeIll) -> None:
    if wish.min_fen is not None and wish.max_fen is not None and wish.min_fen > wish.max_fen:
        raise _wrong("max_fen", "must not be below min_fen", "不能小于 min_fen")
    known = banks_of(channel, account, wish.kind)
    strange = [bank for bank in wish.banks if bank not in known]
    if not strange:
        return
    if not known:
        raise _wrong(
            "banks",
            f"{channel.name} does not know the bank at this moment: choose wallet_error, or a channel of bank cards",
            f"{channel.name} 此时还不知道付款银行：请选“付不了款”，或选银行卡渠道",
        )
    listed = ", ".join(known)
    raise _wrong("banks", f"{', '.join(strange)}: here it can be {listed}", f"{', '.join(strange)}：可选 {listed}")


def _wrong(field: str, english: str, chinese: str) -> PaySwitchError:
    return PaySwitchError(
        INVALID_REQUEST,
        f"{field}: {english}",
        f"{field}：{chinese}",
        errors=[{"field": field, "message": f"{english} / {chinese}"}],
    )
