"""What goes wrong in the middle of paying, and what the customer sees of it."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Route, expect

from payswitch.domain.payment import AttemptState, PaymentState, RefundState
from tests.browser.devices import BY_NAME
from tests.browser.screen import AT_THE_WALLET, Screen, Street

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

DESK, PHONE, ANDROID = BY_NAME["chrome-windows"], BY_NAME["safari-iphone"], BY_NAME["chrome-android"]
WECHAT, DINGTALK = BY_NAME["wechat-iphone"], BY_NAME["dingtalk"]


def down(*accounts: str, code: str = "SYSTEM_ERROR", operation: str = "create") -> list[dict[str, object]]:
    return [{"account": account, "kind": "error_code", "code": code, "operations": [operation]} for account in accounts]


async def never_saw_a_notice(screen: Screen) -> None:
    await expect(screen.page.locator("[role=alert]")).to_have_count(0)


@pytest.mark.parametrize("device", [DESK, ANDROID, WECHAT, DINGTALK], ids=lambda device: device.name)
async def test_a_channel_that_fails_before_anything_is_shown_is_never_noticed(street: Street, device: object) -> None:
    made = await street.order()
    await street.stage.sandbox.set_faults(down("wechat-main"))
    async with street.screen(device) as screen:  # type: ignore[arg-type]
        await screen.open(made)
        await screen.pay("wechat")
        if device is not WECHAT:
            await screen.pay_whatever_is_shown()
        await screen.shows("succeeded")
        await never_saw_a_notice(screen)

    attempts = (await street.payment(made)).for_customer
    assert attempts[-1].channel_id == "wechat-backup"
    assert attempts[-1].state is AttemptState.SUCCEEDED


async def test_when_no_channel_of_a_way_is_well_it_is_said_and_the_others_are_there(street: Street) -> None:
    made = await street.order()
    await street.stage.sandbox.set_faults(down("wechat-main", "wechat-backup"))
    async with street.screen(DESK) as screen:
        await screen.open(made)
        await screen.pay("wechat")
        await screen.says("微信支付暂时繁忙，订单已保留，请换一种方式或稍候再试")
        await screen.pay("alipay")
        await screen.page.wait_for_selector(".pay .qr")
        await never_saw_a_notice(screen)
        await screen.scan_and_pay()
        await screen.shows("succeeded")


async def test_coming_back_unpaid_and_paying_another_way(street: Street) -> None:
    made = await street.order()
    async with street.screen(ANDROID) as screen:
        await screen.open(made)
        await screen.pay("alipay")
        await screen.pay_at_the_wallet("cancel")

        await screen.says("支付完成了吗？")
        await screen.page.click(".sheet button:has-text('已完成支付')")
        await screen.says("支付宝尚未收到付款")
        await screen.another_way("wechat")
        await screen.pay_at_the_wallet()
        await screen.shows("succeeded")

    seen = await street.payment(made)
    assert [attempt.state for attempt in seen.for_customer][-1] is AttemptState.SUCCEEDED
    assert seen.for_customer[0].state is not AttemptState.SUCCEEDED


async def test_closing_the_password_sheet_inside_wechat_asks_and_the_same_way_works_again(street: Street) -> None:
    made = await street.order()
    async with street.screen(WECHAT) as screen:
        screen.in_wallet = "cancels"
        await screen.open(made)
        await screen.pay("wechat")
        await screen.says("支付完成了吗？")
        screen.in_wallet = "pays"
        await screen.page.click(".sheet button:has-text('换一种方式')")
        await screen.page.click("text=返回")
        await screen.page.click("#open")
        await screen.shows("succeeded")

    assert len((await street.payment(made)).for_customer) == 1


async def test_looking_away_and_back_asks_the_channel_at_once(street: Street) -> None:
    """The wallet was another app: the page hears nothing from it but that it is looked at again."""
    made = await street.order()
    await street.stage.sandbox.set_faults([{"account": "*", "kind": "notify_lost"}])
    async with street.screen(DESK) as screen:
        await screen.open(made)
        await screen.page.route("**/events*", lambda route: route.abort())
        await screen.pay("wechat")
        await screen.page.wait_for_selector(".pay .qr")
        await screen.scan_and_pay()
        await screen.hide_and_come_back()
        await screen.shows("succeeded")


async def test_where_events_do_not_come_through_the_page_asks(street: Street) -> None:
    async with street.screen(DESK) as screen:
        await screen.page.route("**/events*", lambda route: route.abort())
        await screen.open(await street.order())
        await screen.pay("alipay")
        await screen.page.wait_for_selector(".pay .qr")
        await screen.scan_and_pay()
        await screen.shows("succeeded")


async def test_changing_ones_mind_closes_the_old_code(street: Street) -> None:
    made = await street.order()
    async with street.screen(DESK) as screen:
        await screen.open(made)
        await screen.pay("wechat")
        await screen.page.wait_for_selector(".pay .qr")
        old = await screen.code()
        await screen.another_way("alipay")
        await screen.says("打开支付宝扫一扫")
        assert await screen.scan_and_pay(old) == "closed"
        await screen.scan_and_pay()
        await screen.shows("succeeded")
        await screen.says("支付方式：支付宝")


async def test_the_old_code_was_paid_just_before_the_change(street: Street) -> None:
    made = await street.order()
    await street.stage.sandbox.set_faults([{"account": "*", "kind": "notify_lost"}])
    async with street.screen(DESK) as screen:
        await screen.page.route("**/events*", lambda route: route.abort())
        await screen.open(made)
        await screen.pay("wechat")
        await screen.page.wait_for_selector(".pay .qr")
        await screen.page.click("#another")
        await screen.pick("alipay")
        await screen.scan_and_pay()
        await screen.page.click("#pay")
        await screen.shows("succeeded")
        await screen.says("支付方式：微信支付")

    assert len((await street.payment(made)).for_customer) == 1


async def test_paying_twice_is_said_and_goes_back(street: Street) -> None:
    made = await street.order()
    async with street.screen(DESK) as screen:
        await screen.open(made)
        await screen.pay("alipay")
        await screen.page.wait_for_selector(".pay .qr")
        old = await screen.code()
        await screen.another_way("wechat")
        await screen.says("打开微信扫一扫")
        await screen.scan_and_pay()
        await screen.shows("succeeded")

        assert await screen.scan_and_pay(old) == "paid", "Alipay cannot close a code that nobody has scanned"
        await screen.says("重复支付")
        await expect(screen.page.locator("[data-surplus=done]")).to_be_visible(timeout=20_000)
        await screen.says("重复支付的 ¥129.00 已原路退回")

    seen = await street.payment(made)
    assert [refund.state for refund in seen.refunds] == [RefundState.SUCCEEDED]


async def test_an_expired_payment_says_so_by_itself(street: Street) -> None:
    made = await street.order(expires_in_s=10, return_url="https://shop.example/orders/7?from=live")
    async with street.screen(PHONE) as screen:
        await screen.open(made)
        await expect(screen.page.locator(".countdown-short")).to_be_visible()
        await expect(screen.page.locator("main.page")).to_have_attribute("data-phase", "closed", timeout=25_000)
        await screen.says("支付时间已过，订单已关闭", "没有收到付款", "返回商家")


async def test_a_cancelled_payment_says_so_by_itself(street: Street) -> None:
    made = await street.order()
    async with street.screen(PHONE) as screen:
        await screen.open(made)
        await street.stage.switch.post(f"/v1/payments/{made.payment_id}/cancel", {})
        await screen.says("商家已取消本次支付")


async def test_offline_in_the_middle(street: Street) -> None:
    made = await street.order()
    async with street.screen(DESK) as screen:
        await screen.open(made)
        await screen.context.set_offline(True)
        await screen.says("网络不稳定，正在重试…")
        await screen.pay("alipay")
        await expect(screen.page.locator("[role=alert]")).to_have_text("网络不稳定，正在重试…")
        await screen.context.set_offline(False)
        await screen.page.click("#pay")
        await screen.page.wait_for_selector(".pay .qr")
        code = await screen.code()
        await screen.context.set_offline(True)
        await screen.scan_and_pay(code)
        await screen.context.set_offline(False)
        await screen.shows("succeeded")

    assert (await street.payment(made)).state is PaymentState.SUCCEEDED


async def test_two_quick_taps_are_one_attempt(street: Street) -> None:
    made = await street.order()
    async with street.screen(DESK) as screen:
        await screen.open(made)
        await screen.page.locator("#pay").dblclick()
        await screen.page.wait_for_selector(".pay .qr")

    assert len((await street.payment(made)).for_customer) == 1


async def test_without_script_the_page_works_as_forms(street: Street) -> None:
    made = await street.order()
    async with street.screen(DESK, java_script_enabled=False) as screen:
        screen.made = made
        await screen.page.goto(made.checkout_url)
        await screen.pay("alipay")
        await screen.says("打开支付宝扫一扫，完成付款")
        await screen.scan_and_pay()
        await screen.page.click("#done")
        await screen.says("支付成功")


async def test_going_back_from_the_wallet_with_the_browsers_button(street: Street) -> None:
    async with street.screen(PHONE) as screen:
        await screen.open(await street.order())
        await screen.pay("alipay")
        await screen.page.wait_for_url(AT_THE_WALLET)
        await screen.page.go_back()
        await screen.alive()
        await screen.says("支付完成了吗？")
        assert AT_THE_WALLET.search(screen.page.url) is None, "going back must not open the wallet again"


async def test_what_was_used_last_comes_first_next_time(street: Street) -> None:
    async with street.screen(DESK) as screen:
        await screen.open(await street.order())
        await screen.pay("unionpay")
        await screen.page.wait_for_url(AT_THE_WALLET)
        await screen.open(await street.order())
        await expect(screen.page.locator("label.method").first).to_contain_text("云闪付")
        await screen.says("上次使用")


async def test_an_answer_that_was_overtaken_on_its_way_does_not_take_the_page_back(street: Street) -> None:
    """Asked before the customer paid, answered after the page had heard of the payment."""
    made, asked, paid = await street.order(), asyncio.Event(), asyncio.Event()

    async def slow(route: Route) -> None:
        answer = await route.fetch()
        asked.set()
        await paid.wait()
        await route.fulfill(response=answer)

    async with street.screen(DESK) as screen:
        await screen.open(made)
        await screen.pay("wechat")
        await screen.page.wait_for_selector(".pay .qr")
        await screen.page.route("**/status*", slow)
        await screen.page.click("button:has-text('已完成支付')")
        await asked.wait()
        await screen.scan_and_pay()
        await screen.shows("succeeded")
        async with screen.page.expect_response("**/status*") as overtaken:
            paid.set()
        await (await overtaken.value).finished()
        await screen.page.evaluate("() => new Promise(requestAnimationFrame)")
        await screen.shows("succeeded")
        assert await screen.page.get_attribute("main.page", "data-phase") == "succeeded"
