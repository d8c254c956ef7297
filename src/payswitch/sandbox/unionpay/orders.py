"""The orders of one UnionPay merchant: how they come to be, how long they can be paid. There is no way to close one."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState, Refund
from payswitch.sandbox.payment_codes import CodeProblem, Debited
from payswitch.sandbox.unionpay.codes import OK, Refused
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.terms import APP, BACK, FRONT, Terms, read_terms

QR_PREFIX = "https://qr.95516.com/00010000/"
RETURN_PATH = "/b2c/frontReturn.action"
"""Where the wallet's "back to the shop" leads: the result is carried on to frontUrl from there."""
ASKING = "05"
"""What is known of a debit while the customer's phone asks for the password."""
NO_CODE = "30"
"""A payment code that nobody shows (any more). Which code UnionPay says is not confirmed."""
_DEBITED = {Debited.PAID: OK, Debited.ASKING: ASKING, Debited.POOR: "64", Debited.FAILED: "01"}
"""What becomes of a payment code, in UnionPay's codes."""
LATE_REFUND = "LATE"
"""What the number of UnionPay's own refund of late money begins with."""
_GATEWAY_PRODUCTS = frozenset({"unionpay_web", "unionpay_wap"})
_LATE = "late"


class OrderDesk:
    """All merchants' orders; the ledger keeps them apart."""

    def __init__(self, core: SandboxCore) -> None:
        self._core = core

    # -- making orders -------------------------------------------------------------------------------------------

    def open_form(self, member: Member, message: Mapping[str, str]) -> Order:
        """The order of a signed form that a browser brought: new, or the one that the same form made before.

        A form that comes after its payTimeout makes no order.
        """
        terms = read_terms(FRONT, message)
        order = self._find(member, terms.order_id)
        if order is None:
            self._check_time(terms, overdue="69")
            return self._add(member, terms, self._number(21))
        if order.fingerprint != terms.fingerprint:
            raise Refused("12")
        return order

    def create_app(self, member: Member, message: Mapping[str, str]) -> Order:
        """An order for the app, paid with its `tn`."""
        return self._create(member, read_terms(APP, message), self._number(21))

    def create_back(self, member: Member, message: Mapping[str, str]) -> Order:
        """A code for the customer to scan (01/07)."""
        return self._create(member, read_terms(BACK, message), self._number(32))

    def debit(self, member: Member, message: Mapping[str, str]) -> Order:
        """The code that the customer shows is debited (01/06), or the customer's phone asks for the password."""
        terms = read_terms(BACK, message)
        self._check_new(member, terms)
        codes = self._core.payment_codes
        shown = codes.redeem(terms.qr_no, [wallet for wallet in terms.wallets if wallet in member.spec.wallets])
        if isinstance(shown, CodeProblem):
            raise Refused(NO_CODE)
        order = self._add(member, terms, terms.qr_no)
        debited = codes.debit(order, shown)
        self._core.ledger.remember(order, bank_code=_DEBITED[debited])
        if debited in (Debited.POOR, Debited.FAILED):
            self._core.ledger.close(order)
        return order

    def _create(self, member: Member, terms: Terms, token: str) -> Order:
        self._check_new(member, terms)
        return self._add(member, terms, token)

    def _check_new(self, member: Member, terms: Terms) -> None:
        """A server's order: its number can be used once, however often the same message comes."""
        if self._find(member, terms.order_id) is not None:
            raise Refused("12")
        self._check_time(terms, overdue="10")

    def _add(self, member: Member, terms: Terms, token: str) -> Order:
        now_ms = self._core.clock.now_ms()
        oddities = member.oddities
        until_ms = terms.pay_timeout_ms or now_ms + int(oddities.default_valid_s * 1_000)
        grace_s = oddities.late_netbank_s if terms.product in _GATEWAY_PRODUCTS else 0.0
        order = self._core.ledger.add(
            Order(
                account=member.spec.channel_id,
                channel_order_no=terms.order_id,
                product=terms.product,
                amount_fen=terms.amount_fen,
                subject=terms.subject or f"{member.spec.name} {terms.order_id}",
                notify_url=terms.back_url,
                return_url=f"{member.spec.base_url}{RETURN_PATH}?transNumber={token}" if terms.front_url else "",
                created_at_ms=now_ms,
                expires_at_ms=until_ms + int(grace_s * 1_000),
                fingerprint=terms.fingerprint,
                wallets=[wallet for wallet in terms.wallets if wallet in member.spec.wallets],
                extra=terms.to_remember(until_ms) | {"front_url": terms.front_url},
            )
        )
        self._core.ledger.give_credential(order, token)
        return order

    def _check_time(self, terms: Terms, *, overdue: str) -> None:
        if terms.pay_timeout_ms is not None and terms.pay_timeout_ms <= self._core.clock.now_ms():
            raise Refused(overdue)

    def _number(self, digits: int) -> str:
        return str(int(self._core.ids.nonce(), 16)).zfill(39)[-digits:]

    # -- finding -------------------------------------------------------------------------------------------------

    def _find(self, member: Member, order_id: str) -> Order | None:
        return self._core.ledger.find(member.spec.channel_id, order_id)

    def find(self, member: Member, order_id: str, txn_time: str) -> Order | None:
        """orderId *and* txnTime name an order: the right number with another time is not found."""
        order = self._find(member, order_id)
        return order if order is not None and order.extra["txn_time"] == txn_time else None

    def find_paid(self, member: Member, number: str) -> Order | None:
        """By UnionPay's own number (`origQryId`), which only paid orders have."""
        return self._core.ledger.find_by_transaction(member.spec.channel_id, number)

    # -- money after its time ------------------------------------------------------------------------------------

    def scanned(self, order: Order) -> Order:
        """A customer opened it. After payTimeout only a bank's own page still brings money, and nobody is told."""
        if order.state is OrderState.OPEN and self.overdue(order) and _LATE not in order.extra:
            order.wallets = ["bank"]
            order.notify_url = ""
            self._core.ledger.remember(order, **{_LATE: "1"})
        return order

    def overdue(self, order: Order) -> bool:
        return self._core.clock.now_ms() >= int(order.extra["pay_timeout_ms"])

    @staticmethod
    def late(order: Order) -> bool:
        """Whether money came after payTimeout: not the merchant's, UnionPay gives it back by itself."""
        return order.received and _LATE in order.extra

    def watch_late(self, order: Order, member: Member) -> None:
        """Money is just coming in: if it is late, it goes back in due time."""
        if _LATE in order.extra:
            self._core.spawn(self._give_back(order, member))

    async def _give_back(self, order: Order, member: Member) -> None:
        await self._core.clock.sleep(member.oddities.late_refund_s)
        self.settle_late(order, member)

    def settle_late(self, order: Order, member: Member) -> None:
        """Give late money back once its time has come. Also asked at every query, so that a restart forgets none."""
        now_ms = self._core.clock.now_ms()
        if order.paid_at_ms is None or not self.late(order) or order.refunds:
            return
        if now_ms < order.paid_at_ms + member.oddities.late_refund_s * 1_000:
            return
        number = f"{LATE_REFUND}{order.channel_order_no}"
        refund = Refund(
            out_refund_no=number, refund_id=number, amount_fen=order.amount_fen, created_at_ms=now_ms, reason="自动退款"
        )
        self._core.ledger.add_refund(order, refund)
        self._core.ledger.settle_refund(order, refund)
