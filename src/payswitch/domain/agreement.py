"""签约: a customer's bank card, signed up once for quick pay at one channel."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class AgreementState(StrEnum):
    APPLIED = "applied"
    """The bank has sent an SMS code; nothing is signed yet."""
    ACTIVE = "active"
    ENDED = "ended"
    """解约, or never confirmed."""


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """One signed card. Card number, holder and phone are never stored: the channel's own number replaces them."""

    agreement_id: str
    merchant_id: str
    shop_id: str
    customer_id: str
    """The shop's own id of the customer."""
    channel_id: str
    channel_version: int
    bank: str
    card_tail: str
    """The last four digits, for the customer to choose by."""
    state: AgreementState
    agreement_no: str = ""
    """The channel's number of the signed card; useless without the merchant's keys. Never shown, never logged."""
    handle: str = ""
    """What goes back to the channel with the SMS code, while `applied`."""
    created_at_ms: int
    activated_at_ms: int | None = None
    ended_at_ms: int | None = None
