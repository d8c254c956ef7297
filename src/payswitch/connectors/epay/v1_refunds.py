"""V1 refunds: a call without a number of its own, made so that money does not go back twice.

`act=refund` names the order and an amount, nothing else. A platform cannot tell a repeat from a second refund, and
there is nothing to ask afterwards. Therefore

1. only *whole* orders are paid back (unless the account says `partial_refunds = "yes"`): neither the platform nor the
   wallet behind it gives back more than was paid, so a repeat of a whole refund finds nothing left;
2. before every call the order is looked at: nothing is sent unless the platform itself says "paid, not refunded";
3. a call whose fate is not known is remembered, and the same number is not sent again by this process: a person must
   look at the platform (unless the account says `repeat_refunds = "yes"`: the platform is known to mark refunded
   orders);
4. no refusal is final: the text of an error is free, and after an unanswered call it may be about our own success.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from payswitch.connectors.epay.account import EpayAccount
from payswitch.connectors.epay.facts import PAID, REFUNDED, queried_order
from payswitch.connectors.epay.wire import Fields, fen_of
from payswitch.domain.exchange import RefundFact, RefundOrder
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock

Look = Callable[[str, int], Awaitable[Fields | Outcome]]
Send = Callable[[RefundOrder, int], Awaitable[Fields | Outcome]]

_UNANSWERED: Final = Outcome(
    kind=OutcomeKind.UNKNOWN,
    code="refund_unanswered",
    message=(
        "退款请求曾发出但结果不明，V1 无退款单号，不自动重发，请到平台后台核对 / "
        "the fate of a refund call is not known and V1 has no refund numbers, so it is not sent again: "
        "look at the platform's merchant page"
    ),
    merchant_side=True,
)
_REFUNDED_SOMEHOW: Final = Outcome(
    kind=OutcomeKind.UNKNOWN,
    code="refunded_at_platform",
    message=(
        "平台显示订单已退款，但无法确认是否全额，请到平台后台核对 / "
        "the platform shows the order as refunded, but not that all of it went back; look at its merchant page"
    ),
    merchant_side=True,
)
_NOT_PAID_THERE: Final = Outcome(
    kind=OutcomeKind.UNKNOWN,
    code="not_paid_at_platform",
    message="平台未显示该订单已支付，未发送退款 / the platform does not show the order as paid; no refund was sent",
    merchant_side=True,
)
_PARTIAL: Final = Outcome(
    kind=OutcomeKind.REFUSED_ORDER,
    code="partial_refund_unsupported",
    message=(
        "易支付 V1 部分退款无法防重，未发送；请在平台后台退款 / "
        "V1 cannot make a partial refund safe to repeat; nothing was sent: refund at the platform's merchant page"
    ),
)
_NOTHING_KNOWN: Final = Outcome(kind=OutcomeKind.UNKNOWN, code="no_refund_query")


class V1Refunds:
    """The refunds of one account. Remembers, as long as the process lives, what it sent and what it heard."""

    def __init__(self, account: EpayAccount, *, look: Look, send: Send, clock: Clock) -> None:
        self._account = account
        self._look = look
        self._send = send
        self._clock = clock
        self._done: dict[str, RefundFact] = {}
        self._unanswered: set[str] = set()

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """Look, then send at most once. PAID is final; everything uncertain ends with a person, never with a guess."""
        number = refund.out_refund_no
        if number in self._done:
            return self._done[number]
        whole = refund.amount_fen == refund.order.amount_fen
        if not whole and not self._account.partial_refunds:
            return RefundFact(out_refund_no=number, outcome=_PARTIAL)
        deadline_ms = self._clock.monotonic_ms() + timeout_ms
        fields = await self._look(refund.order.channel_order_no, timeout_ms)
        obstacle = self._obstacle(fields, refund)
        if obstacle is not None:
            return RefundFact(out_refund_no=number, outcome=obstacle)
        return await self._send_once(refund, int(deadline_ms - self._clock.monotonic_ms()))

    async def known(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        """What this process or the order itself proves; UNKNOWN otherwise, never "not found": that would invite a
        second refund."""
        number = refund.out_refund_no
        if number in self._done:
            return self._done[number]
        fields = await self._look(refund.order.channel_order_no, timeout_ms)
        found = self._seen_refunded(fields, refund) if not isinstance(fields, Outcome) else None
        return RefundFact(out_refund_no=number, outcome=found or _NOTHING_KNOWN)

    def _obstacle(self, fields: Fields | Outcome, refund: RefundOrder) -> Outcome | None:
        """Why nothing may be sent, which may be that the money is back already; None when the way is free."""
        if isinstance(fields, Outcome):
            return _unsent(fields)
        fact = queried_order(fields, refund.order.channel_order_no, self._account.pid)
        if fact.outcome.kind is OutcomeKind.UNTRUSTED:
            return fact.outcome
        ours = fact.merchant_ok and fact.amount_fen == refund.order.amount_fen
        if fact.outcome.kind is not OutcomeKind.PAID or not ours:
            return _NOT_PAID_THERE
        seen = self._seen_refunded(fields, refund)
        if seen is not None:
            return seen
        if refund.out_refund_no in self._unanswered and not self._account.repeat_refunds:
            return _UNANSWERED
        return None

    def _seen_refunded(self, fields: Fields, refund: RefundOrder) -> Outcome | None:
        """What the order says about money that went back. `refundmoney` is the sum of all refunds, and only some
        platforms send it."""
        order_fen = refund.order.amount_fen
        back_fen = fen_of(fields, "refundmoney") or 0
        if fields.get("status") == PAID and not back_fen:
            return None
        whole = refund.amount_fen == order_fen
        if whole and back_fen == order_fen:
            return Outcome(kind=OutcomeKind.PAID, code="refundmoney")
        if whole and not back_fen and fields.get("status") == REFUNDED and self._account.refunded_means_whole:
            return Outcome(kind=OutcomeKind.PAID, code="status_2")
        if not whole and 0 < back_fen <= order_fen - refund.amount_fen:
            return None  # Earlier parts went back; this one still fits, and a repeat of it was ruled out before.
        return _REFUNDED_SOMEHOW

    async def _send_once(self, refund: RefundOrder, timeout_ms: int) -> RefundFact:
        number, whole = refund.out_refund_no, refund.amount_fen == refund.order.amount_fen
        # Noted before the first byte leaves: a cancelled call is an unanswered one.
        self._unanswered.add(number)
        fields = await self._send(refund, timeout_ms)
        if isinstance(fields, Outcome):
            if fields.kind is OutcomeKind.NOT_SENT or (whole and fields.merchant_side):
                # Nothing left, or the platform said "no". A platform may say "no" because its own upstream did not
                # answer: a whole refund may be tried again all the same (point 1 above), a partial one may not.
                self._unanswered.discard(number)
            return RefundFact(out_refund_no=number, outcome=fields)
        done = RefundFact(
            out_refund_no=number,
            outcome=Outcome(kind=OutcomeKind.PAID, code=f"code_{fields['code']}"),
            channel_refund_id=fields.get("refund_no") or None,
        )
        self._unanswered.discard(number)
        self._done[number] = done
        return done


def _unsent(outcome: Outcome) -> Outcome:
    """The look failed, so the refund was not sent: whatever the reason, nothing moved and it may be tried again."""
    kind = outcome.kind
    if kind in (OutcomeKind.UNKNOWN, OutcomeKind.NOT_SENT, OutcomeKind.UNTRUSTED):
        return outcome
    return Outcome(kind=OutcomeKind.UNKNOWN, code=outcome.code, message=outcome.message, merchant_side=True)
