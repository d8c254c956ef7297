"""The channels' own books: every order that any account ever made, and its refunds.

Independent of the switch: the drill compares these books with the switch's and with the shop's. Amounts are fen,
times Unix milliseconds. Single-threaded: every method runs to its end on the event loop, so that "check the state,
then change it" is atomic as long as the caller does not await in between.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

import msgspec

from payswitch.kit.clock import Clock
from payswitch.sandbox.ledger_file import LedgerFile


class OrderState(StrEnum):
    """`open` may still be paid; everything from `paid` on means that money came in once."""

    OPEN = "open"
    CLOSED = "closed"
    PAID = "paid"
    PARTLY_REFUNDED = "partly_refunded"
    REFUNDED = "refunded"


class RefundState(StrEnum):
    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"
    ABNORMAL = "abnormal"


class LedgerProblem(ValueError):
    """A stand-in tried something that no channel's books allow. A bug in the stand-in, never an answer to a client."""


class Refund(msgspec.Struct, kw_only=True):
    """One refund of one order. `out_refund_no` is the merchant's number, unique per account."""

    out_refund_no: str
    refund_id: str
    amount_fen: int
    created_at_ms: int
    reason: str = ""
    notify_url: str = ""
    state: RefundState = RefundState.PROCESSING
    settled_at_ms: int | None = None
    extra: dict[str, str] = {}


class Untold(msgspec.Struct, frozen=True, kw_only=True):
    """Something the merchant has not acknowledged yet; kept so that a restart of the sandbox forgets no message."""

    event_id: str
    kind: str
    at_ms: int
    out_refund_no: str = ""


class Order(msgspec.Struct, kw_only=True):
    """One order at one account. Change it only through the `Ledger`, which writes it down."""

    n: int = 0
    """Position in the books, from 1; given by the ledger."""
    account: str
    channel_order_no: str
    """The merchant's own number (`out_trade_no` on the wires)."""
    product: str
    """In the switch's words, e.g. `wechat_native`, so that fault filters mean the same everywhere."""
    amount_fen: int
    subject: str
    notify_url: str
    return_url: str = ""
    created_at_ms: int
    expires_at_ms: int
    fingerprint: str = ""
    """Of the create parameters: the same number with another fingerprint is a conflict."""
    wallets: list[str]
    """Which wallets may pay this order."""
    credential: str = ""
    """The token that can pay this order now (prepay id, QR token). A newer one makes the older worthless."""
    state: OrderState = OrderState.OPEN
    closed_at_ms: int | None = None
    expired: bool = False
    """Closed by time, not by the merchant."""
    paid_at_ms: int | None = None
    transaction_id: str | None = None
    payer: str = ""
    wallet: str = ""
    refunds: list[Refund] = []
    untold: list[Untold] = []
    extra: dict[str, str] = {}
    """Whatever the channel family must remember besides; the core never reads it."""

    @property
    def refunded_fen(self) -> int:
        """What went back or is on its way back."""
        return sum(r.amount_fen for r in self.refunds if r.state is not RefundState.CLOSED)

    @property
    def received(self) -> bool:
        """Whether money ever came in."""
        return self.paid_at_ms is not None


class Ledger:
    """All orders in memory, written through to one SQLite file when a path is given."""

    def __init__(self, clock: Clock, path: Path | None = None) -> None:
        self._clock = clock
        self._file = LedgerFile(path) if path is not None else None
        self._orders: list[Order] = []
        self._by_number: dict[tuple[str, str], Order] = {}
        self._by_credential: dict[str, Order] = {}
        self._by_transaction: dict[tuple[str, str], Order] = {}
        self._by_refund: dict[tuple[str, str], Order] = {}
        for document in self._file.documents() if self._file is not None else ():
            self._index(msgspec.json.decode(document, type=Order))

    def close_file(self) -> None:
        if self._file is not None:
            self._file.close()

    def __len__(self) -> int:
        return len(self._orders)

    def add(self, order: Order) -> Order:
        """Enter a new order; the number must be new to its account."""
        if (order.account, order.channel_order_no) in self._by_number:
            raise LedgerProblem(f"order {order.channel_order_no} exists already at {order.account}")
        if order.amount_fen < 1:
            raise LedgerProblem(f"order {order.channel_order_no} has no amount")
        order.n = len(self._orders) + 1
        self._index(order)
        self._write(order)
        return order

    def find(self, account: str, channel_order_no: str) -> Order | None:
        """By the merchant's number. An order whose time is over comes back closed."""
        return self._fresh(self._by_number.get((account, channel_order_no)))

    def find_by_transaction(self, account: str, transaction_id: str) -> Order | None:
        return self._fresh(self._by_transaction.get((account, transaction_id)))

    def find_by_credential(self, token: str) -> Order | None:
        """Also for tokens that a newer one replaced: compare with `order.credential`."""
        return self._fresh(self._by_credential.get(token))

    def find_refund(self, account: str, out_refund_no: str) -> tuple[Order, Refund] | None:
        order = self._by_refund.get((account, out_refund_no))
        if order is None:
            return None
        return order, next(r for r in order.refunds if r.out_refund_no == out_refund_no)

    def give_credential(self, order: Order, token: str, **extra: str) -> None:
        """From now on only this token pays the order; `extra` is noted with it."""
        order.credential = token
        order.extra |= extra
        self._by_credential[token] = order
        self._write(order)

    def come_back_to(self, order: Order, return_url: str) -> None:
        """Where the wallet sends the browser afterwards."""
        order.return_url = return_url
        self._write(order)

    def pay(self, order: Order, *, transaction_id: str, payer: str, wallet: str) -> None:
        """Money came in. Never twice, never for a closed order."""
        if order.state is not OrderState.OPEN:
            raise LedgerProblem(f"order {order.channel_order_no} is {order.state}, it cannot be paid")
        order.state = OrderState.PAID
        order.paid_at_ms = self._clock.now_ms()
        order.transaction_id = transaction_id
        order.payer = payer
        order.wallet = wallet
        self._by_transaction[order.account, transaction_id] = order
        self._write(order)

    def close(self, order: Order, *, expired: bool = False) -> None:
        """No customer can pay it any more."""
        if order.state is not OrderState.OPEN:
            raise LedgerProblem(f"order {order.channel_order_no} is {order.state}, it cannot be closed")
        order.state = OrderState.CLOSED
        order.closed_at_ms = order.expires_at_ms if expired else self._clock.now_ms()
        order.expired = expired
        self._write(order)

    def remember(self, order: Order, **extra: str) -> None:
        """Note something family-specific on the order."""
        order.extra |= extra
        self._write(order)

    def keep_untold(self, order: Order, event: Untold) -> None:
        """The merchant is to be told."""
        order.untold = [*order.untold, event]
        self._write(order)

    def told(self, order: Order, event_id: str) -> None:
        """The merchant acknowledged, or the channel gave up."""
        order.untold = [event for event in order.untold if event.event_id != event_id]
        self._write(order)

    def add_refund(self, order: Order, refund: Refund) -> None:
        """Enter a refund; together the refunds never exceed what was paid."""
        if not order.received:
            raise LedgerProblem(f"order {order.channel_order_no} was never paid")
        if refund.amount_fen < 1 or order.refunded_fen + refund.amount_fen > order.amount_fen:
            raise LedgerProblem(f"refund {refund.out_refund_no} exceeds what is left of {order.channel_order_no}")
        if (order.account, refund.out_refund_no) in self._by_refund:
            raise LedgerProblem(f"refund {refund.out_refund_no} exists already at {order.account}")
        order.refunds = [*order.refunds, refund]
        self._by_refund[order.account, refund.out_refund_no] = order
        self._derive_state(order)
        self._write(order)

    def settle_refund(self, order: Order, refund: Refund, state: RefundState = RefundState.SUCCEEDED) -> None:
        """A refund that was in progress came to its end."""
        if refund.state is not RefundState.PROCESSING:
            raise LedgerProblem(f"refund {refund.out_refund_no} is {refund.state} already")
        refund.state = state
        refund.settled_at_ms = self._clock.now_ms()
        self._derive_state(order)
        self._write(order)

    def reopen_refund(self, order: Order, refund: Refund) -> None:
        """An abnormal refund was sent another way: in progress again."""
        if refund.state is not RefundState.ABNORMAL:
            raise LedgerProblem(f"refund {refund.out_refund_no} is {refund.state}")
        refund.state, refund.settled_at_ms = RefundState.PROCESSING, None
        self._derive_state(order)
        self._write(order)

    def entries(self, after: int = 0, limit: int = 500) -> list[Order]:
        """Orders in the order of their making, from `after` (exclusive)."""
        page = self._orders[max(after, 0) : max(after, 0) + limit]
        for order in page:
            self._fresh(order)
        return page

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders)

    def _fresh(self, order: Order | None) -> Order | None:
        if order is not None and order.state is OrderState.OPEN and self._clock.now_ms() >= order.expires_at_ms:
            self.close(order, expired=True)
        return order

    @staticmethod
    def _derive_state(order: Order) -> None:
        back_fen = sum(r.amount_fen for r in order.refunds if r.state is RefundState.SUCCEEDED)
        if back_fen == order.amount_fen:
            order.state = OrderState.REFUNDED
        elif back_fen:
            order.state = OrderState.PARTLY_REFUNDED

    def _index(self, order: Order) -> None:
        self._orders.append(order)
        self._by_number[order.account, order.channel_order_no] = order
        if order.credential:
            self._by_credential[order.credential] = order
        if order.transaction_id:
            self._by_transaction[order.account, order.transaction_id] = order
        for refund in order.refunds:
            self._by_refund[order.account, refund.out_refund_no] = order

    def _write(self, order: Order) -> None:
        if self._file is not None:
            self._file.put(order.n, order.account, order.channel_order_no, msgspec.json.encode(order))
