"""The wallet as a page: what a person sees who opens a sandbox credential in a browser."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import jinja2
from aiohttp import web

from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.banks import BANKS, CARD_WALLETS, SLUGS
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.ledger import Order
from payswitch.sandbox.wallet import RESULTS, PayRequest, PayResult, Wallet
from payswitch.sandbox.wire import Credential, WalletProblem

_METHODS = {
    "wechat": "微信支付 / WeChat Pay",
    "alipay": "支付宝 / Alipay",
    "huabei": "花呗 / Huabei",
    "bank": "银行卡 / Bank card",
    "unionpay": "云闪付 / UnionPay",
    "ecny": "数字人民币 / e-CNY",
    "apple_pay": "Apple Pay",
    "huawei_pay": "华为支付 / Huawei Pay",
    "mi_pay": "小米支付 / Mi Pay",
    "samsung_pay": "三星支付 / Samsung Pay",
    "vivo_pay": "vivo 支付 / vivo Pay",
}
_NO_MONEY_FEN = 0


class WalletPages:
    """`/wallet`: look at a payment, then confirm, cancel, or find oneself without money."""

    def __init__(self, core: SandboxCore, wallet: Wallet) -> None:
        self._core = core
        self._wallet = wallet
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
        )

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/wallet", self.show), web.post("/wallet", self.act)]

    async def show(self, request: web.Request) -> web.Response:
        content = request.query.get("c", "").strip()
        if not content:
            return self._page({"state": "empty", "message": "", "content": ""})
        found = self._wallet.scan(Credential(content=content))
        if isinstance(found, WalletProblem):
            return self._page(_refused(found))
        return self._page(self._question(found, content))

    async def act(self, request: web.Request) -> web.Response:
        """The buttons: `confirm`, `no_balance`, `cancel`."""
        form = await request.post()
        content, action, wallet, bank = (str(form.get(name, "")) for name in ("c", "action", "wallet", "bank"))
        found = self._wallet.scan(Credential(content=content))
        if isinstance(found, WalletProblem):
            return self._page(_refused(found))
        if action == "cancel":
            return self._page(self._cancelled(found, content))
        if action not in ("confirm", "no_balance"):
            raise web.HTTPBadRequest(text="action is confirm, no_balance or cancel")
        if bank and bank not in SLUGS:
            raise web.HTTPBadRequest(text=f"bank is one of {', '.join(SLUGS)}, or empty")
        result = await self._wallet.pay(
            PayRequest(
                credential=Credential(content=content),
                wallet=wallet or found.wallets[0],
                payer="browser",
                bank=bank,
                balance_fen=_NO_MONEY_FEN if action == "no_balance" else None,
            )
        )
        return self._page(self._answered(found, content, result))

    def _question(self, order: Order, content: str) -> dict[str, object]:
        return self._facts(order, content) | {"state": "question", "message": ""}

    def _cancelled(self, order: Order, content: str) -> dict[str, object]:
        return self._facts(order, content) | {
            "state": "cancelled",
            "message": "已取消，订单未支付 / Cancelled, not paid",
        }

    def _answered(self, order: Order, content: str, result: PayResult) -> dict[str, object]:
        return self._facts(order, content) | {"state": result.result, "message": result.message}

    def _facts(self, order: Order, content: str) -> dict[str, object]:
        return {
            "content": content,
            "shop": self._core.world.account(order.account).name,
            "subject": order.subject,
            "yuan": yuan_from_fen(order.amount_fen),
            "methods": [(wallet, _METHODS.get(wallet, wallet)) for wallet in order.wallets],
            "banks": [(bank.slug, bank.name) for bank in BANKS if CARD_WALLETS.intersection(order.wallets)],
            "payable": not order.received and order.state == "open",
            "return_url": _web_address(order.return_url),
        }

    def _page(self, values: dict[str, object]) -> web.Response:
        text = self._templates.get_template("wallet.html").render(values)
        headers = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
        }
        return web.Response(text=text, content_type="text/html", headers=headers)


def _refused(problem: WalletProblem) -> dict[str, object]:
    return {"state": problem.result, "message": problem.message or RESULTS[problem.result], "content": ""}


def _web_address(url: str) -> str:
    """Only http(s): a `javascript:` return address would otherwise become a link."""
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:
        return ""
