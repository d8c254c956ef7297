"""The list of a customer's signed cards (`agreelist`), read without taking more than the last four digits of a card."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec

from payswitch.connectors.quickpay.banks import Bank, bank_of_code

_TAIL: Final = re.compile(r"[0-9]{4}$")


class SignedCard(msgspec.Struct, frozen=True, kw_only=True):
    """One signed card, as Allinpay lists it."""

    agreement_no: str
    bank: Bank | None
    card_tail: str
    """The last four digits, empty when the list does not show them."""


def read_signed_cards(text: str) -> tuple[SignedCard, ...] | None:
    """None when it is no list of agreements; an absent list is an empty one."""
    if not text:
        return ()
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entries, list):
        return None
    found = [_card(entry) for entry in entries]
    return tuple(entry for entry in found if entry is not None) if None not in found else None


def _card(entry: Any) -> SignedCard | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("agreeid"), str) or not entry["agreeid"]:
        return None
    tail = _TAIL.search(str(entry.get("acctno", "")))
    return SignedCard(
        agreement_no=entry["agreeid"],
        bank=bank_of_code(str(entry.get("bankcode", ""))),
        card_tail=tail.group() if tail else "",
    )
