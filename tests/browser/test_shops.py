"""From a shop's own page, from its counter, and back to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, unquote_plus, urlsplit

import pytest
from aiohttp import web
from playwright.async_api import expect
from standardwebhooks import Webhook, WebhookVerificationError

from payswitch.domain.payment import PaymentState
from tests.browser.devices import BY_NAME
from tests.browser.screen import Street

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

DESK, PHONE = BY_NAME["chrome-windows"], BY_NAME["safari-iphone"]
SHOPS_PAGE = """<!doctype html><title>My shop</title>
<script src="{service}/payswitch.js"></script>
<a id="pay" href="{checkout}" data-payswitch>Pay</a>
<ol id="heard"></ol>
<script>
  document.getElementById("pay").addEventListener("payswitch", (event) => {{
    const line = document.createElement("li"); line.textContent = event.detail.phase;
    document.getElementById("heard").append(line);
  }});
</script>"""


def shops_page(checkout_url: str) -> str:
    return SHOPS_PAGE.format(service=checkout_url.partition("/checkout/")[0], checkout=checkout_url)


@asynccontextmanager
async def somebodys_page(html: str) -> AsyncIterator[str]:
    """A page on a server of its own, under another name than the checkout's."""

    async def show(_: web.Request) -> web.Response:
        return web.Response(text=html, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", show)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://shop.example.com:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_a_shops_page_opens_the_checkout_beside_itself_and_hears_how_it_stands(street: Street) -> None:
    made = await street.order()
    async with street.screen(DESK) as shop, somebodys_page(shops_page(made.checkout_url)) as address:
        await shop.page.goto(address)
        async with shop.context.expect_page() as opened:
            await shop.page.click("#pay")
        checkout = await opened.value
        await checkout.wait_for_selector("html[data-ready]")
        await expect(shop.page.locator("#heard li")).to_have_text(["choose"])
        await checkout.locator("label.method:has(input[value=alipay])").click()
        await checkout.click("#pay")
        await checkout.wait_for_selector(".pay .qr")
        shop.made = made
        await shop.scan_and_pay()
        await expect(shop.page.locator("#heard li").last).to_have_text("succeeded", timeout=20_000)


async def test_on_a_phone_the_shops_page_goes_to_the_checkout(street: Street) -> None:
    made = await street.order()
    async with street.screen(PHONE) as shop, somebodys_page(shops_page(made.checkout_url)) as address:
        await shop.page.goto(address)
        assert await shop.page.evaluate("typeof window.PaySwitch.open") == "function"
        await shop.page.click("#pay")
        await shop.page.wait_for_url("**/checkout/*")


async def test_no_page_can_put_the_checkout_into_a_frame(street: Street) -> None:
    made = await street.order()
    framed = f'<iframe id="frame" src="{made.checkout_url}"></iframe>'
    async with street.screen(DESK) as thief, somebodys_page(framed) as address:
        await thief.page.goto(address)
        await asyncio.gather(*(frame.wait_for_load_state() for frame in thief.page.frames))
        assert await thief.page.frame_locator("#frame").locator("main.page").count() == 0
        refused = " ".join(thief.troubles)
        thief.troubles.clear()
    assert "frame-ancestors 'none'" in refused, "it was this rule, and nothing else"


async def test_the_way_back_carries_a_result_that_the_shop_can_check(street: Street) -> None:
    made = await street.order(return_url="https://shop.example/done?from=live")
    async with street.screen(DESK) as screen:
        await screen.open(made)
        await screen.pay("wechat")
        await screen.page.wait_for_selector(".pay .qr")
        await screen.scan_and_pay()
        await screen.shows("succeeded")
        link = await screen.page.get_by_text("返回商家").get_attribute("href")

    query = urlsplit(link or "").query
    told = {name: values[0] for name, values in parse_qs(query).items()}
    body, _, signature = query[query.index("payment_id=") :].partition("&signature=")
    headers = {
        "webhook-id": told["payment_id"],
        "webhook-timestamp": told["timestamp"],
        "webhook-signature": unquote_plus(signature),
    }
    secret = street.stage.plan.station.webhook_secret
    Webhook(secret).verify(body, headers, json_parse=False)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace("succeeded", "closed"), headers, json_parse=False)
    assert (told["from"], told["state"], told["payment_id"]) == ("live", "succeeded", made.payment_id)


async def test_a_static_code_the_customer_enters_the_amount(street: Street) -> None:
    service = street.stage.plan.service_url
    async with street.screen(PHONE) as screen:
        await screen.page.goto(f"{service}/collect/shop-1")
        await screen.page.fill("input[name=amount]", "0")
        await screen.page.click("#next")
        await screen.says("请输入 0.01 至 50,000.00 元之间的金额")
        await screen.page.fill("input[name=amount]", "88.5")
        await screen.page.fill("input[name=note]", "3 号桌")
        await screen.page.click("#next")
        await screen.alive()
        await screen.says("确认支付 ¥88.50")
        await screen.pay("alipay")
        await screen.pay_at_the_wallet()
        await screen.shows("succeeded")

    newest = await anext(street.stage.switch.payments(limit=1))
    assert (newest.amount_fen, newest.state) == (8_850, PaymentState.SUCCEEDED)


async def test_the_poster_shows_the_code_of_that_very_address(street: Street) -> None:
    service = street.stage.plan.service_url
    async with street.screen(DESK) as screen:
        await screen.page.goto(f"{service}/collect/shop-1/code")
        await screen.says("扫码付款", "沙箱店铺 / Sandbox shop")
        missing = await screen.page.goto(f"{service}/collect/another")
        assert missing is not None
        assert missing.status == 404
        await screen.says("收银台链接无效或已失效")
