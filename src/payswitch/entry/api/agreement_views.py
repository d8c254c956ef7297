"""What the API shows of a signed card: nothing by which it could be debited or its owner be known."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from payswitch.domain.agreement import Agreement, AgreementState
from payswitch.kit.clock import iso_or_none, iso_utc


class AgreementView(msgspec.Struct, frozen=True, kw_only=True):
    """签约: one signed card, for the customer to choose by bank and last four digits."""

    agreement_id: str
    customer_id: str
    channel_id: str
    bank: str
    card_tail: str
    state: AgreementState
    created_at: str
    activated_at: str | None
    ended_at: str | None


class AgreementList(msgspec.Struct, frozen=True, kw_only=True):
    data: Sequence[AgreementView]


def agreement_view(agreement: Agreement) -> AgreementView:
    return AgreementView(
        agreement_id=agreement.agreement_id,
        customer_id=agreement.customer_id,
        channel_id=agreement.channel_id,
        bank=agreement.bank,
        card_tail=agreement.card_tail,
        state=agreement.state,
        created_at=iso_utc(agreement.created_at_ms),
        activated_at=iso_or_none(agreement.activated_at_ms),
        ended_at=iso_or_none(agreement.ended_at_ms),
    )
