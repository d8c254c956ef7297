"""One link, every screen: the customer sees only what can work there, pays, and the page turns green by itself."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from payswitch.domain.payment import PaymentState
from tests.browser.devices import BY_NAME, DEVICES, Device
from tests.browser.screen import AT_THE_WALLET, Screen, Street

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]


@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
async def test_a_customer_is_offered_what_can_work_there_and_pays(street: Street, device: Device) -> None:
    made = await street.order()
    async with street.screen(device) as screen:
        await screen.open(made)
        await expect(screen.page.locator("main.page")).to_have_attribute("data-environment", device.environment)

        await only_what_can_work_there_is_offered(screen)
        await screen.pay(device.pays_with)
        if device.kind in ("redirect", "form"):
            await screen.pay_at_the_wallet()
        elif device.kind == "qr":
            await screen.page.wait_for_selector(".pay .qr")
            assert await screen.scan_and_pay() == "paid"

        await screen.shows("succeeded")
        await screen.says("支付成功", "¥")

    seen = await street.payment(made)
    assert seen.state is PaymentState.SUCCEEDED
    assert len(seen.for_customer) == 1
    assert len(screen.asked) == (1 if device.kind == "jsapi" else 0)


async def only_what_can_work_there_is_offered(screen: Screen) -> None:
    offered = await screen.page.locator("input[name=method]").evaluate_all("all => all.map(one => one.value)")
    view = await screen.status()
    assert sorted(offered) == sorted(o["method"] for o in view["offers"] if o["method"] != "apple_pay")
    assert screen.device.pays_with in offered
    if screen.device.environment == "wechat":
        assert {"alipay", "huabei", "unionpay"}.isdisjoint(offered), "WeChat opens no other wallet"
        assert set(view["elsewhere"]) >= {"alipay", "unionpay"}, "but the phone's own browser does"


async def test_a_restricted_app_is_left_by_copying_the_link_and_the_page_keeps_watching(street: Street) -> None:
    made = await street.order()
    async with street.screen(BY_NAME["dingtalk"], permissions=["clipboard-read", "clipboard-write"]) as inside:
        await inside.open(made)
        await inside.says("请在浏览器中打开")
        await inside.page.click("#copy")
        await inside.says("已复制")
        copied = await inside.page.evaluate("navigator.clipboard.readText()")
        assert copied == made.checkout_url

        async with street.screen(BY_NAME["safari-iphone"]) as browser:
            await browser.open(made)
            await browser.pay("alipay")
            await browser.pay_at_the_wallet()
            await browser.shows("succeeded")

        await inside.shows("succeeded")


async def test_the_aggregated_code_on_the_desktop_is_the_link_that_any_wallet_opens(street: Street) -> None:
    made = await street.order()
    async with street.screen(BY_NAME["chrome-windows"]) as desk:
        await desk.open(made)
        await desk.says("用手机扫码支付", "打开微信、支付宝、云闪付扫一扫")
        view = await desk.status()
        assert view["link"] == made.checkout_url
        assert await desk.page.locator(".aggregated .qr-dark").get_attribute("d") == view["link_qr"]["path"]

        async with street.screen(BY_NAME["wechat-iphone"]) as phone:
            phone.in_wallet = "cancels"
            await phone.open(view["link"] and made)
            await phone.pay("wechat")
            await phone.says("支付完成了吗？")
            await desk.says("正在另一台设备上支付")
            phone.in_wallet = "pays"
            await phone.another_way("wechat")
            await phone.shows("succeeded")

        await desk.shows("succeeded")


async def test_wechats_login_is_asked_once_and_paying_goes_on_without_it(street: Street) -> None:
    """The openid cannot be had (a wrong secret, WeChat's own trouble): the page comes all the same, with a way out."""
    made = await street.order()
    async with street.screen(BY_NAME["wechat-iphone"]) as screen:
        await screen.context.route("**/connect/oauth2/authorize*", lambda route: route.fulfill(
            status=303, headers={"Location": f"{made.checkout_url}/wechat/wechat-main?state=nobody"}
        ))  # fmt: skip
        await screen.open(made)
        await screen.says("微信支付", "在浏览器中打开，可用")


async def test_env_overrides_what_the_browser_says(street: Street) -> None:
    async with street.screen(BY_NAME["chrome-windows"]) as screen:
        await screen.open(await street.order(), "?env=mobile")
        await expect(screen.page.locator("main.page")).to_have_attribute("data-environment", "mobile")
        await screen.pay("alipay")
        await screen.page.wait_for_url(AT_THE_WALLET)
