"""Quick payments: applied for (SMS, no money moves), then confirmed with the code, which debits the card."""

from __future__ import annotations

from payswitch.kit.clock import beijing
from payswitch.kit.durations import MINUTE_MS
from payswitch.sandbox.banks import QUICKPAY_PREFIX
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState
from payswitch.sandbox.quickpay import words
from payswitch.sandbox.quickpay.agreements import AgreementDesk, SignedCard, passback
from payswitch.sandbox.quickpay.cards import REFUSALS, SETTLE_S, SLOW
from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.quickpay.orders import find_any, new_trxid
from payswitch.sandbox.quickpay.sms import SMS_CODE, WRONG_TRIES, SmsLog
from payswitch.sandbox.quickpay.views import AWAITS_SMS, TRXID, fail, order_fields, status_of
from payswitch.sandbox.quickpay.words import Fields, Form, Refused

DEFAULT_VALID_MIN = 30
LONGEST_VALID_MIN = 1_440
_AGREEID, _THPINFO, _TRIES, _SETTLES_AT = "agreeid", "thpinfo", "wrong_codes", "settles_at_ms"


class QuickPaymentDesk:
    """Orders of product `quickpay_<bank>`. No wallet can pay them: only the merchant's confirmation does."""

    def __init__(self, core: SandboxCore, agreements: AgreementDesk, sms: SmsLog) -> None:
        self._core = core
        self._agreements = agreements
        self._sms = sms

    def apply(self, merchant: Merchant, form: Form) -> Fields:
        number, fen = words.number(form, "orderid"), words.amount(form, "amount")
        card = self._card(merchant, form)
        if self._core.ledger.find(merchant.channel_id, number) is not None:
            raise Refused(words.REPEATED, "流水号重复")
        self._check_limits(merchant, card, fen)
        now_ms = self._core.clock.now_ms()
        valid_min = words.minutes(form, "validtime", DEFAULT_VALID_MIN, LONGEST_VALID_MIN)
        thpinfo = passback(self._core)
        order = self._core.ledger.add(
            Order(
                account=merchant.channel_id,
                channel_order_no=number,
                product=QUICKPAY_PREFIX + card.bank.slug,
                amount_fen=fen,
                subject=words.required(form, "subject"),
                notify_url=form.get("notifyurl", ""),
                created_at_ms=now_ms,
                expires_at_ms=now_ms + valid_min * MINUTE_MS,
                wallets=[],
                extra={TRXID: new_trxid(self._core), _AGREEID: card.agreeid, _THPINFO: thpinfo, AWAITS_SMS: "1"},
            )
        )
        self._send_sms(merchant, card, order)
        return {"orderid": number, "trxstatus": words.SMS_SENT, "errmsg": "请输入短信验证码", "thpinfo": thpinfo}

    def resend(self, merchant: Merchant, form: Form) -> Fields:
        order = self._awaiting(merchant, form)
        card = self._agreements.card(merchant, order.extra[_AGREEID])
        if card is None:
            raise Refused(words.OTHER, "协议不存在")
        self._send_sms(merchant, card, order)
        return {"trxstatus": words.SUCCESS, "thpinfo": order.extra[_THPINFO]}

    def confirm(self, merchant: Merchant, form: Form) -> Fields:
        """The debit. Never twice: the books take one payment an order."""
        order, code = self._awaiting(merchant, form), words.required(form, "smscode")
        card = self._card(merchant, form)
        if order.extra[_AGREEID] != card.agreeid or order.extra[_THPINFO] != form.get("thpinfo", ""):
            raise Refused(words.OTHER, "支付申请与确认的信息不一致")
        if code != SMS_CODE:
            self._wrong_code(order)
        self._debit(order, card)
        status, message = status_of(order)
        fields = order_fields(order, "orderid")
        kept = {name: fields.get(name, "") for name in ("orderid", TRXID, "fintime")}
        return {**kept, "trxstatus": status, "errmsg": message}

    def query(self, merchant: Merchant, form: Form) -> Fields:
        order = self._core.ledger.find(merchant.channel_id, form.get("orderid", ""))
        if order is not None:
            self._settle(order)
        return find_any(self._core, merchant, form.get("orderid", ""), form.get("trxid", ""), "orderid")

    def _debit(self, order: Order, card: SignedCard) -> None:
        behaviour = card.card_no[-4:]
        self._core.ledger.remember(order, **{AWAITS_SMS: ""})
        if behaviour in REFUSALS:
            self._core.ledger.remember(order, **fail(*REFUSALS[behaviour]))
            self._core.ledger.close(order)
        elif behaviour == SLOW:
            at_ms = self._core.clock.now_ms() + int(SETTLE_S * 1_000)
            self._core.ledger.remember(order, **{_SETTLES_AT: str(at_ms)})
            self._core.spawn(self._settle_later(order))
        else:
            self._take(order)

    async def _settle_later(self, order: Order) -> None:
        await self._core.clock.sleep(SETTLE_S)
        self._settle(order)

    def _settle(self, order: Order) -> None:
        """The slow bank has made up its mind. Also at a query, so that a restart in between loses nothing."""
        due_ms = order.extra.get(_SETTLES_AT, "")
        if due_ms and order.state is OrderState.OPEN and self._core.clock.now_ms() >= int(due_ms):
            self._take(order)

    def _take(self, order: Order) -> None:
        self._core.ledger.pay(order, transaction_id=order.extra[TRXID], payer=order.extra[_AGREEID], wallet="bank")
        self._core.notifier.start(order, "paid")

    def _wrong_code(self, order: Order) -> None:
        tries = int(order.extra.get(_TRIES, "0")) + 1
        self._core.ledger.remember(order, **{_TRIES: str(tries)})
        if tries < WRONG_TRIES:
            raise Refused(words.OTHER, "短信验证码错误")
        message = "短信验证码错误次数过多，请重新申请"
        self._core.ledger.remember(order, **fail(words.OTHER, message))
        self._core.ledger.close(order)
        raise Refused(words.OTHER, message)

    def _awaiting(self, merchant: Merchant, form: Form) -> Order:
        order = self._core.ledger.find(merchant.channel_id, words.number(form, "orderid"))
        if order is None:
            raise Refused(words.NOT_EXIST, "交易不存在")
        if not order.extra.get(AWAITS_SMS) or order.state is not OrderState.OPEN:
            status, message = status_of(order)
            if status == words.SUCCESS:
                raise Refused(words.REPEATED, "交易已成功，请勿重复支付")
            raise Refused(status, message)
        return order

    def _card(self, merchant: Merchant, form: Form) -> SignedCard:
        card = self._agreements.card(merchant, words.required(form, "agreeid"))
        if card is None:
            raise Refused(words.OTHER, "协议不存在")
        return card

    def _check_limits(self, merchant: Merchant, card: SignedCard, fen: int) -> None:
        if fen > merchant.keys.single_limit_fen:
            raise Refused(words.CONTROLLED, "交易金额超过单笔限额")
        today = beijing(self._core.clock.now_ms()).date()
        spent = sum(
            order.amount_fen
            for order in self._core.ledger
            if order.account == merchant.channel_id
            and order.extra.get(_AGREEID) == card.agreeid
            and order.paid_at_ms is not None
            and beijing(order.paid_at_ms).date() == today
        )
        if spent + fen > merchant.keys.daily_limit_fen:
            raise Refused(words.CONTROLLED, "交易金额超过日累计限额")

    def _send_sms(self, merchant: Merchant, card: SignedCard, order: Order) -> None:
        self._sms.send(
            account=merchant.channel_id,
            mobile=card.mobile,
            bank=card.bank.slug,
            purpose="payment",
            about=order.channel_order_no,
            at_ms=self._core.clock.now_ms(),
        )
