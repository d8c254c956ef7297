"""服务商模式: a service provider signs, the money is a sub-merchant's. The same stories under other names and paths."""

from __future__ import annotations

import pytest
from tests.connectors.wechatpay.conftest import OpenClient
from tests.connectors.wechatpay.fake_wechat import (
    APPID,
    MCHID,
    SUB_APPID,
    SUB_MCHID,
    FakeWechat,
    merchant_public_key,
    paid_transaction,
    partner_account,
)
from tests.connectors.wechatpay.orders import NUMBER, REF, REFUND, REFUND_NUMBER, order
from tests.connectors.wechatpay.test_account import problems_of

from payswitch.domain.channel import CredentialKind, Product
from payswitch.domain.channel_client import OpenidNeeder
from payswitch.domain.exchange import OpenidSpace
from payswitch.domain.outcome import OutcomeKind

PREPAY = "wx26112221580621e9b071c00d9e093b0000"
OPENID = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"
ANSWERS = {
    Product.WECHAT_JSAPI: {"prepay_id": PREPAY},
    Product.WECHAT_MINI: {"prepay_id": PREPAY},
    Product.WECHAT_NATIVE: {"code_url": "weixin://wxpay/bizpayurl?pr=p4lpSuKzz"},
    Product.WECHAT_H5: {"h5_url": "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx1&package=2"},
    Product.WECHAT_APP: {"prepay_id": PREPAY},
}


def partner_transaction(**changes: object) -> dict[str, object]:
    """A paid order as WeChat shows it to a provider."""
    seen = paid_transaction(NUMBER)
    del seen["mchid"], seen["appid"]
    named = {"sp_mchid": MCHID, "sp_appid": APPID, "sub_mchid": SUB_MCHID, "sub_appid": SUB_APPID}
    return {**seen, **named, "payer": {"sub_openid": OPENID}, **changes}


@pytest.mark.parametrize("product", list(ANSWERS))
async def test_every_product_is_asked_for_under_the_partners_path(
    open_client: OpenClient, wechat: FakeWechat, product: Product
) -> None:
    wechat.will_answer(200, ANSWERS[product])
    answer = await open_client("partner").create(order(product), 400)

    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    (request,) = wechat.requests
    trade = "jsapi" if product is Product.WECHAT_MINI else product.value.removeprefix("wechat_")
    assert (request.method, request.target) == ("POST", f"/v3/pay/partner/transactions/{trade}")
    names = {name: request.json[name] for name in ("sp_mchid", "sp_appid", "sub_mchid", "sub_appid")}
    assert names == {"sp_mchid": MCHID, "sp_appid": APPID, "sub_mchid": SUB_MCHID, "sub_appid": SUB_APPID}
    assert "mchid" not in request.json
    assert "appid" not in request.json


@pytest.mark.parametrize(
    ("account", "payer", "appid", "sub_appid"),
    [
        # With an app id of its own, the customer's openid belongs to the sub-merchant.
        ({}, "sub_openid", SUB_APPID, SUB_APPID),
        ({"sub_appid": ""}, "sp_openid", APPID, None),
        ({"openid_of": "sp"}, "sp_openid", APPID, SUB_APPID),
        ({"openid_of": "sub"}, "sub_openid", SUB_APPID, SUB_APPID),
    ],
)
@pytest.mark.parametrize("product", [Product.WECHAT_JSAPI, Product.WECHAT_MINI])
async def test_the_page_signs_with_the_app_id_that_the_openid_belongs_to(
    open_client: OpenClient,
    wechat: FakeWechat,
    account: dict[str, str],
    payer: str,
    appid: str,
    sub_appid: str | None,
    product: Product,
) -> None:
    wechat.will_answer(200, {"prepay_id": PREPAY})
    client = open_client("partner", **account)
    answer = await client.create(order(product), 400)

    assert isinstance(client, OpenidNeeder)
    assert client.openid_space(product) == OpenidSpace(appid, own=payer == "sub_openid")
    assert client.openid_space(Product.WECHAT_NATIVE) is None
    assert wechat.requests[0].json["payer"] == {payer: OPENID}
    assert wechat.requests[0].json.get("sub_appid") == sub_appid
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.JSAPI
    params = answer.credential.params
    assert params["appId"] == appid
    text = f"{appid}\n{params['timeStamp']}\n{params['nonceStr']}\nprepay_id={PREPAY}\n"
    assert merchant_public_key().verify(text.encode(), params["paySign"])


async def test_a_sub_merchants_mini_program_has_its_own_app_id(open_client: OpenClient, wechat: FakeWechat) -> None:
    client = open_client("partner", mini_appid="wx-mini-1", openid_of="sp")
    for product, appid, payer in (
        (Product.WECHAT_MINI, "wx-mini-1", "sub_openid"),
        (Product.WECHAT_JSAPI, APPID, "sp_openid"),
    ):
        wechat.will_answer(200, {"prepay_id": PREPAY})
        answer = await client.create(order(product), 400)
        assert answer.credential is not None
        assert answer.credential.params["appId"] == appid
        assert wechat.requests[-1].json["payer"] == {payer: OPENID}


@pytest.mark.parametrize(
    ("account", "partner_id", "appid"),
    [
        ({}, SUB_MCHID, SUB_APPID),
        ({"app_partnerid_of": "sp"}, MCHID, SUB_APPID),
        ({"sub_appid": ""}, SUB_MCHID, APPID),
    ],
)
async def test_what_a_sub_merchants_app_opens_the_wallet_with(
    open_client: OpenClient, wechat: FakeWechat, account: dict[str, str], partner_id: str, appid: str
) -> None:
    wechat.will_answer(200, {"prepay_id": PREPAY})
    answer = await open_client("partner", **account).create(order(Product.WECHAT_APP), 400)
    assert answer.credential is not None
    params = answer.credential.params
    assert (params["appid"], params["partnerid"]) == (appid, partner_id)
    text = f"{appid}\n{params['timestamp']}\n{params['noncestr']}\n{PREPAY}\n"
    assert merchant_public_key().verify(text.encode(), params["sign"])


async def test_query_and_close_name_both(open_client: OpenClient, wechat: FakeWechat) -> None:
    client = open_client("partner")
    wechat.will_answer(200, partner_transaction())
    fact = await client.query(REF, 400)
    assert (fact.outcome.kind, fact.amount_fen, fact.merchant_ok) == (OutcomeKind.PAID, 12_900, True)
    wechat.will_answer(204, b"")
    assert (await client.close(REF, 400)).kind is OutcomeKind.CLOSED
    query, close = wechat.requests
    path = f"/v3/pay/partner/transactions/out-trade-no/{NUMBER}"
    assert query.target == f"{path}?sp_mchid={MCHID}&sub_mchid={SUB_MCHID}"
    assert close.target == f"{path}/close"
    assert close.json == {"sp_mchid": MCHID, "sub_mchid": SUB_MCHID}


@pytest.mark.parametrize(
    "changes",
    [
        {"sub_mchid": "1900000110"},
        {"sub_mchid": ""},
        {"sp_mchid": "1900000002"},
        {"sp_appid": "wx0000000000000000"},
    ],
)
async def test_another_sub_merchants_money_is_not_ours(
    open_client: OpenClient, wechat: FakeWechat, changes: dict[str, object]
) -> None:
    """One provider, one key, many sub-merchants: the signature alone says nothing about whose payment it is."""
    client = open_client("partner")
    wechat.will_answer(200, partner_transaction(**changes))
    assert not (await client.query(REF, 400)).merchant_ok
    note = client.read_notify(wechat.notification("TRANSACTION.SUCCESS", partner_transaction(**changes)))
    assert note.order is not None
    assert not note.order.merchant_ok


async def test_a_direct_merchants_order_is_not_a_sub_merchants_and_the_other_way_round(
    open_client: OpenClient, wechat: FakeWechat
) -> None:
    partner, direct = open_client("partner"), open_client()
    own = wechat.notification("TRANSACTION.SUCCESS", paid_transaction(NUMBER))
    theirs = wechat.notification("TRANSACTION.SUCCESS", partner_transaction(mchid=MCHID, appid=APPID))
    for client, note in ((partner, own), (direct, theirs)):
        order_fact = client.read_notify(note).order
        assert order_fact is not None
        assert not order_fact.merchant_ok


async def test_the_notification_of_a_payment(open_client: OpenClient, wechat: FakeWechat) -> None:
    answer = open_client("partner").read_notify(wechat.notification("TRANSACTION.SUCCESS", partner_transaction()))
    assert answer.order is not None
    assert (answer.order.outcome.kind, answer.order.merchant_ok) == (OutcomeKind.PAID, True)
    assert (answer.order.channel_order_no, answer.order.amount_fen) == (NUMBER, 12_900)


async def test_refunds_name_the_sub_merchant(open_client: OpenClient, wechat: FakeWechat) -> None:
    client = open_client("partner")
    shown = {"out_refund_no": REFUND_NUMBER, "status": "SUCCESS", "refund_id": "5", "amount": {"refund": 2_900}}
    for _ in range(2):
        wechat.will_answer(200, shown)
    assert (await client.refund(REFUND, 400)).outcome.kind is OutcomeKind.PAID
    assert (await client.query_refund(REFUND, 400)).outcome.kind is OutcomeKind.PAID
    refund, query = wechat.requests
    assert refund.target == "/v3/refund/domestic/refunds"
    assert refund.json["sub_mchid"] == SUB_MCHID
    assert query.target == f"/v3/refund/domestic/refunds/{REFUND_NUMBER}?sub_mchid={SUB_MCHID}"


@pytest.mark.parametrize(
    ("named", "believed"),
    [
        ({"sp_mchid": MCHID, "sub_mchid": SUB_MCHID}, True),
        ({"sp_mchid": MCHID, "sub_mchid": "1900000110"}, False),
        ({"sp_mchid": "1", "sub_mchid": SUB_MCHID}, False),
        ({"mchid": MCHID}, False),
    ],
)
async def test_the_notification_of_a_refund(
    open_client: OpenClient, wechat: FakeWechat, named: dict[str, object], believed: bool
) -> None:
    plain = {**named, "out_refund_no": REFUND_NUMBER, "refund_status": "SUCCESS", "amount": {"refund": 2_900}}
    answer = open_client("partner").read_notify(wechat.notification("REFUND.SUCCESS", plain))
    assert (answer.refund is not None) is believed
    assert answer.outcome.kind is (OutcomeKind.ACCEPTED if believed else OutcomeKind.UNTRUSTED)


# -- the account ---------------------------------------------------------------------------------------------------


def test_the_client_says_whose_account_it_is(open_client: OpenClient) -> None:
    assert repr(open_client("partner")) == f"WechatPayClient(sp_mchid='{MCHID}', sub_mchid='{SUB_MCHID}')"


@pytest.mark.parametrize("missing", ["sp_mchid", "sp_appid", "sub_mchid"])
def test_an_incomplete_partner_account(missing: str) -> None:
    table = {name: value for name, value in partner_account().items() if name != missing}
    assert problems_of(table) == [f"{missing}: is missing / 缺失"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"appid": APPID}, "appid"),
        ({"mchid": MCHID}, "mchid"),
        ({"sub_mchid": "19000001O9"}, "sub_mchid"),
        ({"sub_appid": "wx 1"}, "sub_appid"),
        ({"mini_appid": "wx 1"}, "mini_appid"),
        ({"openid_of": "mine"}, "openid_of"),
        ({"app_partnerid_of": "mine"}, "app_partnerid_of"),
        ({"sub_appid": "", "openid_of": "sub"}, "openid_of"),
    ],
)
def test_a_contradiction_in_a_partner_account(changes: dict[str, str], named: str) -> None:
    (problem,) = problems_of(partner_account() | changes)
    assert problem.startswith(f"{named}: ")
    english, _, chinese = problem.partition(" / ")
    assert english.isascii()
    assert not chinese.isascii()
