"""A customer in front of one screen: opens the link, presses what a person presses, and looks at what is there."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

from payswitch.domain.channel import CredentialKind, Method
from payswitch.drill.stage import Stage
from payswitch.drill.views import CodeView, PaymentView
from tests.browser.devices import Device

_NUMBERS = count(1)
PATIENCE_MS = 20_000
AT_THE_WALLET = re.compile(r"/wallet\?c=")
"""The sandbox's wallet page, to which every cashier leads."""


@dataclass
class Street:
    """What all tests share: the service and the sandbox as processes, and a browser."""

    stage: Stage
    browser: Browser
    run: str

    async def order(self, **changes: Any) -> PaymentView:
        """The shop makes a payment and sends its link to the customer."""
        usual = {"amount_fen": 12_900, "subject": "明前龙井 250 g", "expires_in_s": 600}
        number = f"{self.run}-{next(_NUMBERS)}"
        answer = await self.stage.switch.create({"out_trade_no": number, **usual, **changes})
        assert answer.status == 201, answer.body
        return answer.read(PaymentView)

    async def payment(self, made: PaymentView) -> PaymentView:
        seen = await self.stage.switch.payment(made.payment_id)
        assert seen is not None
        return seen

    @asynccontextmanager
    async def screen(self, device: Device, **options: Any) -> AsyncIterator[Screen]:
        """A browser of its own, as clean as a customer's who was never here."""
        width, height = device.size
        context = await self.browser.new_context(
            user_agent=device.user_agent,
            viewport={"width": width, "height": height},
            device_scale_factor=2,
            is_mobile=device.is_phone,
            has_touch=device.is_phone,
            **{"locale": "zh-CN", **options},
        )
        context.set_default_timeout(PATIENCE_MS)
        screen = Screen(self, device, context, await context.new_page())
        await screen.prepare()
        try:
            yield screen
            assert screen.troubles == []
        finally:
            await context.close()


@dataclass
class Screen:
    """One page in one browser."""

    street: Street
    device: Device
    context: BrowserContext
    page: Page
    made: PaymentView | None = None
    in_wallet: str = "pays"
    """What the customer does in a wallet that opens over the page: `pays` or `cancels`."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """What the page asked its app's wallet for."""
    troubles: list[str] = field(default_factory=list)
    """Script errors and anything that the page's own policy has stopped: there must be none."""

    async def prepare(self) -> None:
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("requestfailed", lambda request: None)
        await self.context.expose_function("inWallet", self._wallet)
        await self.context.expose_function("signApplePay", self._apple)
        if self.device.stub:
            await self.context.add_init_script(self.device.stub)

    def _hear(self, message: Any) -> None:
        if message.type == "error" and ("Content Security Policy" in message.text or "Refused" in message.text):
            self.troubles.append(message.text)

    async def open(self, made: PaymentView, query: str = "") -> None:
        self.made = made
        await self.page.goto(made.checkout_url + query)
        await self.alive()

    async def alive(self) -> None:
        await self.page.wait_for_selector("html[data-ready]")

    async def status(self) -> Any:
        """What the service tells this very screen."""
        address = f"{self.payment.checkout_url}/status?env={self.device.environment}"
        return await (await self.context.request.get(address)).json()

    @property
    def payment(self) -> PaymentView:
        assert self.made is not None
        return self.made

    async def pick(self, method: str) -> None:
        """Choose a method, wherever it is folded away."""
        row = self.page.locator(f"label.method:has(input[value={method}])")
        if not await row.is_visible():
            for folded in await self.page.locator("details:not([open]):has(label.method) > summary").all():
                if await folded.is_visible():
                    await folded.click()
        await row.click()

    async def pay(self, method: str) -> None:
        """Choose a method and press the one button."""
        await self.pick(method)
        await self.page.click("#pay")

    async def another_way(self, method: str) -> None:
        """换一种方式, on the sheet or under the credential."""
        await self.page.locator(".sheet button:has-text('换一种方式'), #another").last.click()
        await self.pay(method)

    async def shows(self, phase: str) -> None:
        try:
            await expect(self.page.locator("main.page")).to_have_attribute("data-phase", phase, timeout=PATIENCE_MS)
        except AssertionError as error:
            error.add_note(f"troubles: {self.troubles}; asked: {self.asked}")
            raise

    async def says(self, *texts: str) -> None:
        for text in texts:
            await expect(self.page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)

    async def code(self) -> CodeView:
        """The credential on the screen, as a wallet that scans it sees it."""
        shown = (await self.status())["shown"]
        assert shown is not None
        return CodeView(
            attempt_id=shown["attempt_id"],
            channel_id="",
            method=Method(shown["method"]),
            kind=CredentialKind(shown["kind"]),
            content=shown["content"],
            params=shown["params"],
        )

    async def scan_and_pay(self, code: CodeView | None = None) -> str:
        """Another phone scans what is on this screen and pays it."""
        code = code or await self.code()
        answer = await self.street.stage.sandbox.pay(code, code.method.value, "scanner", enough=True)
        assert answer is not None
        return answer.result

    async def pay_at_the_wallet(self, action: str = "confirm") -> None:
        """The browser has been sent to a wallet's page: press its button, and come back."""
        await self.page.wait_for_url(AT_THE_WALLET)
        await self.page.click(f"button[value={action}]")
        await self.page.click("a.back")

    async def pay_whatever_is_shown(self) -> None:
        """A wallet's page, or a code: where one channel stands in for another, the router chooses which."""
        shown = self.page.locator(".pay .qr, button[value=confirm]").first
        await shown.wait_for()
        if AT_THE_WALLET.search(self.page.url):
            await self.pay_at_the_wallet()
        else:
            await expect(self.page.locator("[role=alert]")).to_have_count(0)
            assert await self.scan_and_pay() == "paid"

    async def hide_and_come_back(self) -> None:
        """The customer looks at another app and comes back: the page is told as a phone tells it."""
        await self.page.evaluate(
            """() => {
              for (const state of ["hidden", "visible"]) {
                Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
                document.dispatchEvent(new Event("visibilitychange"));
              }
            }"""
        )

    async def _wallet(self, wish: str) -> str:
        asked = json.loads(wish)
        self.asked.append(asked)
        if self.in_wallet == "cancels":
            return "cancel"
        code = CodeView(
            attempt_id="", channel_id="", method=Method.WECHAT, kind=CredentialKind.JSAPI, params=asked["params"]
        )
        answer = None
        for _ in range(3):  # on a crowded machine a wallet that gets no answer asks again
            answer = answer or await self.street.stage.sandbox.pay(code, "wechat", "in-app", enough=True)
        if answer is None or answer.result != "paid":
            self.troubles.append(f"the wallet could not pay {asked}: {answer}")
            return "fail"
        return "ok"

    async def _apple(self, wish: str) -> str:
        asked = json.loads(wish)
        self.asked.append(asked)
        if self.in_wallet == "cancels":
            return ""
        return await self.street.stage.sandbox.apple_pay_token("applepay-web", round(float(asked["amount"]) * 100))
