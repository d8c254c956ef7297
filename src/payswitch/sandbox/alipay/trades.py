"""Trades of one account: when they exist, what state they are in, and what may happen to them.

The trap that this part is built around: creating a code or signing a link makes *no* trade. The trade begins when the
customer scans or opens it. Until then query and close answer `ACQ.TRADE_NOT_EXIST` while the credential
stays payable, unless the account is set to the other behaviour that merchants have reported (a tombstone).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from enum import StrEnum

from payswitch.kit.clock import Clock, beijing
from payswitch.kit.durations import DAY_MS
from payswitch.sandbox.alipay.codes import business
from payswitch.sandbox.alipay.oddities import CloseBeforeScan, Oddities
from payswitch.sandbox.alipay.terms import RefundTerms, Terms
from payswitch.sandbox.ledger import Ledger, Order, OrderState, Refund

DEFAULT_TRADE_VALID_MS = 15 * DAY_MS
"""A trade without any expiry of its own is closed by Alipay after 15 days."""
REFUNDABLE_MS = 365 * DAY_MS
"""After this long a paid trade is TRADE_FINISHED and no longer refundable (the contract's figure)."""
_SCANNED = "scanned_at_ms"
_TRADE_NO = "trade_no"
_TOMBSTONE = "tombstone"
_TIMEOUT = "timeout_ms"
_TIME_EXPIRE = "time_expire_ms"
_REQUEST_NO = "out_request_no"


class TradeStatus(StrEnum):
    """As spelled on the wire."""

    WAIT_BUYER_PAY = "WAIT_BUYER_PAY"
    TRADE_SUCCESS = "TRADE_SUCCESS"
    TRADE_FINISHED = "TRADE_FINISHED"
    TRADE_CLOSED = "TRADE_CLOSED"


class Trades:
    """The trades of one account in the ledger. Every method is one atomic step; refusals raise `Refused`."""

    def __init__(self, ledger: Ledger, clock: Clock, account: str, wallets: tuple[str, ...]) -> None:
        self._ledger = ledger
        self._clock = clock
        self._account = account
        self._wallets = wallets
        self._tombstones: set[str] = set()
        self.oddities = Oddities()

    # -- making orders -------------------------------------------------------------------------------------------

    def create(self, terms: Terms) -> Order:
        """The order for a create call: new, or the one that an identical earlier call made.

        Refused: TRADE_HAS_SUCCESS when paid, TRADE_HAS_CLOSE when over, CONTEXT_INCONSISTENT for the same number
        with other terms. A tombstoned number gets an order that nobody can pay.
        """
        return self.known(terms) or self.open(terms)

    def known(self, terms: Terms) -> Order | None:
        """The order that an identical earlier call made, if one did; refused as `create` refuses."""
        order = self._ledger.find(self._account, terms.out_trade_no)
        if order is None:
            return None
        _check_recreatable(order)
        return self.open(terms)

    def check_time(self, terms: Terms) -> None:
        """No order is made after its own end."""
        if terms.time_expire_ms is not None and terms.time_expire_ms <= self._clock.now_ms():
            raise business("ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR")

    def open(self, terms: Terms) -> Order:
        """The order for signed terms that a customer opened, in whatever state it is by now."""
        order = self._ledger.find(self._account, terms.out_trade_no)
        if order is None:
            self.check_time(terms)
            return self.add(terms, terms.instalment_wallets or self._wallets, _token(self._account, terms.out_trade_no))
        if order.fingerprint != terms.fingerprint():
            raise business("ACQ.CONTEXT_INCONSISTENT")
        return order

    def add(self, terms: Terms, wallets: Sequence[str], token: str) -> Order:
        """A new order that these wallets can pay, with this credential."""
        now_ms = self._clock.now_ms()
        order = self._ledger.add(
            Order(
                account=self._account,
                channel_order_no=terms.out_trade_no,
                product=terms.switch_product(),
                amount_fen=terms.amount_fen,
                subject=terms.subject,
                notify_url=terms.notify_url,
                return_url=terms.return_url,
                created_at_ms=now_ms,
                expires_at_ms=_before_scan_ms(terms, now_ms),
                fingerprint=terms.fingerprint(),
                wallets=list(wallets),
                extra=terms.to_remember(),
            )
        )
        self._ledger.give_credential(order, token)
        if self.is_buried(terms.out_trade_no):
            self._bury(order)
        return order

    def scan(self, order: Order) -> None:
        """The customer has scanned the code or reached the password page: from now on the trade exists.

        `timeout_express` starts here; the code's own validity no longer matters.
        """
        if _SCANNED in order.extra:
            return
        now_ms = self._clock.now_ms()
        if order.state is OrderState.OPEN:
            order.expires_at_ms = _after_scan_ms(order, now_ms)
        elif _TOMBSTONE not in order.extra:
            return  # Expired unscanned: there never was a trade, and there will be none.
        self._ledger.remember(order, **{_SCANNED: str(now_ms), _TRADE_NO: _trade_no(order, now_ms)})

    # -- finding and reading -------------------------------------------------------------------------------------

    def find(self, out_trade_no: str | None, trade_no: str | None) -> Order | None:
        """The order of an *existing* trade; None before the customer has acted."""
        order = self._by_trade_no(trade_no) if trade_no is not None else self._by_number(out_trade_no or "")
        return order if order is not None and self.status(order) is not None else None

    def _by_number(self, out_trade_no: str) -> Order | None:
        return self._ledger.find(self._account, out_trade_no)

    def _by_trade_no(self, trade_no: str) -> Order | None:
        """A trade number ends in the order's position in the books."""
        tail = trade_no[-_TRADE_NO_DIGITS:]
        if not (tail.isascii() and tail.isdecimal()):
            return None
        found = self._ledger.entries(after=int(tail) - 1, limit=1)
        if found and found[0].account == self._account and found[0].extra.get(_TRADE_NO) == trade_no:
            return found[0]
        return None

    def status(self, order: Order) -> TradeStatus | None:
        """None: there is no trade yet, and perhaps never will be."""
        if order.received and order.paid_at_ms is not None:
            if order.state is OrderState.REFUNDED:
                return TradeStatus.TRADE_CLOSED
            over = self._clock.now_ms() >= order.paid_at_ms + REFUNDABLE_MS
            return TradeStatus.TRADE_FINISHED if over else TradeStatus.TRADE_SUCCESS
        if _SCANNED not in order.extra:
            return None
        if order.state is OrderState.CLOSED and _TOMBSTONE not in order.extra:
            return TradeStatus.TRADE_CLOSED
        return TradeStatus.WAIT_BUYER_PAY

    # -- ending trades -------------------------------------------------------------------------------------------

    def close(self, out_trade_no: str | None, trade_no: str | None) -> Order:
        """Only an unpaid existing trade can be closed."""
        order = self.find(out_trade_no, trade_no)
        if order is None:
            self.close_unscanned(out_trade_no)
            raise business("ACQ.TRADE_NOT_EXIST")
        if self.status(order) is not TradeStatus.WAIT_BUYER_PAY:
            raise business("ACQ.TRADE_STATUS_ERROR" if order.received else "ACQ.REASON_TRADE_STATUS_INVALID")
        if order.state is OrderState.OPEN:
            self._ledger.close(order)
        return order

    def is_buried(self, out_trade_no: str) -> bool:
        """Whether a close came before the trade, in the world where that kills the number."""
        return out_trade_no in self._tombstones

    def close_unscanned(self, out_trade_no: str | None) -> None:
        """A close or cancel of a trade that does not exist yet."""
        if self.oddities.close_before_scan is not CloseBeforeScan.TOMBSTONE or out_trade_no is None:
            return
        self._tombstones.add(out_trade_no)
        order = self._by_number(out_trade_no)
        if order is not None and order.state is OrderState.OPEN:
            self._bury(order)

    def _bury(self, order: Order) -> None:
        self._ledger.remember(order, **{_TOMBSTONE: "1"})
        self._ledger.close(order)

    # -- refunds -------------------------------------------------------------------------------------------------

    def refund(self, terms: RefundTerms) -> tuple[Order, Refund, bool]:
        """(order, refund, whether money moved by *this* call). The same request number again moves nothing."""
        order = self.find(terms.out_trade_no, terms.trade_no)
        if order is None:
            raise business("ACQ.TRADE_NOT_EXIST")
        request_no = terms.out_request_no or order.channel_order_no
        earlier = find_refund(order, request_no)
        if earlier is not None:
            if earlier.amount_fen != terms.amount_fen:
                raise business("ACQ.DISCORDANT_REPEAT_REQUEST")
            return order, earlier, False
        self._check_refundable(order, terms)
        return order, self.give_back(order, request_no, terms.amount_fen, terms.reason), True

    def _check_refundable(self, order: Order, terms: RefundTerms) -> None:
        if not order.received:
            raise business("ACQ.TRADE_STATUS_ERROR")
        if self.status(order) is TradeStatus.TRADE_FINISHED:
            raise business("ACQ.TRADE_HAS_FINISHED")
        if order.refunded_fen + terms.amount_fen > order.amount_fen:
            raise business("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
        if terms.out_request_no is None and terms.amount_fen != order.amount_fen:
            raise business("ACQ.INVALID_PARAMETER", "参数有误。部分退款时out_request_no不能为空")

    def give_back(self, order: Order, request_no: str, amount_fen: int, reason: str) -> Refund:
        """Money goes back, at once."""
        # Alipay's request numbers are unique per trade, the ledger's per account: a number that another trade has
        # used already is entered with its trade's number behind it.
        taken = self._ledger.find_refund(order.account, request_no) is not None
        refund = Refund(
            out_refund_no=f"{request_no}@{order.channel_order_no}" if taken else request_no,
            refund_id=f"{order.extra[_TRADE_NO]}R{len(order.refunds) + 1}",
            amount_fen=amount_fen,
            created_at_ms=self._clock.now_ms(),
            reason=reason,
            notify_url=order.notify_url,
            extra={_REQUEST_NO: request_no},
        )
        self._ledger.add_refund(order, refund)
        self._ledger.settle_refund(order, refund)
        return refund


_TRADE_NO_DIGITS = 15


def _check_recreatable(order: Order) -> None:
    if order.received:
        closed = order.state is OrderState.REFUNDED
        raise business("ACQ.TRADE_HAS_CLOSE" if closed else "ACQ.TRADE_HAS_SUCCESS")
    if order.state is OrderState.CLOSED and _TOMBSTONE not in order.extra:
        raise business("ACQ.TRADE_HAS_CLOSE")


def trade_no(order: Order) -> str:
    return order.extra[_TRADE_NO]


def scanned_at_ms(order: Order) -> int:
    return int(order.extra[_SCANNED])


def instalments(order: Order) -> str | None:
    """Huabei's number of monthly rates, as text."""
    return order.extra.get("instalments")


def request_no(refund: Refund) -> str:
    return refund.extra[_REQUEST_NO]


def find_refund(order: Order, number: str) -> Refund | None:
    """By the merchant's request number, which is unique within its trade."""
    return next((refund for refund in order.refunds if request_no(refund) == number), None)


def _before_scan_ms(terms: Terms, now_ms: int) -> int:
    ends = [terms.time_expire_ms, None if terms.qr_valid_ms is None else now_ms + terms.qr_valid_ms]
    return min((end for end in ends if end is not None), default=now_ms + DEFAULT_TRADE_VALID_MS)


def _after_scan_ms(order: Order, now_ms: int) -> int:
    if _TIME_EXPIRE in order.extra:
        return int(order.extra[_TIME_EXPIRE])
    return now_ms + int(order.extra.get(_TIMEOUT, DEFAULT_TRADE_VALID_MS))


def _trade_no(order: Order, now_ms: int) -> str:
    """28 digits as the real ones: the day, a fixed part, and here the order's position in the books."""
    return f"{beijing(now_ms):%Y%m%d}22001{order.n:0{_TRADE_NO_DIGITS}d}"


def _token(account: str, out_trade_no: str) -> str:
    """The end of the code's text: `bax` and 21 characters, the same for the same order."""
    return "bax" + hashlib.sha256(f"{account}/{out_trade_no}".encode()).hexdigest()[:21]
