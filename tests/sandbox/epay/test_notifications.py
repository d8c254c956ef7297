"""The platform tells the shop, and sends the customer back."""

from __future__ import annotations

import pytest
from cryptography.exceptions import InvalidSignature
from tests.sandbox.epay.shop import Ears, Shop, md5_of, verify_rsa
from tests.sandbox.support import RunningSandbox, running_sandbox, turn

from payswitch.kit.clock import ManualClock
from payswitch.kit.retry import Schedule
from payswitch.sandbox.world import World


async def test_the_shop_hears_of_a_payment(shop: Shop, ears: Ears) -> None:
    made = await shop.mapi(money="129.9", param="直播间 7", name="连衣裙 100% +")
    await shop.sandbox.pay(made["payurl"], wallet="alipay")
    message = await ears.message(1)
    assert message.method == "GET"
    fields = dict(message.query)
    assert fields["sign"] == md5_of(fields, shop.keys.key)
    assert fields["money"] == "129.9", "the merchant's own form, letter by letter"
    assert (fields["trade_status"], fields["pid"], fields["param"]) == ("TRADE_SUCCESS", shop.keys.pid, "直播间 7")
    assert fields["name"] == "连衣裙 100% +"


async def test_v2_notifications_are_signed_by_the_platform(rsa_shop: Shop, ears: Ears) -> None:
    made = await rsa_shop.v2_create()
    await rsa_shop.sandbox.pay(made["pay_info"], wallet="alipay")
    verify_rsa(dict((await ears.message(1)).query), rsa_shop.keys.platform_public_key)


async def test_only_success_ends_the_tries(shop: Shop, ears: Ears, night: ManualClock) -> None:
    shop.wire.notify_schedule = Schedule((60, 600))
    ears.replies = ["SUCCESS", "success ", "success"]
    made = await shop.mapi()
    await shop.sandbox.pay(made["payurl"], wallet="alipay")
    await ears.message(1)
    for number, gap_s in ((2, 60), (3, 600)):
        await _sleeping(shop.sandbox, number - 1)
        night.advance(seconds=gap_s)
        await ears.message(number)
    await _sleeping(shop.sandbox, 3)
    assert [done.result for done in shop.sandbox.core.notifier.tries] == ["refused", "refused", "acknowledged"]
    assert shop.sandbox.core.notifier.pending == 0


async def _sleeping(sandbox: RunningSandbox, tries: int) -> None:
    """Until so many tries are in the diary and the notifier waits for its clock."""
    while len(sandbox.core.notifier.tries) < tries:
        await turn()
    await turn()


@pytest.mark.parametrize("fault", ["notify_forged", "notify_wrong_amount"])
async def test_false_messages(shop: Shop, rsa_shop: Shop, ears: Ears, fault: str) -> None:
    await shop.sandbox.set_faults({"kind": fault})
    made = await shop.mapi()
    await shop.sandbox.pay(made["payurl"], wallet="alipay")
    fields = dict((await ears.message(1)).query)
    if fault == "notify_wrong_amount":
        assert (fields["money"], fields["sign"]) == ("129.01", md5_of(fields, shop.keys.key))
        return
    assert fields["sign"] != md5_of(fields, shop.keys.key)
    await ears.message(2)
    made = await rsa_shop.v2_create()
    await rsa_shop.sandbox.pay(made["pay_info"], wallet="alipay")
    with pytest.raises(InvalidSignature):
        verify_rsa(dict((await ears.message(3)).query), rsa_shop.keys.platform_public_key)


async def test_the_customer_comes_back_with_the_same_signed_words(shop: Shop) -> None:
    made = await shop.mapi()
    address = f"{shop.sandbox.base_url}/pay/return/{made['trade_no']}/"
    async with shop.sandbox.session.get(address, allow_redirects=False) as early:
        assert early.headers["Location"] == "https://shop.example/done"
    await shop.sandbox.pay(made["payurl"], wallet="alipay")
    async with shop.sandbox.session.get(address, allow_redirects=False) as back:
        assert back.headers["Location"].startswith("https://shop.example/done?")
        assert "trade_status=TRADE_SUCCESS" in back.headers["Location"]
    async with shop.sandbox.session.get(made["payurl"]) as page:
        assert "已支付" in await page.text()
    async with shop.sandbox.session.get(f"{shop.sandbox.base_url}/pay/alipay/42/") as nothing:
        assert nothing.status == 404


async def test_a_world_with_epay_survives_its_file(world: World, night: ManualClock) -> None:
    again = World.from_json(world.to_json())
    assert again == world
    assert "key" not in repr(again.account("epay-v1").keys)
    async with running_sandbox(again, clock=night) as sandbox:
        account = sandbox.world.account("epay-v1").connector_account()
        assert account["allow_plain_http"] == "true"
        assert set(account) == {"base_url", "pid", "version", "allow_plain_http", "key"}
