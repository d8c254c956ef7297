"""One bank falls ill: its customers cannot pay at this channel, everybody else can."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from tests.sandbox.quickpay.merchant import PERSON
from tests.sandbox.quickpay.merchant import Merchant as QuickpayMerchant
from tests.sandbox.support import Listener, RunningSandbox, running_sandbox
from tests.sandbox.wechatpay.cashier import Cashier
from tests.sandbox.wechatpay.merchant import Merchant

from payswitch.kit.clock import ManualClock
from payswitch.sandbox.banks import BANKS, SLUGS, bank_of_product, card_behind
from payswitch.sandbox.quickpay.accounts import five_banks, quickpay_account
from payswitch.sandbox.world import World

ADDRESS = "http://127.0.0.1:1"
BANK_DOWN = {"kind": "wallet_error", "account": "wechat-main", "banks": ["icbc", "boc"]}


@pytest.fixture
def shop(channels: RunningSandbox, night: ManualClock, listener: Listener) -> Merchant:
    return Merchant(channels, channels.world.account("wechat-main"), night, listener.url)


async def ask(sandbox: RunningSandbox, method: str, path: str, **how: Any) -> tuple[int, Any]:
    timeout = aiohttp.ClientTimeout(total=5)
    async with sandbox.session.request(method, sandbox.base_url + path, timeout=timeout, **how) as answer:
        return answer.status, await (answer.json() if "json" in answer.content_type else answer.text())


@pytest.mark.parametrize(("bank", "result"), [("icbc", "wallet_error"), ("ccb", "paid"), ("", "paid")])
async def test_in_a_wallet_the_card_that_the_customer_chose_decides(
    shop: Merchant, channels: RunningSandbox, bank: str, result: str
) -> None:
    await channels.set_faults(BANK_DOWN)
    wish = {"credential": {"content": await shop.code()}, "wallet": "wechat", "bank": bank}
    assert (await ask(channels, "POST", "/_sandbox/wallet/pay", json=wish))[1]["result"] == result


async def test_a_customer_who_says_nothing_always_has_the_same_card() -> None:
    people = [f"shopper-{number}" for number in range(600)]
    banks = [card_behind("wechat", payer) for payer in people]
    assert banks == [card_behind("alipay", payer) for payer in people]
    assert {bank: banks.count(bank) > 60 for bank in (*SLUGS, "")} == dict.fromkeys((*SLUGS, ""), True)
    assert {card_behind(wallet, payer) for wallet in ("huabei", "ecny") for payer in people} == {""}


async def test_the_usual_card_is_struck_like_a_chosen_one(shop: Merchant, channels: RunningSandbox) -> None:
    sick = next(payer for payer in "abcdefghij" if card_behind("wechat", payer) == "icbc")
    well = next(payer for payer in "abcdefghij" if card_behind("wechat", payer) not in ("icbc", "boc"))
    await channels.set_faults(BANK_DOWN)
    code = await shop.code()
    assert (await channels.pay(code, payer=sick))["result"] == "wallet_error"
    assert (await channels.pay(code, payer=well))["result"] == "paid"


async def test_who_pays_is_not_known_when_the_code_is_ordered(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.set_faults({"kind": "http_5xx", "banks": list(SLUGS)})
    assert await shop.code(), "no bank is told by this call: it is not struck"


async def test_a_cashier_hears_wechats_own_word_for_it(channels: RunningSandbox) -> None:
    cashier = Cashier(channels, channels.world.account("wechat-main"))
    await channels.set_faults(BANK_DOWN)
    wish = {"wallet": "wechat", "bank": "icbc"}
    code = (await ask(channels, "POST", "/_sandbox/payment-codes", json=wish))[1]["code"]
    assert (await cashier.debit(code)).code == "BANKERROR"
    other = (await ask(channels, "POST", "/_sandbox/payment-codes", json=wish | {"bank": "cmb"}))[1]["code"]
    assert (await cashier.debit(other, "COUNTER-0002")).code != "BANKERROR"


async def test_of_signed_cards_every_call_tells_the_bank(night: ManualClock, listener: Listener) -> None:
    world = World(base_url=ADDRESS, accounts=[quickpay_account("allinpay", ADDRESS, sign_type="MD5")])
    async with running_sandbox(world, clock=night) as sandbox:
        merchant = QuickpayMerchant(sandbox, "allinpay", listener.url)
        cards = {bank.slug: PERSON | {"acctno": bank.bins[0] + "1111111119876"} for bank in BANKS}
        signed = {slug: await merchant.sign_card(**cards[slug]) for slug in ("icbc", "ccb")}
        await sandbox.set_faults({"kind": "error_code", "code": "3999", "message": "银行系统维护中", "banks": ["icbc"]})
        answers = {
            slug: await merchant.apply(agreeid, orderid=f"PS-{slug}", amount="10000")
            for slug, agreeid in signed.items()
        }
        assert {slug: answer["trxstatus"] for slug, answer in answers.items()} == {"icbc": "3999", "ccb": "1999"}
        assert answers["icbc"]["errmsg"] == "银行系统维护中"


async def test_a_person_chooses_the_card_on_the_wallets_page(shop: Merchant, channels: RunningSandbox) -> None:
    await channels.set_faults(BANK_DOWN)
    code = await shop.code()
    page = (await ask(channels, "GET", "/wallet", params={"c": code}))[1]
    assert '<option value="icbc">中国工商银行</option>' in page
    press = {"c": code, "wallet": "wechat", "action": "confirm"}
    assert 'data-result="wallet_error"' in (await ask(channels, "POST", "/wallet", data=press | {"bank": "icbc"}))[1]
    assert (await ask(channels, "POST", "/wallet", data=press | {"bank": "xyz"}))[0] == 400
    assert 'data-result="paid"' in (await ask(channels, "POST", "/wallet", data=press | {"bank": "ccb"}))[1]


@pytest.mark.parametrize("wish", [{"kind": "hang", "banks": ["xyz"]}, {"kind": "hang", "banks": []}])
async def test_a_bank_that_does_not_exist_is_refused(channels: RunningSandbox, wish: dict[str, object]) -> None:
    status, told = await ask(channels, "PUT", "/_sandbox/faults", json={"faults": [wish]})
    assert (status, "banks are of" in told["error"]) == (400, True)


async def test_one_accounts_faults_are_changed_and_anothers_go_on(
    channels: RunningSandbox, night: ManualClock, shop: Merchant
) -> None:
    hanging = {"kind": "error_code", "code": "SYSTEM_ERROR", "to_s": 60}
    await ask(channels, "PUT", "/_sandbox/faults/wechat-main", json={"faults": [hanging]})
    await shop.create()
    night.advance(seconds=20)

    status, told = await ask(
        channels, "PUT", "/_sandbox/faults/alipay-main", json={"faults": [{"kind": "refuse", "min_fen": 100}]}
    )

    assert status == 200
    seen = {one["account"]: (one["left_s"], one["struck"]) for one in told["faults"]}
    assert seen == {"wechat-main": (40.0, 1), "alipay-main": (None, 0)}
    night.advance(seconds=41)
    _, told = await ask(channels, "DELETE", "/_sandbox/faults/alipay-main")
    assert [(one["account"], one["active"], one["left_s"]) for one in told["faults"]] == [("wechat-main", False, 0.0)]
    alien = {"faults": [{"kind": "hang", "account": "alipay-main"}]}
    assert (await ask(channels, "PUT", "/_sandbox/faults/wechat-main", json=alien))[0] == 400


async def test_the_sandbox_tells_whose_banks_can_fall_ill(night: ManualClock) -> None:
    accounts = [*five_banks(ADDRESS)[:1], quickpay_account("allinpay", ADDRESS, sign_type="MD5")]
    async with running_sandbox(World(base_url=ADDRESS, accounts=accounts), clock=night) as sandbox:
        told = (await ask(sandbox, "GET", "/_sandbox/accounts"))[1]
    assert {one["account"]: one["call_banks"] for one in told["accounts"]} == {
        "quickpay-icbc": ["icbc"],
        "allinpay": list(SLUGS),
    }
    assert told["banks"][0] == {"bank": "icbc", "name": "中国工商银行"}


def test_the_bank_of_a_product() -> None:
    products = ("quickpay_ccb", "wechat_native", None, "quickpay_xyz")
    assert [bank_of_product(product) for product in products] == ["ccb", "", "", ""]
