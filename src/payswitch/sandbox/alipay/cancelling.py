"""trade.cancel: undo whatever there is. For debits whose answer was lost, on the day of the trade."""

from __future__ import annotations

import msgspec

from payswitch.kit.clock import Clock, beijing
from payswitch.sandbox.alipay.codes import business
from payswitch.sandbox.alipay.trades import Trades, TradeStatus
from payswitch.sandbox.ledger import Ledger, Order, OrderState, Refund

_TRIES = "cancel_tries"


class Cancelled(msgspec.Struct, frozen=True):
    """What a cancel did. `action` is `close`, `refund`, or None when no trade existed."""

    order: Order | None
    action: str | None
    refund: Refund | None = None
    again: bool = False
    """Nothing was done: `retry_flag=Y`."""


class Cancelling:
    """The cancels of one account."""

    def __init__(self, ledger: Ledger, clock: Clock, trades: Trades) -> None:
        self._ledger = ledger
        self._clock = clock
        self._trades = trades

    def cancel(self, out_trade_no: str | None, trade_no: str | None) -> Cancelled:
        """Close an unpaid trade, refund a paid one, and say so when there is none."""
        order = self._trades.find(out_trade_no, trade_no)
        if order is None:
            self._trades.close_unscanned(out_trade_no)
            return Cancelled(None, None)
        status = self._trades.status(order)
        if status is TradeStatus.TRADE_FINISHED:
            raise business("ACQ.TRADE_HAS_FINISHED")
        if self._must_be_asked_again(order):
            return Cancelled(order, None, again=True)
        if not order.received:
            if order.state is OrderState.OPEN:
                self._ledger.close(order)
            return Cancelled(order, "close")
        if status is TradeStatus.TRADE_CLOSED:
            return Cancelled(order, "refund")
        self._check_cancellable(order)
        return Cancelled(
            order, "refund", self._trades.give_back(order, order.channel_order_no, order.amount_fen, "撤销")
        )

    def _must_be_asked_again(self, order: Order) -> bool:
        tries = int(order.extra.get(_TRIES, "0"))
        if tries >= self._trades.oddities.cancel_retries:
            return False
        self._ledger.remember(order, **{_TRIES: str(tries + 1)})
        return True

    def _check_cancellable(self, order: Order) -> None:
        if order.refunds:
            raise business("ACQ.CANCEL_NOT_ALLOWED")
        if beijing(order.paid_at_ms or 0).date() != beijing(self._clock.now_ms()).date():
            raise business("ACQ.TRADE_CANCEL_TIME_OUT")
