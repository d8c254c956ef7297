"""For everyone: accessibility (axe-core), keyboard, languages, sizes, a small first view; and pictures to look at."""

from __future__ import annotations

import gzip
import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

from tests.browser.devices import BY_NAME, Device
from tests.browser.screen import Screen, Street

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

DESK, PHONE, WECHAT, DINGTALK = (
    BY_NAME[name] for name in ("chrome-windows", "safari-iphone", "wechat-iphone", "dingtalk")
)
PICTURES = Path(os.environ.get("PAYSWITCH_PICTURES", Path(__file__).parents[2] / "build" / "checkout"))
"""Not in the repository: somebody should look at them."""
FIRST_VIEW_BYTES = 60 * 1_024

Steps = Callable[[Screen], Awaitable[None]]


async def choosing(screen: Screen) -> None:
    await expect(screen.page.locator("#pay")).to_be_visible()


async def all_open(screen: Screen) -> None:
    folded = screen.page.locator("details:not([open]) > summary").locator("visible=true")
    while await folded.count():
        await folded.first.click()


async def guide(screen: Screen) -> None:
    await screen.says("请在浏览器中打开")


async def code(screen: Screen) -> None:
    await screen.pay("wechat")
    await screen.page.wait_for_selector(".pay .qr")


async def returned(screen: Screen) -> None:
    screen.in_wallet = "cancels"
    await screen.pay("wechat")
    await screen.page.wait_for_selector(".sheet")


async def card(screen: Screen) -> None:
    await screen.pay("quickpay")
    await screen.page.wait_for_selector("select[name=bank]")


async def paid(screen: Screen) -> None:
    await code(screen)
    await screen.scan_and_pay()
    await screen.shows("succeeded")


async def paid_twice(screen: Screen) -> None:
    await screen.pay("alipay")
    await screen.page.wait_for_selector(".pay .qr")
    old = await screen.code()
    await screen.another_way("wechat")
    await expect(screen.page.locator(".pay h2")).to_contain_text("微信支付")
    await screen.scan_and_pay()
    await screen.shows("succeeded")
    await screen.scan_and_pay(old)
    await expect(screen.page.locator("[data-surplus]")).to_be_visible()


async def busy(screen: Screen) -> None:
    faults = [{"account": "*", "kind": "error_code", "code": "SYSTEM_ERROR", "operations": ["create"]}]
    await screen.street.stage.sandbox.set_faults(faults)  # type: ignore[arg-type]
    await screen.pay("wechat")
    await expect(screen.page.locator("[role=alert]")).to_be_visible()


async def cancelled(screen: Screen) -> None:
    await screen.street.stage.switch.post(f"/v1/payments/{screen.payment.payment_id}/cancel", {})
    await screen.shows("closed")


VIEWS: dict[str, tuple[Device, Steps]] = {
    "choose-phone": (PHONE, choosing),
    "choose-phone-open": (PHONE, all_open),
    "choose-desktop": (DESK, choosing),
    "choose-wechat": (WECHAT, all_open),
    "guide": (DINGTALK, guide),
    "code-desktop": (DESK, code),
    "returned": (WECHAT, returned),
    "card": (PHONE, card),
    "busy": (PHONE, busy),
    "paid-desktop": (DESK, paid),
    "paid-twice": (DESK, paid_twice),
    "cancelled": (PHONE, cancelled),
}
LOOKS: dict[str, dict[str, str]] = {"light": {}, "dark": {"color_scheme": "dark"}}


IN_THE_DARK = ("choose-phone", "choose-desktop", "guide", "returned", "card", "busy", "paid-twice")
"""Between them they have every colour of the page."""


@pytest.mark.parametrize(
    ("name", "look"), [*((name, "light") for name in VIEWS), *((name, "dark") for name in IN_THE_DARK)]
)
async def test_axe_finds_nothing(street: Street, name: str, look: str) -> None:
    device, steps = VIEWS[name]
    async with street.screen(device, reduced_motion="reduce", **LOOKS[look]) as screen:
        await screen.open(await street.order(return_url="https://shop.example/orders/1"))
        await steps(screen)
        await screen.page.screenshot(path=PICTURES / f"{name}-{look}.png", full_page=True)
        found = await Axe().run(screen.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "best-practice"]})

    assert [(violation["id"], len(violation["nodes"])) for violation in found.response["violations"]] == []


async def test_large_text_and_english_look_right_on_both_screens(street: Street) -> None:
    """Nothing may be cut off: no element is wider than the screen."""
    looks = {"large": "?size=large", "english": "?lang=en", "english-large": "?lang=en&size=large"}
    for device, where in ((PHONE, "phone"), (DESK, "desktop")):
        for name, query in looks.items():
            async with street.screen(device) as screen:
                await screen.open(await street.order(subject="明前龙井 250 g · 送礼装 × 2"), query)
                await screen.page.screenshot(path=PICTURES / f"choose-{where}-{name}.png", full_page=True)
                wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
                assert await screen.page.evaluate(wide) == 0
                expected = "Pay ¥129.00" if "en" in query.partition("lang=")[2] else "确认支付 ¥129.00"
                await expect(screen.page.locator("#pay")).to_have_text(expected)


async def test_a_small_phone_with_huge_text_and_a_long_name_scrolls_only_downwards(street: Street) -> None:
    tiny = Device("tiny", PHONE.user_agent, "mobile", "alipay", "redirect", size=(320, 568))
    async with street.screen(tiny) as screen:
        await screen.open(await street.order(amount_fen=10_000_000, subject="X" * 120), "?size=large")
        await all_open(screen)
        wide = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        assert await screen.page.evaluate(wide) == 0


async def test_a_customer_with_a_keyboard(street: Street) -> None:
    async with street.screen(DESK) as screen:
        await screen.open(await street.order(methods=["alipay", "wechat"]))
        await screen.page.locator("input[name=method]:checked").focus()
        await screen.page.keyboard.press("ArrowDown")
        chosen = await screen.page.locator("input[name=method]:checked").get_attribute("value")
        await screen.page.keyboard.press("Enter")
        await screen.page.wait_for_selector(".pay")
        assert (await screen.status())["shown"]["method"] == chosen


async def test_the_browsers_language_decides_and_can_be_changed(street: Street) -> None:
    async with street.screen(PHONE, locale="en-US") as screen:
        await screen.open(await street.order())
        await expect(screen.page.locator("html")).to_have_attribute("lang", "en")
        await screen.says("Pay ¥129.00", "Choose how to pay")
        await screen.page.click("text=中文")
        await screen.alive()
        await screen.says("确认支付 ¥129.00")


async def test_the_first_view_is_small_and_comes_from_nowhere_else(street: Street) -> None:
    made = await street.order()
    loaded: dict[str, int] = {}
    async with street.screen(PHONE) as screen:
        for_headers = screen.context.request
        screen.page.on("request", lambda request: loaded.setdefault(request.url, 0))
        await screen.open(made)
        ours = made.checkout_url.partition("/checkout/")[0]
        assert all(url.startswith((ours, "data:")) for url in loaded), loaded
        first = [url for url in loaded if url.startswith("http") and not url.endswith("/events")]
        total = 0
        for url in first:
            answer = await for_headers.get(url, headers={"Accept-Encoding": "gzip"})
            assert answer.headers["content-encoding"] == "gzip"
            total += len(gzip.compress(await answer.body(), compresslevel=6))

    assert len(first) == 3, "the page, its style and its script"
    assert total <= FIRST_VIEW_BYTES, f"{total} bytes"


async def test_the_script_takes_the_page_over_without_a_visible_change(street: Street) -> None:
    """The same words in the same order, written by the service and by the script."""
    for device in (PHONE, DESK, WECHAT, DINGTALK):
        made = await street.order()
        async with street.screen(device) as screen:
            await screen.open(made)
            alive = await screen.page.inner_text("#app")
            html = await (await screen.context.request.get(screen.page.url)).text()
            await screen.page.set_content(html.replace("<script", "<template").replace("</script>", "</template>"))
            before = await screen.page.inner_text("#app")
        assert _words(before) == _words(alive), device.name


def _words(text: str) -> list[str]:
    """Without the clock, which goes on, and the button that only a script can serve."""
    return [word for word in text.split() if ":" not in word and word not in ("复制链接",)]
