"""A shopper in front of the real page in a real browser: knows only what stands on the screen.

They choose a way, pay where it leads them, come back, and try another way when it did not work; some close the wallet
the first time, some pay a code that they have already turned away from.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from payswitch.domain.channel import CredentialKind, Method
from payswitch.drill.client import SandboxApi
from payswitch.drill.views import CodeView, PaymentView

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

STEP_MS: Final = 20_000
"""How long a shopper looks at a page that does not go on."""
MOST_TRIES: Final = 6
WALLET_S: Final = 8.0
"""How long a person looks at a wallet's page that does not come."""
LOOKS: Final = 15
"""Three seconds, after which somebody who has not paid tries another way."""
MOST_VISIT_S: Final = 150.0
"""Nobody stands before a page for longer."""
AFTER_END_MS: Final = 25_000
"""How long one who paid twice waits to be told."""
_AT_THE_WALLET: Final = re.compile(r"/wallet\?c=")
_MAIN: Final = "main.page[data-phase]"
_IPHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
_WEIXIN: Final = """
  window.WeixinJSBridge = { invoke: (name, params, done) =>
    window.inWallet(JSON.stringify(params)).then((said) => done({ err_msg: name + ":" + said })) };
"""
"""What WeChat's browser has, with the sandbox's wallet behind it."""


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """What the shopper looks at the page with."""

    name: str
    user_agent: str
    methods: tuple[Method, ...]
    """The wallets that they have there, the favourite first."""
    size: tuple[int, int] = (390, 844)
    script: str = ""


SCREENS: Final = (
    Screen(name="phone", user_agent=f"{_IPHONE} Safari/604.1", methods=(Method.ALIPAY, Method.WECHAT, Method.UNIONPAY)),
    Screen(name="wechat", user_agent=f"{_IPHONE} MicroMessenger/8.0.50", methods=(Method.WECHAT,), script=_WEIXIN),
    Screen(name="alipay", user_agent=f"{_IPHONE} AlipayClient/10.6.50", methods=(Method.ALIPAY,)),
    Screen(
        name="desktop",
        user_agent="Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
        methods=(Method.WECHAT, Method.ALIPAY),
        size=(1280, 800),
    ),
)


@dataclass
class PageVisit:
    """What one shopper did and saw."""

    number: int
    screen: Screen
    closes_first: bool
    """Closes the wallet without paying the first time."""
    pays_old_code: bool
    """On the desktop: changes from Alipay to WeChat, pays that, and then the first code as well."""
    payment: PaymentView
    ending: str = "gave up"
    error_pages: list[str] = field(default_factory=list)
    """Error pages of ours, and anything that kept the shopper from going on: there must be none."""
    notices: list[str] = field(default_factory=list)
    """What the page said about a way that did not work."""
    dead_ends: int = 0
    """Pages of a channel's that did not come."""
    told_twice: bool = False
    """The page said that the second payment goes back."""
    took_ms: float = 0.0


def visit_of(number: int, payment: PaymentView, source: random.Random) -> PageVisit:
    """The next shopper: every screen in turn, their moods by the seed."""
    screen = SCREENS[number % len(SCREENS)]
    return PageVisit(
        number=number,
        screen=screen,
        closes_first=source.random() < 0.25,
        pays_old_code=screen.name == "desktop" and source.random() < 0.5,
        payment=payment,
    )


class PageShopper:
    """One visit. Call `run()` once."""

    def __init__(self, visit: PageVisit, browser: Browser, sandbox: SandboxApi) -> None:
        self._visit = visit
        self._browser = browser
        self._sandbox = sandbox
        self._closes = visit.closes_first

    async def run(self) -> PageVisit:
        """From opening the link to the end of the shopper's patience."""
        visit, (width, height) = self._visit, self._visit.screen.size
        context = await self._browser.new_context(
            user_agent=visit.screen.user_agent, viewport={"width": width, "height": height}, locale="zh-CN"
        )
        context.set_default_timeout(STEP_MS)
        try:
            page = await context.new_page()
            page.on("response", self._look_at_answer)
            await context.expose_function("inWallet", self._in_wallet)
            if visit.screen.script:
                await context.add_init_script(visit.screen.script)
            async with asyncio.timeout(MOST_VISIT_S):
                await page.goto(visit.payment.checkout_url)
                await self._shop(page)
        except Exception as broken:  # whatever a browser can throw at a shopper is a finding, not a crash of the drill
            visit.ending = "stuck"
            visit.error_pages.append(f"{type(broken).__name__}: {str(broken)[:200]}")
        finally:
            await context.close()
        return visit

    async def _shop(self, page: Page) -> None:
        if self._visit.pays_old_code and await self._pay_twice(page):
            return
        for turn in range(MOST_TRIES):
            await self._ready(page)
            if await self._ended(page):
                return
            methods = self._visit.screen.methods
            if not await self._choose(page, methods[turn % len(methods)]):
                continue
            await self._pay_what_is_shown(page)
            if await self._turns_green(page):
                return
            await self._ask_for_another_way(page)

    async def _ready(self, page: Page) -> None:
        await page.wait_for_selector(f"html[data-ready] {_MAIN}")

    async def _ended(self, page: Page) -> bool:
        phase = await page.get_attribute(_MAIN, "data-phase")
        if phase not in ("succeeded", "closed"):
            return False
        self._visit.ending = "paid" if phase == "succeeded" else "closed"
        return True

    async def _choose(self, page: Page, method: Method) -> bool:
        """Press the one button. False: the page said that this way does not work just now."""
        row = page.locator(f"label.method:has(input[value={method}])")
        if await row.count() == 0:
            return False
        if not await row.is_visible():
            await page.locator("details:not([open]):has(label.method) > summary").first.click()
        await row.click()
        await page.click("#pay")
        try:
            async with asyncio.timeout(WALLET_S):
                return await self._went_on(page)
        except TimeoutError:
            # The wallet's own page does not come: the channel's trouble, on the channel's page. A person goes back.
            self._visit.dead_ends += 1
            await page.goto(self._visit.payment.checkout_url)
            await self._ready(page)
            await self._ask_for_another_way(page)
            return False

    async def _went_on(self, page: Page) -> bool:
        while True:
            if _AT_THE_WALLET.search(page.url) or await page.locator("[data-kind], .result, .sheet").count():
                return True
            notice = page.locator("[role=alert]")
            if await notice.count():
                self._visit.notices.append((await notice.first.inner_text()).strip())
                return False
            await page.wait_for_timeout(100)

    async def _pay_what_is_shown(self, page: Page) -> None:
        """In a wallet's page, on the sheet over this one (done by the bridge), or with another phone's scanner."""
        if not _AT_THE_WALLET.search(page.url):
            code = await self._code(page)
            if code is not None and code.kind is CredentialKind.QR:
                await self._scan(code)
                return
            if code is not None and code.kind is not CredentialKind.JSAPI:
                await page.wait_for_url(_AT_THE_WALLET)
            else:
                return
        action = "cancel" if self._closes_now() else "confirm"
        if await page.locator(f"button[value={action}]").count():
            await page.click(f"button[value={action}]")
        await page.click("a.back")
        await self._ready(page)

    def _closes_now(self) -> bool:
        closes, self._closes = self._closes, False
        return closes

    async def _scan(self, code: CodeView) -> bool:
        if self._closes_now():
            return False
        answer = await self._sandbox.pay(code, code.method.value, f"shopper-{self._visit.number}", enough=True)
        return answer is not None and answer.result == "paid"

    async def _code(self, page: Page) -> CodeView | None:
        """What a scanner sees: read from the page's own status, as the picture holds the same text."""
        address = f"{self._visit.payment.checkout_url}/status"
        view: Mapping[str, Any] = await (await page.context.request.get(address)).json()
        shown = view.get("shown")
        if shown is None:
            return None
        return CodeView(
            attempt_id=shown["attempt_id"],
            channel_id="",
            method=Method(shown["method"]),
            kind=CredentialKind(shown["kind"]),
            content=shown["content"],
            params=shown["params"],
        )

    async def _turns_green(self, page: Page) -> bool:
        """The page must do it by itself."""
        asked = False
        for _ in range(LOOKS):
            if await self._ended(page):
                return True
            if not asked and await page.locator(".sheet").count():
                await page.locator(".sheet button").first.click()
                asked = True
            await page.wait_for_timeout(200)
        return False

    async def _ask_for_another_way(self, page: Page) -> None:
        another = page.locator(".sheet button:last-of-type, #another")
        if await another.count():
            await another.last.click()

    async def _pay_twice(self, page: Page) -> bool:
        """The honest mistake: an Alipay code that nobody has scanned cannot be closed, and is paid after all. False:
        the evening did not let them; they go on like everybody else."""
        await self._ready(page)
        if not await self._choose(page, Method.ALIPAY):
            return False
        first = await self._code(page)
        await page.click("#another")
        if first is None or not await self._choose(page, Method.WECHAT):
            return False
        await page.locator(".pay h2", has_text="微信").wait_for()
        second = await self._code(page)
        self._closes = False
        if second is None or not await self._scan(second) or not await self._turns_green(page):
            return False
        if first.attempt_id != second.attempt_id and await self._scan(first):
            await page.wait_for_selector("[data-surplus]", timeout=AFTER_END_MS)
            self._visit.told_twice = True
        return True

    async def _in_wallet(self, params: str) -> str:
        if self._closes_now():
            return "cancel"
        code = CodeView(
            attempt_id="", channel_id="", method=Method.WECHAT, kind=CredentialKind.JSAPI, params=json.loads(params)
        )
        answer = await self._sandbox.pay(code, "wechat", f"shopper-{self._visit.number}", enough=True)
        return "ok" if answer is not None and answer.result == "paid" else "fail"

    def _look_at_answer(self, response: Any) -> None:
        """Pages of ours only: a wallet's own page that does not come is a dead end (`_choose`), and counted as one."""
        ours = response.url.startswith(self._visit.payment.checkout_url.partition("/checkout/")[0])
        if ours and response.request.is_navigation_request() and response.status >= 400:
            self._visit.error_pages.append(f"HTTP {response.status} {response.url.partition('?')[0][-60:]}")
