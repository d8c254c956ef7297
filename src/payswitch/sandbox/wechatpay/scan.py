"""What the WeChat wallet makes of a code, a link or a page's payment request."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order, OrderState
from payswitch.sandbox.wechatpay import parties
from payswitch.sandbox.wechatpay.account import WechatAccount
from payswitch.sandbox.wechatpay.orders import CREDENTIAL_UNTIL, H5_PATH, NATIVE_PREFIX
from payswitch.sandbox.wire import Credential, WalletProblem

_PREPAY = "prepay_id="
_UNKNOWN = WalletProblem(result="not_found", message="无法识别的付款码 / This code leads nowhere")
_BAD_SIGNATURE = WalletProblem(
    result="not_found", message="支付验证签名失败 / The payment request's signature is wrong"
)


class Scanner:
    """Finds the order behind a credential and checks what the page signed."""

    def __init__(self, core: SandboxCore, accounts: Mapping[str, WechatAccount]) -> None:
        self._core = core
        self._accounts = accounts

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        token = _token(credential)
        if token is None:
            return None
        order = self._core.ledger.find_by_credential(token)
        if order is None or order.account not in self._accounts:
            return _UNKNOWN
        if credential.params and not _page_signed(credential.params, self._accounts[order.account], order):
            return _BAD_SIGNATURE
        if order.state is OrderState.OPEN and self._outdated(order, token):
            return WalletProblem(result="expired", message="付款码已失效 / This code is no longer valid", order=order)
        return order

    def _outdated(self, order: Order, token: str) -> bool:
        """Replaced by a newer credential, or past the credential's own short life."""
        return token != order.credential or self._core.clock.now_ms() >= int(order.extra[CREDENTIAL_UNTIL])


def _token(credential: Credential) -> str | None:
    """The credential's token, if this is a WeChat credential at all."""
    content = credential.content.strip()
    if content.startswith(NATIVE_PREFIX):
        return content.removeprefix(NATIVE_PREFIX)
    for text in (content, credential.params.get("package", "")):
        if text.startswith(_PREPAY):
            return text.removeprefix(_PREPAY)
    if "prepayid" in credential.params:
        return credential.params["prepayid"]
    return _prepay_id_of_link(content)


def _prepay_id_of_link(content: str) -> str | None:
    try:
        parts = urlsplit(content)
    except ValueError:
        return None  # not an address at all
    return parse_qs(parts.query).get("prepay_id", [""])[0] if parts.path == H5_PATH else None


def _page_signed(params: Mapping[str, str], account: WechatAccount, order: Order) -> bool:
    """Whether the merchant of the order signed this JSAPI or app payment request, as the real wallet checks."""
    keys = account.keys
    if "prepayid" in params:
        names, signature = ("appid", "timestamp", "noncestr", "prepayid"), params.get("sign", "")
        appids, partner_ids = parties.app_identities(order, keys)
        fixed = params.get("partnerid") in partner_ids and params.get("package") == "Sign=WXPay"
    else:
        names, signature = ("appId", "timeStamp", "nonceStr", "package"), params.get("paySign", "")
        appids = {parties.page_appid(order, keys)}
        fixed = params.get("signType") == "RSA"
    values = [params.get(name, "") for name in names]
    message = "".join(f"{value}\n" for value in values).encode()
    return fixed and values[0] in appids and account.merchant.verify(message, signature)
