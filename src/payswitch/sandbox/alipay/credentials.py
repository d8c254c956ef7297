"""Recognising what a wallet was given: a code's text, a signed link or form, an app's order string."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from payswitch.sandbox.alipay.application import Application
from payswitch.sandbox.alipay.codes import Refused
from payswitch.sandbox.alipay.gate import check_call
from payswitch.sandbox.alipay.methods import APP_METHOD, PAGE_METHODS, QR_PREFIX
from payswitch.sandbox.alipay.parameters import read_biz_content, read_parameters
from payswitch.sandbox.alipay.terms import read_terms
from payswitch.sandbox.ledger import Ledger, Order
from payswitch.sandbox.wire import Credential, WalletProblem

GATEWAY_PATH = "/gateway.do"
TRADE_NO = "tradeNO"
"""What `my.tradePay` is called with."""

_ORDER_STRING = re.compile(rf"(?:^|&)method={re.escape(APP_METHOD)}(?:&|$)")
_RESULTS = {
    "ACQ.NOW_TIME_AFTER_EXPIRE_TIME_ERROR": "expired",
    "ACQ.CONTEXT_INCONSISTENT": "wallet_error",
}
"""What the shopper's wallet calls a refusal; a credential that proves nothing leads nowhere (`not_found`)."""


class CredentialReader:
    """Finds the order of a credential, and brings it into being where the customer's act does that."""

    def __init__(self, ledger: Ledger, apps: Mapping[str, Application], by_channel: Mapping[str, Application]) -> None:
        self._ledger = ledger
        self._apps = apps
        self._by_channel = by_channel

    def read(self, credential: Credential) -> Order | WalletProblem | None:
        """None: not one of Alipay's. The trade exists from here on."""
        content = credential.content
        trade_no = credential.params.get(TRADE_NO) or _named_trade(content)
        if trade_no:
            return self._open_trade(trade_no)
        if content.startswith(QR_PREFIX):
            return self._scan_code(content.removeprefix(QR_PREFIX))
        try:
            if _ORDER_STRING.search(content):
                return self._open_signed(read_parameters(content), frozenset({APP_METHOD}))
            address = urlsplit(content)
            if address.path == GATEWAY_PATH:
                return self._open_signed(read_parameters(address.query) | dict(credential.params), PAGE_METHODS)
        except Refused as refused:
            return _problem(refused)
        except ValueError:
            return None  # urlsplit: the text is no address, so it is not ours.
        return None

    def _scan_code(self, token: str) -> Order | WalletProblem:
        order = self._ledger.find_by_credential(token)
        app = self._by_channel.get(order.account) if order is not None else None
        if order is None or app is None:
            return WalletProblem(result="not_found", message="无法识别的付款码 / This code leads nowhere")
        app.trades.scan(order)
        return order

    def _open_trade(self, trade_no: str) -> Order | WalletProblem:
        """A page inside Alipay opened a trade that exists already."""
        found = (app.trades.find(None, trade_no) for app in self._by_channel.values())
        order = next((order for order in found if order is not None), None)
        return order or WalletProblem(result="not_found", message="交易不存在 / No such trade (ACQ.TRADE_NOT_EXIST)")

    def _open_signed(self, params: Mapping[str, str], methods: frozenset[str]) -> Order | WalletProblem:
        app = self._apps.get(params.get("app_id", ""))
        if app is None:
            return WalletProblem(result="not_found", message="应用不存在 / Unknown application (isv.invalid-app-id)")
        check_call(params, app.keys, methods)
        order = app.trades.open(read_terms(params, read_biz_content(params), app.seller_id))
        app.trades.scan(order)
        return order


def _named_trade(content: str) -> str:
    """The trade of `tradeNO=...`, which is how a page's request looks as one text."""
    name, _, trade_no = content.partition("=")
    return trade_no if name == TRADE_NO else ""


def _problem(refused: Refused) -> WalletProblem:
    why = refused.problem
    result = _RESULTS.get(why.sub_code, "not_found")
    return WalletProblem(result=result, message=f"{why.sub_msg} / Cannot be paid ({why.sub_code})")
