"""SHA256withRSA over the business data, both ways.

What is signed is the compact JSON of `data`: its members sorted by name (only the outermost ones; what stands inside
keeps its order), non-ASCII characters as they are. Calls are signed by the merchant, answers and notifications by
Huifu. Source: the official SDKs (dg-sdk 2.0.28 for Python does exactly this) and the developers' guide.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from payswitch.kit.crypto import VerifyingKey

Members = Mapping[str, msgspec.Raw]
"""The outermost members of a `data` object, each with the exact text it came with."""


class Trust(StrEnum):
    """Where a message comes from."""

    GENUINE = "genuine"
    UNSIGNED = "unsigned"
    """No signature, as errors of the machines in front of Huifu may come: a hint, never evidence."""
    FORGED = "forged"


def canonical(data: Mapping[str, str]) -> bytes:
    """The text of our own business data: what is signed is also, byte for byte, what is sent."""
    return _compact(dict(sorted(data.items())))


def judge_answer(raw: bytes, members: Members, sign: str, key: VerifyingKey) -> Trust:
    """Whether Huifu signed this `data`.

    The members are put in order with their own texts, so that a number keeps its digits. Where the answer was sent with
    spaces or `\\u` escapes, that is not the signed text, and it is written anew. Both texts say the same as what
    is read afterwards: a member that stands twice counts once, in the signature and in the reading alike.
    """
    if not sign:
        return Trust.UNSIGNED
    if key.verify(_sorted(members), sign):
        return Trust.GENUINE
    rewritten = _rewritten(raw)
    return Trust.GENUINE if rewritten is not None and key.verify(rewritten, sign) else Trust.FORGED


def judge_notification(text: str, members: Members, sign: str, key: VerifyingKey) -> Trust:
    """Notifications are signed over `resp_data` as it was sent ("no sorting", says the guide); the Python SDK's own
    check sorts all the same. Either is Huifu's word."""
    if not sign:
        return Trust.UNSIGNED
    if key.verify(text.encode(), sign):
        return Trust.GENUINE
    return judge_answer(text.encode(), members, sign, key)


def _sorted(members: Members) -> bytes:
    pairs = (_compact(name) + b":" + bytes(value) for name, value in sorted(members.items()))
    return b"{" + b",".join(pairs) + b"}"


def _rewritten(raw: bytes) -> bytes | None:
    """None for numbers and nestings that would not come back as they were."""
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return _compact(dict(sorted(value.items()))) if isinstance(value, dict) else None


def _compact(value: object) -> bytes:
    """Half a surrogate pair, which no text of ours has, becomes a question mark: signed and sent alike."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
