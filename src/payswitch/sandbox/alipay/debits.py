"""trade.pay: the cashier has scanned the code in the customer's wallet, and the call takes the money.

Unlike every other way of paying here, the trade exists as soon as the call is taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from payswitch.sandbox.alipay import fields, trades, views
from payswitch.sandbox.alipay.application import Application
from payswitch.sandbox.alipay.codes import business
from payswitch.sandbox.alipay.terms import Terms, read_terms
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState
from payswitch.sandbox.payment_codes import CodeProblem, Debited, PaymentCode

_CODE = re.compile(r"(?:2[5-9]|30)\d{14,22}", re.ASCII)
_SCENE = "bar_code"


def pay(core: SandboxCore, app: Application, params: Mapping[str, str], biz: fields.Biz) -> views.Node:
    """Paid at once, or waiting for the customer's password (10003), or refused: then nobody is debited."""
    terms = read_terms(params, biz, app.seller_id)
    if (fields.text(biz, "scene", limit=32) or _SCENE) != _SCENE:
        raise fields.invalid("scene", "只支持bar_code")
    code = fields.required_text(biz, "auth_code", limit=64)
    earlier = _earlier(app, terms, code)
    if earlier is not None:
        return views.waiting_node(earlier)
    shown = _redeemed(core, app, terms, code)
    order = app.trades.add(terms, [shown.wallet], code)
    app.trades.scan(order)
    return _answer(core, order, core.payment_codes.debit(order, shown))


def _earlier(app: Application, terms: Terms, code: str) -> Order | None:
    """The trade that the same call made before and that still waits. Refused when it is over, or another's."""
    if app.trades.is_buried(terms.out_trade_no):
        raise business("ACQ.TRADE_HAS_CLOSE")
    app.trades.check_time(terms)
    order = app.trades.known(terms)
    if order is not None and order.credential != code:
        raise business("ACQ.TRADE_BUYER_NOT_MATCH", "交易买家不匹配")
    return order


def _redeemed(core: SandboxCore, app: Application, terms: Terms, code: str) -> PaymentCode:
    if not _CODE.fullmatch(code):
        raise _bad_code()
    shown = core.payment_codes.redeem(code, terms.instalment_wallets or app.account.wallets)
    if isinstance(shown, CodeProblem):
        raise _bad_code()
    return shown


def _bad_code() -> Exception:
    return business("ACQ.PAYMENT_AUTH_CODE_INVALID", "支付失败，获取顾客账户信息失败，请顾客刷新付款码后重新收款")


def _answer(core: SandboxCore, order: Order, debited: Debited) -> views.Node:
    if debited is Debited.PAID:
        return views.paid_node(order)
    if debited is Debited.ASKING:
        return views.waiting_node(order)
    # What becomes of the trade of a refused debit is not documented; here it ends, so that nobody is debited later.
    if order.state is OrderState.OPEN:
        core.ledger.close(order)
    if debited is Debited.POOR:
        raise business("ACQ.BUYER_BALANCE_NOT_ENOUGH", f"买家余额不足（交易 {trades.trade_no(order)}）")
    raise business("ACQ.PAYMENT_FAIL", "支付失败")
