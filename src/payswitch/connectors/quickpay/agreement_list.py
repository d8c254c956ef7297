"""The list of a customer's signed cards (`agreelist`), read without taking more than the last four digits of a card."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from payswitch.connectors.quickpay.agreement_types import Agreement
from payswitch.connectors.quickpay.banks import bank_of_code

_TAIL: Final = re.compile(r"[0-9]{4}$")


def read_agreements(text: str) -> tuple[Agreement, ...] | None:
    """None when it is no list of agreements; an absent list is an empty one."""
    if not text:
        return ()
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(entries, list):
        return None
    found = [_agreement(entry) for entry in entries]
    return tuple(entry for entry in found if entry is not None) if None not in found else None


def _agreement(entry: Any) -> Agreement | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("agreeid"), str) or not entry["agreeid"]:
        return None
    tail = _TAIL.search(str(entry.get("acctno", "")))
    return Agreement(
        agreement_id=entry["agreeid"],
        bank=bank_of_code(str(entry.get("bankcode", ""))),
        card_tail=tail.group() if tail else "",
    )
