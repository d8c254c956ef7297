"""分析事实: one attempt as the analysis sees it, a flat row. What it is made from: `services/reports/attempt_facts.py`.

A payment has one row per attempt, and one without a channel if there never was an attempt: counting the rows with
`first` counts payments, each exactly once. Nothing here identifies a customer. Times are Unix milliseconds, amounts
fen.
"""

from __future__ import annotations

import msgspec


class AttemptFact(msgspec.Struct, frozen=True, kw_only=True):
    """One row. An empty text: not known, or not applicable."""

    payment_id: str
    merchant_id: str
    shop_id: str
    attempt_id: str
    """Empty for a payment without any attempt."""
    first: bool
    """The payment's first row: figures of payments count these."""
    created_at_ms: int
    """Of the payment: which hour and day the row belongs to, also for attempts that were made later."""
    hour_no: int
    """Hours since 1970 of `created_at_ms`: what is written again as a whole."""
    hour: int
    """0..23, Beijing, of the payment's creation. Beijing's hours are the world's."""
    channel_id: str
    product: str
    method: str
    environment: str
    device: str
    """Family: ios, android ..."""
    bank: str
    band: str
    """Amount band, see `routing/segments.py`."""
    amount_fen: int
    payment_state: str
    paid: bool
    """The payment succeeded, by whichever attempt."""
    cause: str
    """Why the payment was lost (`domain/losses.py`); empty when paid or still open."""
    state: str
    outcome: str
    """The kind of the channel's last answer to this attempt."""
    code: str
    """The channel's own error code of it."""
    answer_ms: int | None
    """From the begin of the work on this attempt to the create answer."""
    show_ms: int | None
    """From the payment's creation to the moment this credential was committed to be shown."""
    pay_ms: int | None
    """From then to the money, for attempts that were paid."""
    exposed: bool
    won: bool
    surplus: bool
    hedge: bool
    switched_from: str
    """The channel that failed or was silent before this one in the same round, if this one was shown or debited."""
    saved: bool
    """On the payment's first row: paid after a switch."""
    fee_fen: int
    """By the channel's contract, for money that arrived."""
    payment_fee_fen: int
    """On the payment's first row: the fee of its winner."""
    refunds: int
    """Refunds that succeeded, asked for by the shop."""
    refunded_fen: int
    refund_ms: int | None
    """The slowest of them, from asking to done."""
    surplus_refund_ms: int | None
    """From the arrival of surplus money to its return."""
    decision_id: str
    policy_version: str
    first_choice: bool
    """Made by the payment's first decision as its first choice: what off-policy estimates rest on."""
    rank: int
    """Place in the plan, 1 first; 0: not in it, or not recorded."""
    propensity: float
    """Chance with which the policy put this channel x product first; 0: it was an alternative."""
    choices: list[str]
    """The plan's candidates as `channel|product`, highest score first. Only on first choices."""
    chances: list[float]
    """The chance of each to be first."""
