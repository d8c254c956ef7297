"""What is known about the money after one exchange with a channel.

Never "success or failure": unknown is not failure, and failure is not success. Every connector turns every
answer it gets, every error code and every broken connection into exactly one of these.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class OutcomeKind(StrEnum):
    """One word for what the exchange proved."""

    ACCEPTED = "accepted"
    """The order exists at the channel (or was signed locally); no money has moved."""
    PENDING = "pending"
    """The channel is working on it; ask again later."""
    PAID = "paid"
    """Money arrived, verified."""
    CLOSED = "closed"
    """The channel confirms that this number can never be paid any more."""
    NOT_FOUND = "not_found"
    """The channel does not know the number. Whether that means "not yet" or "never" depends on the product."""
    NOT_SENT = "not_sent"
    """It failed before a byte was written (DNS, connect, TLS, pool): the channel knows nothing of it."""
    REFUSED_CHANNEL = "refused_channel"
    """Busy, maintenance, not signed up: another channel may do it."""
    REFUSED_LIMIT = "refused_limit"
    """An amount or daily limit of our contract: learn the cap; the channel is not ill."""
    REFUSED_PAYER = "refused_payer"
    """Balance, password, cancelled, card: the customer's matter; never a silent switch."""
    REFUSED_RISK = "refused_risk"
    """Risk control said no: offer one other method, never another account of the same method."""
    REFUSED_CONFIG = "refused_config"
    """Signature, permission, parameters: our fault; the channel is out until a person mends it."""
    REFUSED_ORDER = "refused_order"
    """This number is dead at the channel (closed, expired, used with other parameters): use a new number."""
    DUPLICATE = "duplicate"
    """The number is already used or already paid: query before anything else."""
    UNKNOWN = "unknown"
    """Read timeout, 5xx, unreadable answer after sending: the channel may or may not have done it."""
    UNTRUSTED = "untrusted"
    """Bad signature, wrong amount, merchant or number: freeze, raise an incident, believe nothing."""


class LimitScope(StrEnum):
    """What kind of limit refused (with REFUSED_LIMIT), where the channel says so."""

    SINGLE = "single"
    """Of one payment: smaller ones pass."""
    DAY = "day"
    MONTH = "month"
    LEAST = "least"
    """The amount was too *small* (for the fee, for the product): says nothing against larger ones."""


class Hurdle(StrEnum):
    """What stands in the way of a refund (with `merchant_side`), where the channel says so."""

    BALANCE = "balance"
    """The merchant's balance at the channel is too low: topping it up is all it takes."""
    PAYEE = "payee"
    """The card or account that paid takes nothing any more: another way must be named, or the money paid by hand."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One classified answer. `code` and `message` are the channel's own words, for people and statistics;
    decisions are made on `kind` and the marks below alone."""

    kind: OutcomeKind
    code: str = ""
    """The channel's error code as it came (`SYSTEM_ERROR`, `ACQ.PAYMENT_FAIL`), or ours: `timeout`,
    `connect_failed`, `http_502`, `unreadable`, `bad_signature`."""
    message: str = ""
    transient: bool = False
    """Worth one more call on the same channel with the same number before switching."""
    listed: bool = False
    """The channel says of itself that it is busy or in maintenance: opens the breaker at once
    ("系统繁忙", "通道维护"), without waiting for a second failure."""
    limit: LimitScope | None = None
    """With REFUSED_LIMIT: which limit it was; None when the channel does not say."""
    merchant_side: bool = False
    """For refunds: the merchant's balance is short or a person must act; retry later, same number."""
    hurdle: Hurdle | None = None
    """For refunds (with `merchant_side`): what a person must do something about, where the channel says so."""
    ask_consent: bool = False
    """For debits (with REFUSED_PAYER): only the consent was wrong (a mistyped SMS code); nothing was debited, and the
    customer may give another one for the same order."""


HURTS_HEALTH = frozenset({OutcomeKind.NOT_SENT, OutcomeKind.REFUSED_CHANNEL, OutcomeKind.UNKNOWN})
"""Outcomes that count against the channel. Payer, risk, limit and our own mistakes never do."""

SHOWS_HEALTH = frozenset({OutcomeKind.ACCEPTED, OutcomeKind.PENDING, OutcomeKind.PAID, OutcomeKind.CLOSED})
"""Outcomes that prove the channel was working."""
