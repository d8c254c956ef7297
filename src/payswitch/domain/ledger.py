"""账本: the merchant's money at its channels, in double entry.

A transfer moves one amount from one account to another: it is a debit and a credit in one row, so that debits equal
credits by construction. Transfers are only ever added. Which ones a change of a payment needs is derived by comparing
the payment before and after it (`transfers_of`): no use case posts anything itself, so none can forget to.

Amounts are fen and positive. A transfer's id is derived from what it is about: the same news applied twice is the same
row, and the database refuses the second one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from enum import StrEnum

import msgspec

from payswitch.domain.payment import Attempt, AttemptState, PaymentFile, Refund, RefundState


class AccountCode(StrEnum):
    """会计科目. An account is `code/owner`; the owner is a channel, for `shop` a shop."""

    CLEARING = "clearing"
    """渠道待清算 (asset): what the channel holds for the merchant: taken, and not yet paid back or kept as its fee."""
    FEES = "fees"
    """手续费 (expense): what the channel keeps for itself: as configured at first, as billed once the bill is there."""
    RECEIVABLE = "receivable"
    """应收客户 (asset): money that customers hold and should not: paid back twice over. Zero on a good day."""
    SHOP = "shop"
    """应付店铺 (liability): what the shop has earned and not given back."""
    REFUNDS = "refunds"
    """应退客户 (liability): refunds that were promised and have not arrived."""
    BY_HAND = "by_hand"
    """店铺线下已付 (liability): what a shop gave back to customers outside of the channels, out of its own pocket."""
    SURPLUS = "surplus"
    """重复支付待退 (liability): money that came beside the winner, until it is back with the customer."""


DEBIT_NORMAL = frozenset({AccountCode.CLEARING, AccountCode.FEES, AccountCode.RECEIVABLE})
"""Accounts whose balance is debits minus credits; of all others it is credits minus debits."""


class TransferKind(StrEnum):
    RECEIVED = "received"
    """The winner's money: the channel owes it, to the shop."""
    SURPLUS = "surplus"
    """Money beside the winner: the channel holds it, for the customer."""
    SURPLUS_ACCEPTED = "surplus_accepted"
    """It was surplus, and the shop takes it after all."""
    FEE = "fee"
    """The channel's fee for a payment, as configured."""
    FEE_BILLED = "fee_billed"
    """The bill named another fee: the difference."""
    REFUND_ASKED = "refund_asked"
    """A refund is promised: out of the shop's money."""
    REFUND_OVERPAID = "refund_overpaid"
    """The part of a refund for which nothing is left of its payment: the customer has it, and owes it."""
    REFUND_DROPPED = "refund_dropped"
    """The channel said no: the shop has its money back."""
    REFUND_RELIEVED = "refund_relieved"
    """The same, for the part that another refund had taken already: the customer owes that much less."""
    REFUND_REVIVED = "refund_revived"
    """It was given up and went through after all: promised again."""
    REFUND_PAID = "refund_paid"
    """The money is back with the customer."""
    REFUND_SETTLED = "refund_settled"
    """The same, but not through the channel: an operator gave it back by hand."""
    REFUND_PAID_TWICE = "refund_paid_twice"
    """And then the channel paid it, too: the customer has it twice."""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the ledger: `amount_fen` is debited to one account and credited to another."""

    transfer_id: str
    """`kind:what it is about`; unique for ever."""
    kind: TransferKind
    debit: str
    credit: str
    amount_fen: int
    channel_id: str
    payment_id: str
    attempt_id: str
    refund_id: str | None = None
    at_ms: int


def account(code: AccountCode, owner: str) -> str:
    return f"{code.value}/{owner}"


def expected_fee_fen(amount_fen: int, fee_bp: int) -> int:
    """The fee at a rate in basis points, rounded half up to the fen, as the channels' contracts say."""
    return (amount_fen * fee_bp + 5_000) // 10_000


def transfers_of(
    before: PaymentFile | None, after: PaymentFile, fee_bp_of: Callable[[str], int]
) -> tuple[Transfer, ...]:
    """What the change from `before` (None: the payment is new) to `after` moves. Empty for almost every commit.

    `fee_bp_of`: the configured fee of a channel, by its id.
    """
    if not any(attempt.state is AttemptState.SUCCEEDED for attempt in after.attempts):
        return ()  # no money has come in yet, so none can go back: nearly every commit ends here
    return tuple(_Change(before, after, fee_bp_of).transfers())


class _Change:
    def __init__(self, before: PaymentFile | None, after: PaymentFile, fee_bp_of: Callable[[str], int]) -> None:
        self._after = after
        self._fee_bp_of = fee_bp_of
        self._attempts_before = {a.attempt_id: a for a in before.attempts} if before else {}
        self._refunds_before = {r.refund_id: r for r in before.refunds} if before else {}
        self._excess = {a.attempt_id: excess_fen(a, before.refunds) for a in before.attempts} if before else {}

    def transfers(self) -> Iterator[Transfer]:
        for attempt in self._after.attempts:
            if attempt.state is AttemptState.SUCCEEDED:
                yield from self._of_attempt(attempt, self._attempts_before.get(attempt.attempt_id))
        for refund in self._after.refunds:
            was = self._refunds_before.get(refund.refund_id)
            if was is None or was.state is not refund.state:
                yield from self._of_refund(refund, was, self._after.attempt(refund.attempt_id))
            elif refund.paid_twice and not was.paid_twice:
                yield _paid_twice(refund, self._after.attempt(refund.attempt_id))

    def _of_attempt(self, attempt: Attempt, was: Attempt | None) -> Iterator[Transfer]:
        clearing = account(AccountCode.CLEARING, attempt.channel_id)
        shop = account(AccountCode.SHOP, self._after.payment.shop_id)
        surplus = account(AccountCode.SURPLUS, attempt.channel_id)
        if was is not None and was.state is AttemptState.SUCCEEDED:
            if was.surplus and not attempt.surplus:
                yield _about(attempt, TransferKind.SURPLUS_ACCEPTED, surplus, shop, attempt.amount_fen)
            return
        if attempt.surplus:
            yield _about(attempt, TransferKind.SURPLUS, clearing, surplus, attempt.amount_fen)
        else:
            yield _about(attempt, TransferKind.RECEIVED, clearing, shop, attempt.amount_fen)
        fee_fen = expected_fee_fen(attempt.amount_fen, self._fee_bp_of(attempt.channel_id))
        if fee_fen:
            fees = account(AccountCode.FEES, attempt.channel_id)
            yield _about(attempt, TransferKind.FEE, fees, clearing, fee_fen)

    def _of_refund(self, refund: Refund, was: Refund | None, attempt: Attempt) -> Iterator[Transfer]:
        # A refund can be born, or settled, with any state: what counts is whether it was promised and paid.
        promised = was is not None and was.state is not RefundState.FAILED
        promises = refund.state is not RefundState.FAILED
        if promises and not promised:
            revived = was is not None
            yield from self._promise(refund, attempt, revived=revived)
        elif promised and not promises:
            yield from self._drop(refund, attempt)
        if refund.state is RefundState.SUCCEEDED:
            yield from self._pay(refund, attempt)

    def _promise(self, refund: Refund, attempt: Attempt, *, revived: bool) -> Iterator[Transfer]:
        if attempt.surplus:
            return  # owed to the customer since it arrived
        over_fen = self._excess_grows_by(attempt, refund)
        shop = account(AccountCode.SHOP, self._after.payment.shop_id)
        kind = TransferKind.REFUND_REVIVED if revived else TransferKind.REFUND_ASKED
        if refund.amount_fen > over_fen:
            yield _back(refund, attempt, kind, shop, _owed(attempt), refund.amount_fen - over_fen)
        if over_fen:
            receivable = account(AccountCode.RECEIVABLE, attempt.channel_id)
            yield _back(refund, attempt, TransferKind.REFUND_OVERPAID, receivable, _owed(attempt), over_fen)

    def _drop(self, refund: Refund, attempt: Attempt) -> Iterator[Transfer]:
        if attempt.surplus:
            return  # still owed: an incident says so, and a person must pay it back another way
        relief_fen = self._excess_shrinks_by(attempt, refund)
        shop = account(AccountCode.SHOP, self._after.payment.shop_id)
        if refund.amount_fen > relief_fen:
            dropped_fen = refund.amount_fen - relief_fen
            yield _back(refund, attempt, TransferKind.REFUND_DROPPED, _owed(attempt), shop, dropped_fen)
        if relief_fen:
            receivable = account(AccountCode.RECEIVABLE, attempt.channel_id)
            yield _back(refund, attempt, TransferKind.REFUND_RELIEVED, _owed(attempt), receivable, relief_fen)

    def _pay(self, refund: Refund, attempt: Attempt) -> Iterator[Transfer]:
        clearing = account(AccountCode.CLEARING, attempt.channel_id)
        if attempt.surplus:
            over_fen = self._excess_grows_by(attempt, refund)
            if over_fen:
                receivable = account(AccountCode.RECEIVABLE, attempt.channel_id)
                yield _back(refund, attempt, TransferKind.REFUND_OVERPAID, receivable, _owed(attempt), over_fen)
        if refund.by_hand:
            pocket = account(AccountCode.BY_HAND, self._after.payment.shop_id)
            yield _back(refund, attempt, TransferKind.REFUND_SETTLED, _owed(attempt), pocket, refund.amount_fen)
        else:
            yield _back(refund, attempt, TransferKind.REFUND_PAID, _owed(attempt), clearing, refund.amount_fen)

    def _excess_grows_by(self, attempt: Attempt, refund: Refund) -> int:
        """How much of this refund goes beyond what its payment brought; each fen is counted once."""
        now = excess_fen(attempt, self._after.refunds)
        grown = min(refund.amount_fen, max(0, now - self._excess.get(attempt.attempt_id, 0)))
        self._excess[attempt.attempt_id] = self._excess.get(attempt.attempt_id, 0) + grown
        return grown

    def _excess_shrinks_by(self, attempt: Attempt, refund: Refund) -> int:
        now = excess_fen(attempt, self._after.refunds)
        shrunk = min(refund.amount_fen, max(0, self._excess.get(attempt.attempt_id, 0) - now))
        self._excess[attempt.attempt_id] = self._excess.get(attempt.attempt_id, 0) - shrunk
        return shrunk


def excess_fen(attempt: Attempt, refunds: tuple[Refund, ...]) -> int:
    """By how much the refunds of an attempt exceed what it brought: only ever after a refund that was given up went
    through after all. Of surplus only what has arrived counts: nothing is set aside for it."""
    mine = (r for r in refunds if r.attempt_id == attempt.attempt_id and r.state is not RefundState.FAILED)
    spoken_for = sum(r.amount_fen for r in mine if not attempt.surplus or r.state is RefundState.SUCCEEDED)
    return max(0, spoken_for - attempt.amount_fen)


def _paid_twice(refund: Refund, attempt: Attempt) -> Transfer:
    receivable = account(AccountCode.RECEIVABLE, attempt.channel_id)
    clearing = account(AccountCode.CLEARING, attempt.channel_id)
    return _back(refund, attempt, TransferKind.REFUND_PAID_TWICE, receivable, clearing, refund.amount_fen)


def _owed(attempt: Attempt) -> str:
    """Where the customer's money waits on its way back."""
    return account(AccountCode.SURPLUS if attempt.surplus else AccountCode.REFUNDS, attempt.channel_id)


def _about(attempt: Attempt, kind: TransferKind, debit: str, credit: str, amount_fen: int) -> Transfer:
    return Transfer(
        transfer_id=f"{kind.value}:{attempt.attempt_id}",
        kind=kind,
        debit=debit,
        credit=credit,
        amount_fen=amount_fen,
        channel_id=attempt.channel_id,
        payment_id=attempt.payment_id,
        attempt_id=attempt.attempt_id,
        at_ms=attempt.finished_at_ms or attempt.created_at_ms,
    )


def _back(refund: Refund, attempt: Attempt, kind: TransferKind, debit: str, credit: str, amount_fen: int) -> Transfer:
    return Transfer(
        transfer_id=f"{kind.value}:{refund.refund_id}",
        kind=kind,
        debit=debit,
        credit=credit,
        amount_fen=amount_fen,
        channel_id=attempt.channel_id,
        payment_id=refund.payment_id,
        attempt_id=refund.attempt_id,
        refund_id=refund.refund_id,
        at_ms=refund.finished_at_ms or refund.created_at_ms,
    )


def fee_correction(
    attempt: Attempt, refund: Refund | None, *, more_fen: int, number: int, at_ms: int
) -> Transfer | None:
    """The bill says that the channel kept so much more (negative: less) of a payment, or of a refund. `number` counts
    the corrections of this item, from 1. None: there is nothing to correct."""
    if more_fen == 0:
        return None
    fees, clearing = account(AccountCode.FEES, attempt.channel_id), account(AccountCode.CLEARING, attempt.channel_id)
    item_id = attempt.attempt_id if refund is None else refund.refund_id
    return Transfer(
        transfer_id=f"{TransferKind.FEE_BILLED.value}:{item_id}:{number}",
        kind=TransferKind.FEE_BILLED,
        debit=fees if more_fen > 0 else clearing,
        credit=clearing if more_fen > 0 else fees,
        amount_fen=abs(more_fen),
        channel_id=attempt.channel_id,
        payment_id=attempt.payment_id,
        attempt_id=attempt.attempt_id,
        refund_id=None if refund is None else refund.refund_id,
        at_ms=at_ms,
    )


def position_of(file: PaymentFile) -> dict[str, int]:
    """What the accounts must say about a payment, from its state alone and by other arithmetic: debits minus credits
    by account, fees left out. The audit's second opinion on `transfers_of`; zero balances are missing."""
    found: dict[str, int] = {}

    def add(code: AccountCode, owner: str, fen: int) -> None:
        found[account(code, owner)] = found.get(account(code, owner), 0) + fen

    for attempt in file.attempts:
        if attempt.state is not AttemptState.SUCCEEDED:
            continue
        mine = [r for r in file.refunds if r.attempt_id == attempt.attempt_id]
        returned = sum(r.amount_fen for r in mine if r.state is RefundState.SUCCEEDED)
        promised = sum(r.amount_fen for r in mine if r.state not in (RefundState.FAILED, RefundState.SUCCEEDED))
        over = excess_fen(attempt, file.refunds)
        settled = [r for r in mine if r.settled_by is not None and r.state is RefundState.SUCCEEDED]
        by_hand, twice = sum(r.amount_fen for r in settled), sum(r.amount_fen for r in settled if r.paid_twice)
        add(AccountCode.CLEARING, attempt.channel_id, attempt.amount_fen - (returned - by_hand + twice))
        add(AccountCode.BY_HAND, file.payment.shop_id, -by_hand)
        add(AccountCode.RECEIVABLE, attempt.channel_id, over + twice)
        if attempt.surplus:
            add(AccountCode.SURPLUS, attempt.channel_id, -(attempt.amount_fen - returned + over))
        else:
            add(AccountCode.REFUNDS, attempt.channel_id, -promised)
            add(AccountCode.SHOP, file.payment.shop_id, -(attempt.amount_fen - returned - promised + over))
    return {name: fen for name, fen in found.items() if fen}
