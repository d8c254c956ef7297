"""What the platform's free text means for the money: by the words, and by a safe class where none is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.epay.world import VERSIONS, http, order, order_ref, refund_order, shop_with_epay

from payswitch.connectors.codes import Operation
from payswitch.connectors.epay.codes import refusal
from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind

ON_CREATE = [
    ("签名校验失败，请返回重试！", K.REFUSED_CONFIG),
    ("商户ID不存在", K.REFUSED_CONFIG),
    ("商户密钥错误", K.REFUSED_CONFIG),
    ("PID不存在", K.REFUSED_CONFIG),
    ("该域名未添加授权", K.REFUSED_CONFIG),
    ("时间戳错误，请检查服务器时间", K.REFUSED_CONFIG),
    ("商户单日收款限额已满", K.REFUSED_LIMIT),
    ("最大支付金额是1000元", K.REFUSED_LIMIT),
    ("触发风控，请更换支付方式", K.REFUSED_RISK),
    ("当前支付通道维护中", K.REFUSED_CHANNEL),
    ("商户通道维护", K.REFUSED_CHANNEL),
    ("没有可用的支付通道", K.REFUSED_CHANNEL),
    ("系统繁忙，请稍后重试", K.REFUSED_CHANNEL),
    ("", K.REFUSED_CHANNEL),
    ("something new", K.REFUSED_CHANNEL),
    ("该订单已完成支付，请勿重复支付", K.DUPLICATE),
    ("商户订单号已存在", K.REFUSED_ORDER),
    ("订单已关闭", K.REFUSED_ORDER),
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("message", "kind"), ON_CREATE)
async def test_a_refused_order(version: str, message: str, kind: OutcomeKind) -> None:
    client, epay = shop_with_epay(version)
    for signer in ("platform", ""):
        epay.refuses(message, signer=signer)
        answer = await client.create(order(), 500)
        assert (answer.outcome.kind, answer.outcome.code, answer.credential) == (kind, "-1", None)
        assert answer.outcome.listed is any(word in message for word in ("维护", "繁忙"))


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("订单号不存在", K.NOT_FOUND),
        ("订单不存在", K.NOT_FOUND),
        ("商户订单号不存在", K.NOT_FOUND),
        ("未找到该订单", K.NOT_FOUND),
        ("商户不存在，无法查询订单", K.REFUSED_CONFIG),
        ("商户不存在", K.REFUSED_CONFIG),
        ("密钥错误", K.REFUSED_CONFIG),
        ("查询失败", K.UNKNOWN),
        ("系统繁忙", K.UNKNOWN),
        ("", K.UNKNOWN),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_refused_query(version: str, message: str, kind: OutcomeKind) -> None:
    client, epay = shop_with_epay(version)
    epay.refuses(message)
    assert (await client.query(order_ref(), 500)).outcome.kind is kind


async def test_unsigned_words_prove_nothing_in_the_version_that_signs() -> None:
    client, epay = shop_with_epay("2")
    epay.refuses("订单号不存在", signer="")
    assert (await client.query(order_ref(), 500)).outcome.kind is K.UNKNOWN
    epay.refuses("订单已支付", signer="")
    assert (await client.close(order_ref(), 500)).kind is K.UNKNOWN
    epay.refuses("退款单不存在", signer="")
    assert (await client.query_refund(refund_order(), 500)).outcome.kind is K.UNKNOWN
    epay.refuses("签名错误", signer="")
    assert (await client.query(order_ref(), 500)).outcome.kind is K.REFUSED_CONFIG


@pytest.mark.parametrize("code", [0, -1, -3, -4, 2, 500, "0", "-1", "", None, True, "abc"])
async def test_whatever_number_stands_for_no_in_v1_the_words_alone_decide(code: object) -> None:
    """`code` that is not 1 is a no of any kind: forks count their own way."""
    client, epay = shop_with_epay("1")
    for message, kind in (
        ("没有可用的支付通道", K.REFUSED_CHANNEL),
        ("签名校验失败", K.REFUSED_CONFIG),
        ("商户已被封禁", K.REFUSED_CONFIG),
        ("", K.REFUSED_CHANNEL),
    ):
        epay.refuses(message, code)
        answer = await client.create(order(), 500)
        expected = kind if code is not True else K.UNKNOWN  # PHP's true is 1: a yes without anything to show
        assert (answer.outcome.kind, answer.credential) == (expected, None)


async def test_a_yes_of_one_version_is_no_yes_of_the_other() -> None:
    for version, wrong in (("1", 0), ("2", 1)):
        client, epay = shop_with_epay(version)
        epay.refuses("", wrong)
        assert (await client.create(order(), 500)).outcome.kind is K.REFUSED_CHANNEL


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_answer_that_is_none_is_worth_one_more_call_and_then_another_channel(version: str) -> None:
    """HTTP and JSON errors: RETRY1 while creating. Nobody saw a code, so that another channel is safe afterwards."""
    client, epay = shop_with_epay(version)
    for reply in (http(b"<html>", 502), http(b"<html>"), http(b"", 500), http(b"[]"), http(b'{"msg": "x"}')):
        epay.breaks(reply)
        outcome = (await client.create(order(), 500)).outcome
        assert (outcome.kind, outcome.transient) == (K.UNKNOWN, True)
        for asked in (await client.query(order_ref(), 500)).outcome, (await client.refund(refund_order(), 500)).outcome:
            assert asked.kind is K.UNKNOWN


@pytest.mark.parametrize(("status", "kind"), [(0, K.PENDING), (1, K.PAID), (2, K.PAID), (3, K.UNKNOWN)])
async def test_unpaid_until_the_platform_says_so(status: int, kind: OutcomeKind) -> None:
    client, epay = shop_with_epay("1")
    epay.answers(epay.order(status=status))
    assert (await client.query(order_ref(), 500)).outcome.kind is kind


@given(message=st.text(max_size=400), code=st.text(max_size=400), believed=st.booleans())
def test_no_text_at_all_ends_a_refund_or_pays_an_order(message: str, code: str, believed: bool) -> None:
    for operation in Operation:
        outcome = refusal(code, message, operation, believed=believed)
        assert outcome.kind not in (K.PAID, K.ACCEPTED, K.CLOSED, K.PENDING)
        assert len(outcome.message) <= 200
        assert len(outcome.code) <= 200
    refused = refusal(code, message, Operation.REFUND, believed=believed)
    assert (refused.kind, refused.merchant_side) == (K.UNKNOWN, True)
    assert refusal(code, message, Operation.CREATE, believed=believed).kind not in (K.UNKNOWN, K.NOT_FOUND)
