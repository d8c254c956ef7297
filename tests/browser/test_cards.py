"""快捷支付 and Apple Pay on the page: the customer signs a card up, types codes, and the bank has its moods."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from payswitch.domain.payment import PaymentState
from tests.browser.devices import APPLE_PAY, BY_NAME, Device
from tests.browser.screen import Screen, Street

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

PHONE = BY_NAME["safari-iphone"]
APPLE = Device("apple-pay", PHONE.user_agent, "mobile", "apple_pay", "none", stub=APPLE_PAY)


async def fill_in(screen: Screen, mobile: str, *, bank: str = "icbc", number: str = "6222021234560009") -> None:
    """The customer's card. The number's first digits name the bank, the last four its mood (sandbox)."""
    await screen.pay("quickpay")
    await screen.page.select_option("select[name=bank]", bank)
    for name, value in {"card_no": number, "name": "张三", "id_no": "11010119900101000X", "mobile": mobile}.items():
        await screen.page.fill(f"input[name={name}]", value)
    await expect(screen.page.locator("#pay")).to_be_disabled()
    await screen.page.check(".agree input")
    await screen.page.click("#pay")


async def type_code(screen: Screen, code: str) -> None:
    await screen.page.fill("input[name=sms_code]", code)
    await screen.page.click("#confirm")


async def sign_up(screen: Screen, mobile: str, **card: str) -> None:
    """Until the bank's code for the payment is asked for."""
    await fill_in(screen, mobile, **card)
    await screen.says(f"银行已向 {mobile[:3]}****{mobile[-4:]} 发送签约验证码")
    await type_code(screen, await screen.street.stage.sandbox.newest_sms(mobile))
    await screen.says("支付验证码")


async def test_a_new_card_wrong_codes_and_the_next_payment_with_it(street: Street) -> None:
    customer = {"customer": {"customer_id": f"{street.run}-wang"}}
    made = await street.order(**customer)
    async with street.screen(PHONE) as screen:
        await screen.open(made)
        await fill_in(screen, "13800000001")
        await type_code(screen, "000000")
        await screen.says("验证码错误或已失效，没有扣款，请重新输入")
        await type_code(screen, await street.stage.sandbox.newest_sms("13800000001"))
        await screen.says("支付验证码", "秒后可重新发送")
        await type_code(screen, "000000")
        await screen.says("验证码错误或已失效，没有扣款，请重新输入")
        assert (await street.payment(made)).state is PaymentState.PENDING
        await type_code(screen, await street.stage.sandbox.newest_sms("13800000001"))
        await screen.shows("succeeded")

        await screen.open(await street.order(**customer))
        await screen.pay("quickpay")
        await screen.says("工商银行 · 尾号 0009", "使用新银行卡")
        await screen.page.click("#pay")
        await screen.says("支付验证码")
        await type_code(screen, await street.stage.sandbox.newest_sms("13800000001"))
        await screen.shows("succeeded")


async def test_a_customer_whom_the_shop_did_not_name_can_pay_by_card_and_their_card_is_nobody_elses(
    street: Street,
) -> None:
    async with street.screen(PHONE) as screen:
        await screen.open(await street.order())
        await sign_up(screen, "13800000002")
        await type_code(screen, await street.stage.sandbox.newest_sms("13800000002"))
        await screen.shows("succeeded")

        await screen.open(await street.order())
        assert (await screen.status())["cards"]["saved"] == []


async def test_no_money_on_the_card_is_said_and_another_way_is_offered(street: Street) -> None:
    async with street.screen(PHONE) as screen:
        await screen.open(await street.order())
        await sign_up(screen, "13800000003", number="6222021234560001")
        await type_code(screen, await street.stage.sandbox.newest_sms("13800000003"))
        await screen.says("未接受这次付款，没有扣款，请换一种支付方式")
        await screen.shows("choose")
        await screen.pay("alipay")
        await screen.pay_at_the_wallet()
        await screen.shows("succeeded")


async def test_the_banks_answer_is_lost_and_nobody_is_asked_to_pay_again(street: Street) -> None:
    """The debit may have happened: the page says so, with the time, and turns green when the bank is heard."""
    made = await street.order()
    async with street.screen(PHONE) as screen:
        await screen.open(made)
        await sign_up(screen, "13800000004")
        lost = {"account": "quickpay-icbc", "kind": "http_5xx", "when": "after", "operations": ["debit"]}
        away = {"account": "quickpay-icbc", "kind": "http_5xx", "operations": ["query"]}
        await street.stage.sandbox.set_faults([lost, away, {"account": "*", "kind": "notify_lost"}])
        await type_code(screen, await street.stage.sandbox.newest_sms("13800000004"))
        await screen.says("银行处理中，请勿重复支付")
        await expect(screen.page.locator(".hint", has_text="北京时间")).to_be_visible()
        await expect(screen.page.locator("#pay")).to_have_count(0)
        await street.stage.sandbox.set_faults([])
        await screen.shows("succeeded")

    assert len((await street.payment(made)).for_customer) == 1


async def test_the_bank_is_down_when_the_card_is_signed_up(street: Street) -> None:
    async with street.screen(PHONE) as screen:
        await screen.open(await street.order())
        await street.stage.sandbox.set_faults([{"account": "quickpay-icbc", "kind": "http_5xx"}])
        await fill_in(screen, "13800000005")
        await screen.says("银行暂时无法处理，没有扣款，请稍候再试或换一种方式")
        assert await screen.page.input_value("input[name=mobile]") == "13800000005", "nothing has to be typed again"


async def test_apple_pay(street: Street) -> None:
    made = await street.order()
    shown = made.checkout_url.replace("127.0.0.1", "shop.example.com")
    async with street.screen(APPLE) as screen:
        screen.made = made
        await screen.page.goto(shown)
        await screen.alive()
        await screen.pay("apple_pay")
        await screen.shows("succeeded")
        assert await screen.page.evaluate("window.appleEnded") == "success"

    assert (await street.payment(made)).state is PaymentState.SUCCEEDED


async def test_apple_pay_that_is_called_off_changes_nothing(street: Street) -> None:
    made = await street.order()
    async with street.screen(APPLE) as screen:
        screen.made, screen.in_wallet = made, "cancels"
        await screen.page.goto(made.checkout_url.replace("127.0.0.1", "shop.example.com"))
        await screen.alive()
        await screen.pay("apple_pay")
        await screen.pay("alipay")
        await screen.pay_at_the_wallet()

    assert len((await street.payment(made)).for_customer) == 1


async def test_apple_pay_without_its_session_offers_the_rest(street: Street) -> None:
    """A domain that Apple does not know (here: an address without a name)."""
    async with street.screen(APPLE) as screen:
        await screen.open(await street.order())
        await screen.pay("apple_pay")
        await screen.says("Apple Pay 未完成，没有扣款，请重试或换一种方式")
        assert await screen.page.evaluate("window.appleEnded") == "aborted"


async def test_apple_pay_is_offered_only_where_it_is(street: Street) -> None:
    async with street.screen(PHONE) as screen:
        await screen.open(await street.order())
        await expect(screen.page.locator("input[value=apple_pay]")).to_have_count(0)
