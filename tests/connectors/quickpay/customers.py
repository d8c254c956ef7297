"""Customers with bank cards, as the quick-pay stories need them."""

from __future__ import annotations

from typing import Any

from tests.connectors.quickpay.world import NOTIFY_URL, NOW_MS, ORDER_NO

from payswitch.connectors.quickpay.banks import Bank
from payswitch.domain.channel import Environment, Product
from payswitch.domain.exchange import AgreementOrder, CreateOrder, DebitOrder, OrderRef
from payswitch.kit.secrets import Secret

BINS = {Bank.ICBC: "622202", Bank.CCB: "621700", Bank.ABC: "622848", Bank.CMB: "622588", Bank.BOC: "621661"}
ID_NO = "440524199001011234"
NAME = "欧阳小红"
MOBILE = "13800138000"
RIGHT_CODE, WRONG_CODE = Secret("888888"), Secret("314159")
AGREEMENT = "201902221443545123"
PASSBACK = '{"sign":"","tphtrxid":0,"trxflag":"trx"}'


def card_no(bank: Bank = Bank.ICBC, tail: str = "9876") -> str:
    return f"{BINS[bank]}111111111{tail}"


def holder(bank: Bank = Bank.ICBC, tail: str = "9876", **changes: Any) -> AgreementOrder:
    fields: dict[str, Any] = {
        "customer_no": "customer-7",
        "bank": str(bank),
        "card_no": Secret(card_no(bank, tail)),
        "id_no": Secret(ID_NO),
        "name": Secret(NAME),
        "mobile": Secret(MOBILE),
    }
    return AgreementOrder(**(fields | changes))


def payment(**changes: Any) -> CreateOrder:
    fields: dict[str, Any] = {
        "channel_order_no": ORDER_NO,
        "product": Product.QUICKPAY_CARD,
        "environment": Environment.MOBILE,
        "agreement_no": AGREEMENT,
        "amount_fen": 129_900,
        "subject": "秋冬外套 一件",
        "created_at_ms": NOW_MS,
        "expires_at_ms": NOW_MS + 900_000,
        "notify_url": NOTIFY_URL,
    }
    return CreateOrder(**(fields | changes))


def confirmation(order: CreateOrder | None = None, *, handle: str = PASSBACK, code: Secret = RIGHT_CODE) -> DebitOrder:
    return DebitOrder(order=order or payment(), consent=code, handle=handle)


def payment_ref(order: CreateOrder | None = None) -> OrderRef:
    order = order or payment()
    return OrderRef(
        channel_order_no=order.channel_order_no,
        product=order.product,
        amount_fen=order.amount_fen,
        created_at_ms=order.created_at_ms,
    )
