"""What the shop hears from UnionPay: successes only, signed, five times at most, until it says 200."""

from __future__ import annotations

from collections.abc import Callable

from tests.sandbox.support import until
from tests.sandbox.unionpay.merchant import Merchant, certificate, fits, parse_form


async def test_a_payment_is_told_at_once_and_once(merchant: Merchant) -> None:
    await merchant.pay(await merchant.code(reqReserved="{a=1&b=2}"))
    (heard,) = await merchant.shop.count(1)
    assert heard.headers["Content-Type"].startswith("application/x-www-form-urlencoded")
    message = parse_form(heard.body)
    assert merchant.genuine(message)
    asked = await merchant.query()
    assert {name: message[name] for name in ("queryId", "txnAmt", "orderId", "txnTime", "settleDate")} == {
        "queryId": asked["queryId"],
        "txnAmt": "12900",
        "orderId": "ORDER00001",
        "txnTime": merchant.now(),
        "settleDate": "1109",
    }
    assert (message["respCode"], message["respMsg"], message["reqReserved"]) == ("00", "成功[0000000]", "{a=1&b=2}")
    assert "origRespCode" not in message
    await until(lambda: merchant.sandbox.core.notifier.pending == 0)


async def test_after_ten_at_night_money_is_tomorrows(merchant: Merchant) -> None:
    merchant.clock.advance(seconds=8_580)
    await merchant.pay(await merchant.app())
    assert parse_form((await merchant.shop.count(1))[0].body)["settleDate"] == "1110"


async def test_a_shop_that_is_down_hears_again_after_one_two_four_and_five_minutes(
    merchant: Merchant, sleeping: Callable[[], int]
) -> None:
    merchant.shop.answers = [500, 302, 404, 204, 500]
    await merchant.pay(await merchant.app())
    for tries, minutes in ((1, 1), (2, 2), (3, 4), (4, 5)):
        await merchant.shop.count(tries)
        await until(lambda: sleeping() == 1)
        merchant.clock.advance(seconds=minutes * 60 - 1)
        assert len(merchant.shop.heard) == tries
        merchant.clock.advance(seconds=1)
    await merchant.shop.count(5)
    await until(lambda: merchant.sandbox.core.notifier.pending == 0)
    assert len(merchant.shop.heard) == 5, "then UnionPay gives up"
    assert len({heard.body for heard in merchant.shop.heard}) == 1


async def test_any_body_with_a_200_will_do(merchant: Merchant) -> None:
    merchant.shop.answers = [503, 200]
    await merchant.pay(await merchant.app())
    await merchant.shop.count(1)
    assert merchant.sandbox.core.notifier.pending == 1


async def test_failures_are_not_told(merchant: Merchant) -> None:
    made = await merchant.app()
    await merchant.pay(made, balance_fen=0)
    await merchant.debit(merchant.shown(balance_fen=1), "ORDER00002")
    merchant.clock.advance(seconds=900)
    await merchant.pay(made)
    assert merchant.sandbox.core.notifier.pending == 0
    assert merchant.shop.heard == []


async def test_an_impostor_whose_message_fits_its_own_certificate(merchant: Merchant) -> None:
    """Whoever trusts the certificate in the message believes the impostor; the chain tells."""
    await merchant.sandbox.set_faults({"kind": "notify_forged"})
    await merchant.pay(await merchant.app())
    forged, real = [parse_form(heard.body) for heard in await merchant.shop.count(2)]
    assert fits(forged)
    claimed = certificate(forged["signPubKeyCert"])
    assert claimed.subject == certificate(real["signPubKeyCert"]).subject
    assert not merchant.trusts(claimed)
    assert merchant.genuine(real)


async def test_a_wrong_amount_is_properly_signed(merchant: Merchant) -> None:
    await merchant.sandbox.set_faults({"kind": "notify_wrong_amount"})
    await merchant.pay(await merchant.app())
    message = parse_form((await merchant.shop.count(1))[0].body)
    assert merchant.genuine(message)
    assert (message["txnAmt"], message["settleAmt"]) == ("12901", "12901")


async def test_lost_then_late_then_doubled(merchant: Merchant, sleeping: Callable[[], int]) -> None:
    await merchant.sandbox.set_faults(
        {"kind": "notify_lost", "to_s": 1}, {"kind": "notify_duplicate", "times": 2, "from_s": 30}
    )
    await merchant.pay(await merchant.app())
    await until(lambda: sleeping() == 1)
    assert merchant.shop.heard == []
    merchant.clock.advance(seconds=60)
    assert len({heard.body for heard in await merchant.shop.count(3)}) == 1
