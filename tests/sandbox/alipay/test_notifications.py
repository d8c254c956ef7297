"""What the shop hears from Alipay, how often, and how it can tell the truth from a forgery."""

from __future__ import annotations

import json

from tests.sandbox.alipay.conftest import Sandbox
from tests.sandbox.alipay.merchant import Merchant, Shop, until

from payswitch.kit.crypto import VerifyingKey
from payswitch.sandbox.alipay.notifications import SCHEDULE


def genuine(message: dict[str, str], key: VerifyingKey) -> bool:
    """Verified by hand: without `sign` and `sign_type`, sorted."""
    text = "&".join(f"{k}={v}" for k, v in sorted(message.items()) if k not in ("sign", "sign_type"))
    return key.verify(text.encode(), message["sign"])


async def heard(shop: Shop, count: int) -> list[dict[str, str]]:
    await until(lambda: len(shop.heard) >= count, what=f"{count} notifications, heard {len(shop.heard)}")
    return shop.heard


async def waiting(sandbox: Sandbox) -> None:
    """Until the notifier sleeps towards its next try: only then may the clock move."""
    await until(lambda: len(sandbox.clock._sleepers) == 1, what="the notifier waits for the next try")


async def settled(sandbox: Sandbox) -> None:
    await until(lambda: sandbox.core.notifier.pending == 0, what="all notifications acknowledged or given up")


async def test_a_payment_is_told_at_once(merchant: Merchant, shop: Shop, sandbox: Sandbox) -> None:
    made = await merchant.precreate(passback_params="a%3Db")
    await merchant.pay(made["qr_code"])
    (message,) = await heard(shop, 1)
    assert genuine(message, merchant.alipay_key)
    assert message["trade_no"] == (await merchant.query())["trade_no"]
    expected = {
        "notify_type": "trade_status_sync",
        "trade_status": "TRADE_SUCCESS",
        "app_id": merchant.keys.app_id,
        "seller_id": merchant.keys.seller_id,
        "out_trade_no": "T1",
        "subject": "直播间爆款",
        "total_amount": "12.34",
        "receipt_amount": "12.34",
        "buyer_pay_amount": "12.34",
        "gmt_create": "2026-11-09 20:37:00",
        "gmt_payment": "2026-11-09 20:37:00",
        "notify_time": "2026-11-09 20:37:00",
        "passback_params": "a%3Db",
        "sign_type": "RSA2",
    }
    assert {name: message[name] for name in expected} == expected
    assert json.loads(message["fund_bill_list"]) == [{"amount": "12.34", "fundChannel": "ALIPAYACCOUNT"}]
    assert "refund_fee" not in message
    await settled(sandbox)


async def test_in_certificate_mode_the_certificates_key_signs(cert_merchant: Merchant, shop: Shop) -> None:
    await cert_merchant.pay(cert_merchant.link(), "redirect")
    (message,) = await heard(shop, 1)
    assert genuine(message, VerifyingKey(cert_merchant.keys.alipay_certificate))


async def test_a_shop_that_does_not_say_exactly_success_is_told_eight_times(
    merchant: Merchant, shop: Shop, sandbox: Sandbox
) -> None:
    shop.reply = "success\n"
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    assert list(SCHEDULE.gaps_s) == [240, 600, 600, 3_600, 7_200, 21_600, 54_000]
    for tries, gap_s in enumerate(SCHEDULE.gaps_s, start=1):
        await heard(shop, tries)
        await waiting(sandbox)
        sandbox.clock.advance(seconds=gap_s - 1)
        assert len(sandbox.clock._sleepers) == 1, "not a second too early"
        sandbox.clock.advance(seconds=1)
    messages = await heard(shop, 8)
    await settled(sandbox)
    assert len(messages) == 8
    assert len({message["notify_id"] for message in messages}) == 1
    assert len({message["notify_time"] for message in messages}) == 8
    assert all(genuine(message, merchant.alipay_key) for message in messages)


async def test_once_the_shop_says_success_there_is_silence(merchant: Merchant, shop: Shop, sandbox: Sandbox) -> None:
    shop.reply = "fail"
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    await heard(shop, 1)
    await waiting(sandbox)
    shop.reply = "success"
    sandbox.clock.advance(seconds=240)
    await heard(shop, 2)
    await settled(sandbox)


async def test_refunds_are_told_with_the_sum_so_far(merchant: Merchant, shop: Shop, sandbox: Sandbox) -> None:
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    await heard(shop, 1)
    sandbox.clock.advance(seconds=60)
    await merchant.refund("4.34", "R1")
    await heard(shop, 2)
    await merchant.refund("8.00", "R2")
    await merchant.refund("8.00", "R2")
    paid, first, last = await heard(shop, 3)
    await settled(sandbox)
    assert len(shop.heard) == 3, "a repeated refund call moved nothing and is not told"
    assert all(genuine(message, merchant.alipay_key) for message in (paid, first, last))
    assert (first["trade_status"], first["refund_fee"], first["out_biz_no"]) == ("TRADE_SUCCESS", "4.34", "R1")
    assert (last["trade_status"], last["refund_fee"], last["out_biz_no"]) == ("TRADE_CLOSED", "12.34", "R2")
    assert first["gmt_refund"] == "2026-11-09 20:38:00.000"
    assert last["gmt_payment"] == "2026-11-09 20:37:00"
    assert len({message["notify_id"] for message in shop.heard}) == 3


async def test_a_late_retry_of_the_payment_still_speaks_of_the_payment(
    merchant: Merchant, shop: Shop, sandbox: Sandbox
) -> None:
    shop.reply = "fail"
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    await heard(shop, 1)
    shop.reply = "success"
    await merchant.refund("12.34")
    await heard(shop, 2)
    await until(lambda: sandbox.core.notifier.pending == 1, what="only the payment's retry is left")
    await waiting(sandbox)
    sandbox.clock.advance(seconds=240)
    retried = (await heard(shop, 3))[2]
    assert (retried["trade_status"], "refund_fee" in retried) == ("TRADE_SUCCESS", False)


async def test_closing_a_scanned_trade_is_told(merchant: Merchant, shop: Shop) -> None:
    made = await merchant.precreate()
    await merchant.scan(made["qr_code"])
    await merchant.close()
    (message,) = await heard(shop, 1)
    assert genuine(message, merchant.alipay_key)
    assert (message["trade_status"], message["refund_fee"]) == ("TRADE_CLOSED", "0.00")
    assert "gmt_payment" not in message


async def test_a_cancelled_payment_is_told_as_a_refund(merchant: Merchant, shop: Shop) -> None:
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    await heard(shop, 1)
    await merchant.cancel()
    message = (await heard(shop, 2))[1]
    assert (message["trade_status"], message["refund_fee"]) == ("TRADE_CLOSED", "12.34")


async def test_an_order_without_an_address_is_not_told(merchant: Merchant, shop: Shop, sandbox: Sandbox) -> None:
    made = await merchant.call("alipay.trade.precreate", merchant.order())
    await merchant.pay(made["qr_code"])
    assert sandbox.core.notifier.pending == 0
    assert shop.heard == []


# -- sick notifications ------------------------------------------------------------------------------------------


async def test_a_forged_message_comes_first_and_the_real_one_after_it(merchant: Merchant, shop: Shop) -> None:
    await merchant.set_faults({"kind": "notify_forged"})
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    forged, real = await heard(shop, 2)
    assert not genuine(forged, merchant.alipay_key)
    assert genuine(real, merchant.alipay_key)


async def test_a_wrong_amount_is_properly_signed(merchant: Merchant, shop: Shop) -> None:
    await merchant.set_faults({"kind": "notify_wrong_amount"})
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    (message,) = await heard(shop, 1)
    assert genuine(message, merchant.alipay_key)
    assert (message["total_amount"], message["out_trade_no"]) == ("12.35", "T1")


async def test_lost_then_late_then_doubled(merchant: Merchant, shop: Shop, sandbox: Sandbox) -> None:
    await merchant.set_faults(
        {"kind": "notify_lost", "to_s": 1}, {"kind": "notify_duplicate", "times": 2, "from_s": 200}
    )
    made = await merchant.precreate()
    await merchant.pay(made["qr_code"])
    await waiting(sandbox)
    assert shop.heard == []
    sandbox.clock.advance(seconds=240)
    messages = await heard(shop, 3)
    await settled(sandbox)
    assert len(messages) == 3
    assert len({message["notify_id"] for message in messages}) == 1
