"""WeChat Pay's JSON: what is sent, and what is believed readable in what comes back.

Unknown fields are ignored, missing ones have empty defaults, a wrong type makes the whole message unreadable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final, TypeVar
from urllib.parse import quote

import msgspec

from payswitch.domain.channel import Product
from payswitch.domain.exchange import CreateOrder, RefundOrder
from payswitch.kit.clock import beijing

DESCRIPTION_BYTES: Final = 127
REASON_BYTES: Final = 80
"""WeChat's limits. Counted in UTF-8 bytes, the strictest reading of "string[1,127]": a shorter text on the customer's
bill is harmless, a refused order is not."""

Fen = Annotated[int, msgspec.Meta(ge=0, le=10**13)]
Text = Annotated[str, msgspec.Meta(max_length=4_096)]


class Amount(msgspec.Struct, frozen=True):
    total: Fen | None = None
    currency: Text = "CNY"
    refund: Fen | None = None


class Prepay(msgspec.Struct, frozen=True):
    """Answer of the create calls: each fills one field."""

    prepay_id: Text = ""
    code_url: Text = ""
    h5_url: Text = ""


class Transaction(msgspec.Struct, frozen=True):
    """An order, in a query's answer and inside a notification. A provider's orders name `sp_` and `sub_` instead of
    `mchid` and `appid`."""

    out_trade_no: Text
    trade_state: Text
    mchid: Text = ""
    appid: Text = ""
    sp_mchid: Text = ""
    sp_appid: Text = ""
    sub_mchid: Text = ""
    trade_state_desc: Text | None = None
    transaction_id: Text | None = None
    success_time: Text | None = None
    amount: Amount | None = None


class RefundStatus(msgspec.Struct, frozen=True):
    """A refund: answers say `status`, notifications `refund_status`; only notifications name the merchant."""

    out_refund_no: Text
    status: Text = ""
    refund_status: Text = ""
    mchid: Text = ""
    sp_mchid: Text = ""
    sub_mchid: Text = ""
    refund_id: Text | None = None
    amount: Amount | None = None


class Resource(msgspec.Struct, frozen=True):
    ciphertext: str
    nonce: Text
    algorithm: Text = ""
    associated_data: Text | None = None
    original_type: Text = ""


class Notification(msgspec.Struct, frozen=True):
    event_type: Text
    resource: Resource


class BillTicket(msgspec.Struct, frozen=True):
    """Where a day's bill can be fetched, and what its content hashes to."""

    hash_type: Text
    hash_value: Text
    download_url: Text


class ErrorBody(msgspec.Struct, frozen=True):
    code: Text
    message: str | None = None


class EncryptedCertificate(msgspec.Struct, frozen=True):
    algorithm: Text
    nonce: Text
    ciphertext: str
    associated_data: Text | None = None


class CertificateEntry(msgspec.Struct, frozen=True):
    encrypt_certificate: EncryptedCertificate


class CertificateList(msgspec.Struct, frozen=True):
    data: list[CertificateEntry]


T = TypeVar("T")


def decode(body: bytes, kind: type[T]) -> T | None:
    """The message, or None for anything that is not one. Never raises, whatever the bytes."""
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        # RecursionError: ten thousand opening brackets from a stranger.
        return None


def rfc3339(ms: int) -> str:
    """`2018-06-08T10:34:56+08:00`: the only form that WeChat documents."""
    return beijing(ms).isoformat(timespec="seconds")


_RFC3339 = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)


def ms_from_rfc3339(text: str | None) -> int | None:
    """Unix milliseconds; None for anything unreadable or without an offset."""
    if text is None or _RFC3339.fullmatch(text) is None:
        return None
    try:
        return int(datetime.fromisoformat(text).timestamp() * 1_000)
    except (ValueError, OverflowError):
        return None


def cut_utf8(text: str, limit: int) -> str:
    """At most `limit` bytes of UTF-8, never ending inside a character."""
    data = text.encode("utf-8", "replace")
    return text if len(data) <= limit else data[:limit].decode("utf-8", "ignore")


def one_line(text: str) -> str:
    """Without line breaks and control characters: the text stands again in the daily bill, one row a line."""
    return "".join(c if c.isprintable() else " " for c in text)


def create_body(order: CreateOrder, *, merchant: Mapping[str, str], payer: Mapping[str, str] | None) -> bytes:
    """JSON of the create call of any product. `merchant`: whose order it is; `payer`: for pages inside WeChat."""
    body: dict[str, object] = {
        **merchant,
        "description": cut_utf8(one_line(order.subject), DESCRIPTION_BYTES),
        "out_trade_no": order.channel_order_no,
        "time_expire": rfc3339(order.expires_at_ms),
        "notify_url": order.notify_url,
        "amount": {"total": order.amount_fen, "currency": "CNY"},
    }
    if payer is not None:
        body["payer"] = payer
    if order.product is Product.WECHAT_H5:
        # "Wap" is right for every browser; "iOS" and "Android" are for a native app's web view with a bundle id.
        body["scene_info"] = {"payer_client_ip": order.client_ip, "h5_info": {"type": "Wap"}}
    return msgspec.json.encode(body)


def refund_body(refund: RefundOrder, *, merchant: Mapping[str, str]) -> bytes:
    """JSON of the refund call. The same number with the same content is the same refund at WeChat."""
    body: dict[str, object] = {
        **merchant,
        "out_refund_no": refund.out_refund_no,
        "notify_url": refund.notify_url,
        "amount": {"refund": refund.amount_fen, "total": refund.order.amount_fen, "currency": "CNY"},
    }
    if refund.order.transaction_id:
        body["transaction_id"] = refund.order.transaction_id
    else:
        body["out_trade_no"] = refund.order.channel_order_no
    if refund.reason:
        body["reason"] = cut_utf8(refund.reason, REASON_BYTES)
    return msgspec.json.encode(body)


def h5_link(h5_url: str, return_url: str | None) -> str:
    """The page that opens WeChat from a mobile browser, told where to send the customer back to."""
    if not return_url:
        return h5_url
    return f"{h5_url}{'&' if '?' in h5_url else '?'}redirect_url={quote(return_url, safe='')}"


def segment(number: str) -> str:
    """A number as one segment of a path; `|` and `*` are legal in out_trade_no and not in a URL."""
    return quote(number, safe="")


_NUMBER_OF_REQUEST_ID = re.compile(r"-(\d{6,12})$", re.ASCII)


def detail_of(headers: Mapping[str, str]) -> str:
    """The sub-reason at the end of `Request-ID` (`...-268512771`), or an empty text."""
    match = _NUMBER_OF_REQUEST_ID.search(headers.get("request-id", ""))
    return match[1] if match else ""
