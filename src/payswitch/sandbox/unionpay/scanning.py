"""Recognising what a wallet was given: a code's text, a `tn`, a signed form, or the address of the cashier page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.unionpay.browser import CASHIER_PATH
from payswitch.sandbox.unionpay.codes import Refused
from payswitch.sandbox.unionpay.member import Member
from payswitch.sandbox.unionpay.orders import QR_PREFIX, OrderDesk
from payswitch.sandbox.wire import Credential, WalletProblem

FORM_PATH = "/gateway/api/frontTransReq.do"
_BARE_TOKEN = re.compile(r"[0-9]{21}|62[0-9]{17}")
"""A `tn`, or a payment code whose owner is asked to confirm."""
_RESULTS = {"69": "expired", "12": "wallet_error"}
"""What the wallet calls a refused form; one that proves nothing leads nowhere (`not_found`)."""
_UNKNOWN = WalletProblem(result="not_found", message="无法识别的付款码 / This code leads nowhere")


class Scanner:
    """Finds the order of a credential. A form's order comes to exist here, as when a browser brings the form."""

    def __init__(
        self, core: SandboxCore, orders: OrderDesk, by_mer_id: Mapping[str, Member], by_channel: Mapping[str, Member]
    ) -> None:
        self._core = core
        self._orders = orders
        self._by_mer_id = by_mer_id
        self._by_channel = by_channel

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        content = credential.content.strip()
        if credential.params.get("tn"):
            return self._by_token(credential.params["tn"])
        if content.startswith(QR_PREFIX):
            return self._by_token(content.removeprefix(QR_PREFIX))
        if _BARE_TOKEN.fullmatch(content):
            found = self._by_token(content)
            return found if isinstance(found, Order) else None
        return self._by_address(content, credential.params)

    def _by_address(self, content: str, params: Mapping[str, str]) -> Order | WalletProblem | None:
        try:
            address = urlsplit(content)
        except ValueError:
            return None  # The text is no address, so it is not ours.
        if address.path.endswith(FORM_PATH):
            return self._by_form(params)
        if address.path == CASHIER_PATH:
            return self._by_token(parse_qs(address.query).get("transNumber", [""])[0])
        return None

    def _by_token(self, token: str) -> Order | WalletProblem:
        order = self._core.ledger.find_by_credential(token)
        if order is None or order.account not in self._by_channel:
            return _UNKNOWN
        return self._orders.scanned(order)

    def _by_form(self, form: Mapping[str, str]) -> Order | WalletProblem:
        member = self._by_mer_id.get(form.get("merId", ""))
        if member is None:
            return WalletProblem(result="not_found", message="商户不存在 / Unknown merchant")
        try:
            member.admit(form)
            return self._orders.scanned(self._orders.open_form(member, form))
        except Refused as refused:
            words = f"{refused.words} / Cannot be paid ({refused.code})"
            return WalletProblem(result=_RESULTS.get(refused.code, "not_found"), message=words)
