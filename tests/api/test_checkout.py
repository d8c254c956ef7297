"""收银台 as customers meet it: one link, every state, nothing hostile gets in."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest

from payswitch.domain.channel import Method
from payswitch.entry.checkout.words import Language, Words, language_of
from tests.api.support import DESK, PHONE, Evening, Heard, order
from tests.services.fake_channel import BUSY, PAYER_NO


async def link(tonight: Evening, **changes: Any) -> str:
    """The shop makes a payment and sends its link to the customer."""
    made = (await tonight.shop.post("/v1/payments", order(environment=None, **changes))).json
    return str(made["checkout_url"]).removeprefix("https://pay.example")


async def the_payment(tonight: Evening) -> Any:
    return (await tonight.shop.get("/v1/payments?out_trade_no=order-1")).json["data"][0]


async def pay(tonight: Evening) -> None:
    """The customer confirms in the wallet; the notification is lost."""
    file = await tonight.night.file((await the_payment(tonight))["payment_id"])
    await tonight.night.pays(file.attempts[-1], notified=False)


def shows(heard: Heard, *texts: str) -> bool:
    return all(text in heard.text for text in texts)


async def test_opening_the_link_shows_who_gets_how_much_and_launches_nothing(tonight: Evening) -> None:
    path = await link(tonight, amount_fen=129_900)

    heard = await tonight.browser(PHONE).get(path)

    assert heard.status == 200
    assert shows(heard, "云水茶铺", "1,299.00", "明前龙井 250 g", "选择支付方式", "确认支付 ¥1,299.00")
    assert shows(heard, 'value="wechat"', 'value="alipay"', "微信支付", "支付宝")
    assert (await the_payment(tonight))["attempts"] == []


async def test_pressing_a_button_shows_the_code(tonight: Evening) -> None:
    path = await link(tonight)
    browser = tonight.browser(DESK)

    pressed = await browser.submit(f"{path}/start", method="alipay")
    heard = await browser.get(pressed.headers["location"])

    assert pressed.status == 303
    assert shows(heard, "<svg", "打开支付宝扫一扫", "等待支付", "已完成支付", "换一种方式")
    assert [attempt["method"] for attempt in (await the_payment(tonight))["attempts"]] == ["alipay"]


async def test_a_second_tap_launches_nothing_more(tonight: Evening) -> None:
    path = await link(tonight)

    await tonight.browser().submit(f"{path}/start", method="wechat")
    await tonight.browser().submit(f"{path}/start", method="wechat")

    assert len((await the_payment(tonight))["attempts"]) == 1


async def test_changing_ones_mind_closes_the_old_way(tonight: Evening) -> None:
    path = await link(tonight)
    await tonight.browser().submit(f"{path}/start", method="wechat")

    await tonight.browser().submit(f"{path}/switch", method="alipay")

    attempts = (await the_payment(tonight))["attempts"]
    assert [(attempt["method"], attempt["state"]) for attempt in attempts] == [
        ("wechat", "closed"),
        ("alipay", "exposed"),
    ]


async def test_the_page_turns_green_by_asking_the_channel(tonight: Evening) -> None:
    path = await link(tonight, return_url="https://shop.example/orders/1?a=b&c=d")
    await tonight.browser().submit(f"{path}/start", method="wechat")
    waiting = (await tonight.browser().get(f"{path}/status")).json
    await pay(tonight)
    tonight.night.clock.advance(seconds=2)

    paid = (await tonight.browser().get(f"{path}/status")).json
    page = await tonight.browser().get(path)

    assert (waiting["state"], waiting["phase"]) == ("pending", "waiting")
    assert waiting["shown"]["kind"] == "qr"
    assert (paid["state"], paid["phase"], paid["paid_with"]) == ("succeeded", "succeeded", "wechat")
    assert paid["shown"] is None
    assert paid["key"] != waiting["key"]
    assert shows(page, "支付成功", 'href="https://shop.example/orders/1?a=b&amp;c=d"')
    assert 'class="qr"' not in page.text, "no code is left to be scanned a second time"


async def test_without_script_the_button_asks_the_channel_too(tonight: Evening) -> None:
    path = await link(tonight)
    await tonight.browser().submit(f"{path}/start", method="wechat")
    await pay(tonight)

    heard = await tonight.browser().get(f"{path}?check=1")

    assert shows(heard, "支付成功")


async def test_without_script_the_waiting_page_refreshes_itself(tonight: Evening) -> None:
    path = await link(tonight)
    await tonight.browser().submit(f"{path}/start", method="wechat")

    heard = await tonight.browser().get(path)

    assert re.search(
        rf'<noscript><meta http-equiv="refresh" content="\d+; url={re.escape(path)}\?check=1">', heard.text
    )


async def test_paying_twice_is_said_and_goes_back(tonight: Evening) -> None:
    path = await link(tonight)
    await tonight.browser().submit(f"{path}/start", method="alipay")
    first = (await tonight.night.file((await the_payment(tonight))["payment_id"])).attempts[0]
    await tonight.browser().submit(f"{path}/switch", method="wechat")
    second = (await tonight.night.file((await the_payment(tonight))["payment_id"])).attempts[1]

    await tonight.night.pays(second)
    await tonight.night.pays(first)
    told = await tonight.browser().get(path)
    await tonight.night.wait(60)
    later = await tonight.browser().get(path)

    assert shows(told, "支付成功")
    assert shows(told, "检测到重复支付，¥129.00 将原路退回") or shows(told, "重复支付的 ¥129.00 已原路退回")
    assert shows(later, "重复支付的 ¥129.00 已原路退回")


async def test_a_link_that_has_expired(tonight: Evening) -> None:
    path = await link(tonight, expires_in_s=60)
    await tonight.night.wait(120, step_s=10)

    page = await tonight.browser().get(path)
    status = (await tonight.browser().get(f"{path}/status")).json

    assert shows(page, "支付时间已过，订单已关闭")
    assert (status["phase"], status["expires_in_s"]) == ("closed", 0)


async def test_a_cancelled_payment_says_so(tonight: Evening) -> None:
    path = await link(tonight)
    await tonight.shop.post(f"/v1/payments/{(await the_payment(tonight))['payment_id']}/cancel")

    assert shows(await tonight.browser().get(path), "商家已取消本次支付")


async def test_while_the_end_is_being_confirmed_nobody_is_asked_to_pay(tonight: Evening) -> None:
    path = await link(tonight, expires_in_s=60)
    await tonight.browser().submit(f"{path}/start", method="wechat")
    tonight.night.clock.advance(seconds=61)

    heard = await tonight.browser().get(path)

    assert shows(heard, "银行处理中，请勿重复支付", "北京时间")
    assert "<form" not in heard.text


async def test_busy_channels_are_told_kindly_and_can_be_tried_again(tonight: Evening) -> None:
    path = await link(tonight)
    for channel in ("wechat-main", "wechat-backup"):
        tonight.night.channel(channel).script.extend([BUSY] * 2)

    refused = await tonight.browser().submit(f"{path}/start", method="wechat")

    assert refused.status == 409
    assert shows(refused, "微信支付暂时繁忙，订单已保留", 'value="alipay"')
    assert (await tonight.browser().submit(f"{path}/start", method="alipay")).status == 303


async def test_a_payer_without_money_is_offered_another_way(tonight: Evening) -> None:
    path = await link(tonight)
    tonight.night.channel("wechat-main").script.append(PAYER_NO)

    refused = await tonight.browser().submit(f"{path}/start", method="wechat")

    assert refused.status == 409
    assert shows(refused, "微信支付未接受这次付款，没有扣款，请换一种支付方式", 'value="alipay"')


async def test_a_link_is_good_until_a_month_after_the_end(tonight: Evening) -> None:
    path = await link(tonight)
    await tonight.browser().submit(f"{path}/start", method="wechat")
    await pay(tonight)
    await tonight.browser().get(f"{path}?check=1")
    tonight.night.clock.advance(seconds=29 * 86_400)
    still = await tonight.browser().get(path)
    tonight.night.clock.advance(seconds=2 * 86_400)
    over = await tonight.browser().get(path)

    assert shows(still, "支付成功")
    assert over.status == 404
    assert "129.00" not in over.text


@pytest.mark.parametrize("path", ["", "/start", "/switch"])
async def test_an_unknown_link_is_a_page_and_not_json(tonight: Evening, path: str) -> None:
    browser = tonight.browser()

    heard = await (browser.submit(f"/checkout/nobody{path}") if path else browser.get("/checkout/nobody"))

    assert heard.status == 404
    assert shows(heard, "收银台链接无效或已失效")


async def test_an_unknown_links_status_is_a_problem(tonight: Evening) -> None:
    heard = await tonight.browser().get("/checkout/nobody/status")

    assert (heard.status, heard.json["code"]) == (404, "not_found")


async def test_our_own_trouble_never_frightens_a_customer(tonight: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    path = await link(tonight)

    async def broken(*_: Any) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(tonight.night.store), "file_by_checkout_token", broken)
    heard = await tonight.browser().get(path)

    assert heard.status == 500
    assert shows(heard, "支付不受影响")
    assert "secret" not in heard.text


HOSTILE = """"><script>alert(1)</script>'{{7*7}}<img src=x onerror=alert(1)>"""


async def test_a_hostile_subject_is_only_text(tonight: Evening) -> None:
    path = await link(tonight, subject=HOSTILE)

    heard = await tonight.browser().get(path)

    assert "<script>alert" not in heard.text
    assert "<img" not in heard.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in heard.text
    assert "{{7*7}}" in heard.text


async def test_a_hostile_address_is_only_text(tonight: Evening) -> None:
    path = await link(tonight)

    for heard in (
        await tonight.browser().get(f"{path}?env={quote(HOSTILE)}"),
        await tonight.browser().get(f"/checkout/{quote('<script>alert(1)</script>')}"),
    ):
        assert "alert(1)" not in heard.text


async def test_every_page_is_sealed(tonight: Evening) -> None:
    path = await link(tonight)
    start = await tonight.browser().submit(f"{path}/start", method="wechat")

    for heard in (
        await tonight.browser().get(path),
        await tonight.browser().get("/checkout/nobody"),
        await tonight.browser().get(f"{path}/status"),
        start,
    ):
        policy = heard.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert heard.headers["cache-control"] == "no-store"
        assert heard.headers["x-content-type-options"] == "nosniff"
        assert heard.headers["referrer-policy"] == "strict-origin-when-cross-origin"


async def test_no_page_carries_inline_script_or_style(tonight: Evening) -> None:
    path = await link(tonight)
    chosen = await tonight.browser().get(path)
    await tonight.browser().submit(f"{path}/start", method="wechat")
    waiting = await tonight.browser().get(path)

    for heard in (chosen, waiting):
        assert re.findall(r"<script(?![^>]*(?:\bsrc=|application/json))", heard.text) == []
        assert re.findall(r"\sstyle=|\son[a-z]+=|<style|javascript:", heard.text) == []
        for address in re.findall(r'(?:src|href)="([^"]+)"', heard.text):
            assert address.startswith(("/checkout-assets/", "data:,", path)), "nothing comes from elsewhere"


async def test_style_and_script_may_be_kept_for_ever(tonight: Evening) -> None:
    page = await tonight.browser().get(await link(tonight))

    for address in re.findall(r'"(/checkout-assets/[^"]+)"', page.text):
        heard = await tonight.browser().get(address)
        assert heard.status == 200
        assert "immutable" in heard.headers["cache-control"]
    assert (await tonight.browser().get("/checkout-assets/nothing.js")).status == 404
    assert (await tonight.browser().get("/checkout-assets/..%2fpage.py")).status == 404


async def test_the_chosen_environment_stays_chosen(tonight: Evening) -> None:
    path = await link(tonight)

    page = await tonight.browser(PHONE).get(f"{path}?env=desktop")
    pressed = await tonight.browser(PHONE).submit(f"{path}/start?env=desktop", method="wechat")

    assert f'action="{path}/start?env=desktop"' in page.text
    assert pressed.headers["location"] == f"{path}?env=desktop&go=1"


async def test_a_cashier_that_comes_back_by_post_is_shown_the_page_and_believed_nothing(tonight: Evening) -> None:
    """UnionPay returns the browser with a form; only the channel says what became of the money."""
    path = await link(tonight)
    browser = tonight.browser(PHONE)
    await browser.submit(f"{path}/start", method="wechat")

    back = await browser.submit(path, respCode="00", orderId="whatever")
    heard = await browser.get(back.headers["location"])

    assert back.status == 303
    assert shows(heard, "等待支付")
    assert (await the_payment(tonight))["state"] == "pending"


@pytest.mark.parametrize("language", Language)
def test_every_method_has_its_words(language: Language) -> None:
    say = Words(language)

    assert all(say(f"method.{method}") and say(f"app.{method}") for method in Method)


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        (None, "", "zh"),
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, "en-US,en;q=0.9", "en"),
        (None, "fr-FR", "zh"),
        ("en", "zh-CN", "en"),
        ("xx", "zh-CN", "zh"),
    ],
)
def test_chinese_first_and_english_for_who_wants_it(asked: str | None, accepted: str, language: str) -> None:
    assert language_of(asked, accepted) == language
