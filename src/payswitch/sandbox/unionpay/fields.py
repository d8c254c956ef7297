"""Reading a request: one form, decoded once, and the look of each field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from payswitch.sandbox.unionpay.codes import Refused, malformed, missing
from payswitch.sandbox.unionpay.signing import Fields
from payswitch.sandbox.unionpay.times import parse_ms

MAX_FIELDS = 100
"""Far above what any message has; keeps hostile input cheap."""
MAX_AMOUNT_FEN = 999_999_999_999
"""`txnAmt` has at most twelve digits."""
_ORDER_ID = re.compile(r"[0-9A-Za-z]{8,32}")
_AMOUNT = re.compile(r"[1-9][0-9]{0,11}")
_ADDRESS = re.compile(r"https?://[^\s\"<>]{1,240}")


def read_form(body: bytes) -> Fields:
    """The fields of a form-urlencoded message. Refused (10) for what cannot be decoded."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MAX_FIELDS
        )
    except ValueError as error:
        raise Refused("10") from error
    if len(pairs) != len(dict(pairs)):
        raise Refused("10")
    return dict(pairs)


def required(fields: Mapping[str, str], name: str) -> str:
    """Refused (13) when absent or empty."""
    value = fields.get(name, "")
    if not value:
        raise missing(name)
    return value


def exactly(fields: Mapping[str, str], name: str, *allowed: str) -> str:
    """A field that knows only these values."""
    value = required(fields, name)
    if value not in allowed:
        raise malformed(name)
    return value


def order_id(fields: Mapping[str, str], name: str = "orderId") -> str:
    """8 to 32 letters and digits; `-` and `_` are refused, as UnionPay does."""
    value = required(fields, name)
    if not _ORDER_ID.fullmatch(value):
        raise malformed(name)
    return value


def moment_ms(fields: Mapping[str, str], name: str) -> int:
    """A Beijing time as Unix milliseconds."""
    value = parse_ms(required(fields, name))
    if value is None:
        raise malformed(name)
    return value


def amount_fen(fields: Mapping[str, str]) -> int:
    """`txnAmt`: fen, no leading zeros, currency 156 beside it."""
    value = required(fields, "txnAmt")
    if not _AMOUNT.fullmatch(value):
        raise malformed("txnAmt")
    return int(value)


def peek_amount_fen(fields: Mapping[str, str]) -> int | None:
    """The amount of a message that is not verified yet, if it is one: for the faults' filters."""
    value = fields.get("txnAmt", "")
    return int(value) if _AMOUNT.fullmatch(value) else None


def address(fields: Mapping[str, str], name: str) -> str:
    """An absolute http(s) address."""
    value = required(fields, name)
    if not _ADDRESS.fullmatch(value):
        raise malformed(name)
    return value


def optional_address(fields: Mapping[str, str], name: str) -> str:
    """As `address`, or empty."""
    return address(fields, name) if fields.get(name) else ""
