"""What customers are shown, and what a wallet makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from payswitch.kit.clock import beijing
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.huifu.envelope import compact
from payswitch.sandbox.huifu.merchant import Merchant
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wire import Credential, WalletProblem

ALIPAY_CODE = "https://qr.alipay.com/"
UNIONPAY_CODE = "https://qr.95516.com/00010002/"
CASHIER = "/huifu/cashier/"
"""Pages of the stand-in's own: UnionPay's in-app page, and the text of an e-CNY code (whose real form is not public),
both openable in a browser."""
_PREPAY = "prepay_id="
_PAGE_SIGNED = ("appId", "timeStamp", "nonceStr", "package")


def give_credential(core: SandboxCore, merchant: Merchant, order: Order) -> dict[str, str]:
    """`qr_code` or `pay_info` of a new order."""
    kind, base_url = order.extra["trade_type"], merchant.spec.base_url
    if kind in ("T_JSAPI", "T_MINIAPP"):
        return {"pay_info": compact(_wechat_page(core, merchant, order, kind))}
    token = core.ids.nonce()
    if kind == "A_JSAPI":
        token = f"{beijing(core.clock.now_ms()):%Y%m%d}2200144{order.n:013d}"
    core.ledger.give_credential(order, token)
    if kind == "A_JSAPI":
        return {"pay_info": compact({"tradeNO": token})}
    if kind == "U_JSAPI":
        return {"pay_info": f"{base_url}{CASHIER}{token}"}
    prefix = {"A_NATIVE": ALIPAY_CODE, "U_NATIVE": UNIONPAY_CODE}.get(kind, f"{base_url}{CASHIER}")
    return {"qr_code": prefix + token}


def _wechat_page(core: SandboxCore, merchant: Merchant, order: Order, kind: str) -> dict[str, str]:
    """Signed by the provider, as the merchant has no key of WeChat's here."""
    now_ms = core.clock.now_ms()
    prepay_id = f"wx{beijing(now_ms):%d%H%M%S}{core.ids.nonce()[:24]}"
    core.ledger.give_credential(order, prepay_id)
    page = {
        "appId": merchant.keys.wx_appid if kind == "T_JSAPI" else merchant.keys.wx_mini_appid,
        "timeStamp": str(now_ms // 1_000),
        "nonceStr": core.ids.nonce(),
        "package": _PREPAY + prepay_id,
    }
    return page | {"signType": "RSA", "paySign": merchant.huifu_key.sign(_page_text(page))}


def _page_text(page: Mapping[str, str]) -> bytes:
    return "".join(f"{page.get(name, '')}\n" for name in _PAGE_SIGNED).encode()


class Scanner:
    """Finds the order behind a credential. Texts that other channels give out too (WeChat's prepay ids, Alipay's codes)
    are this family's only if the order is."""

    def __init__(self, core: SandboxCore, merchants: Mapping[str, Merchant]) -> None:
        self._core = core
        self._merchants = merchants

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        token = _token(credential)
        order = self._core.ledger.find_by_credential(token) if token else None
        if order is None or order.account not in self._merchants:
            ours = _path(credential.content).startswith(CASHIER)
            return _leads_nowhere("无法识别的付款码 / This code leads nowhere") if ours else None
        if "package" in credential.params and not self._page_is_genuine(order, credential.params):
            return _leads_nowhere("支付验证签名失败 / The payment request's signature is wrong")
        return order

    def _page_is_genuine(self, order: Order, page: Mapping[str, str]) -> bool:
        merchant = self._merchants[order.account]
        appid = merchant.keys.wx_appid if order.extra["trade_type"] == "T_JSAPI" else merchant.keys.wx_mini_appid
        signed = merchant.huifu_public.verify(_page_text(page), page.get("paySign", ""))
        return signed and page.get("appId") == appid and page.get("signType") == "RSA"


def _leads_nowhere(message: str) -> WalletProblem:
    return WalletProblem(result="not_found", message=message)


def _token(credential: Credential) -> str:
    content, params = credential.content.strip(), credential.params
    for text in (content, params.get("package", "")):
        if text.startswith(_PREPAY):
            return text.removeprefix(_PREPAY)
    if "tradeNO" in params:
        return params["tradeNO"]
    for prefix in (ALIPAY_CODE, UNIONPAY_CODE):
        if content.startswith(prefix):
            return content.removeprefix(prefix)
    path = _path(content)
    return path.removeprefix(CASHIER) if path.startswith(CASHIER) else ""


def _path(content: str) -> str:
    try:
        return urlsplit(content.strip()).path
    except ValueError:
        return ""  # not an address at all
