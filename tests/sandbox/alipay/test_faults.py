"""Every illness of the sandbox, on Alipay's wire."""

from __future__ import annotations

import asyncio
import json

import aiohttp
import pytest
from tests.sandbox.alipay.conftest import Sandbox
from tests.sandbox.alipay.merchant import Merchant, raw_node, until

from payswitch.sandbox.alipay.certificates import certificate_sn

PRECREATE = "alipay.trade.precreate"
NODE = "alipay_trade_precreate_response"


def _call(merchant: Merchant) -> dict[str, str]:
    return merchant.signed(merchant.common(PRECREATE, merchant.order()))


async def _answer(merchant: Merchant, timeout_s: float = 10.0) -> tuple[int, bytes]:
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    gateway = f"{merchant.base}/gateway.do"
    async with merchant.session.post(gateway, data=_call(merchant), timeout=timeout) as answer:
        return answer.status, await answer.read()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ACQ.SYSTEM_ERROR", ("40004", "Business Failed", "ACQ.SYSTEM_ERROR")),
        ("aop.ACQ.SYSTEM_ERROR", ("20000", "Service Currently Unavailable", "aop.ACQ.SYSTEM_ERROR")),
        ("20000", ("20000", "Service Currently Unavailable", "isp.unknow-error")),
        ("isp.unknow-error", ("20000", "Service Currently Unavailable", "isp.unknow-error")),
        ("40005", ("40005", "Call Limited", "isv.app-call-limited")),
        ("isv.method-call-limited", ("40005", "Call Limited", "isv.method-call-limited")),
        ("isv.insufficient-isv-permissions", ("40006", "Insufficient Permissions", "isv.insufficient-isv-permissions")),
        ("isv.invalid-signature", ("40002", "Invalid Arguments", "isv.invalid-signature")),
        ("aop.invalid-app-auth-token", ("20001", "Insufficient Token Permissions", "aop.invalid-app-auth-token")),
        ("ACQ.SELLER_BEEN_BLOCKED", ("40004", "Business Failed", "ACQ.SELLER_BEEN_BLOCKED")),
    ],
)
async def test_any_error_code_in_its_real_dress(
    merchant: Merchant, sandbox: Sandbox, code: str, expected: tuple[str, str, str]
) -> None:
    await merchant.set_faults({"kind": "error_code", "code": code, "operations": ["create"]})
    node = await merchant.precreate()
    assert (node["code"], node["msg"], node["sub_code"]) == expected
    assert len(sandbox.core.ledger) == 0


async def test_system_busy_although_the_order_was_made(merchant: Merchant, sandbox: Sandbox) -> None:
    fault = {"kind": "error_code", "code": "ACQ.SYSTEM_ERROR", "message": "系统繁忙，请稍后", "created": True}
    await merchant.set_faults(fault | {"to_s": 60})
    assert (await merchant.precreate())["sub_msg"] == "系统繁忙，请稍后"
    assert len(sandbox.core.ledger) == 1
    sandbox.clock.advance(seconds=60)
    assert (await merchant.precreate())["code"] == "10000", "the same number again goes through"


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
async def test_an_edge_error(merchant: Merchant, sandbox: Sandbox, when: str, made: int) -> None:
    await merchant.set_faults({"kind": "http_5xx", "status": 502, "when": when})
    status, body = await _answer(merchant)
    assert (status, b"sign" in body) == (502, False)
    assert len(sandbox.core.ledger) == made


async def test_a_reset_connection_reaches_nobody(merchant: Merchant, sandbox: Sandbox) -> None:
    await merchant.set_faults({"kind": "refuse"})
    with pytest.raises(aiohttp.ClientError):
        await _answer(merchant)
    assert len(sandbox.core.ledger) == 0


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
async def test_a_hanging_call(merchant: Merchant, sandbox: Sandbox, when: str, made: int) -> None:
    await merchant.set_faults({"kind": "hang", "when": when})
    with pytest.raises(TimeoutError):
        await _answer(merchant, timeout_s=1.0)
    assert len(sandbox.core.ledger) == made


async def test_a_slow_call_has_done_its_work(merchant: Merchant, sandbox: Sandbox) -> None:
    await merchant.set_faults({"kind": "latency", "ms": 3_000})
    call = asyncio.ensure_future(merchant.precreate())
    await until(lambda: len(sandbox.clock._sleepers) == 1, what="the answer waits")
    assert len(sandbox.core.ledger) == 1
    assert not call.done()
    sandbox.clock.advance(seconds=3)
    assert (await call)["code"] == "10000"


async def test_a_broken_body(merchant: Merchant) -> None:
    await merchant.set_faults({"kind": "malformed"})
    status, body = await _answer(merchant)
    assert status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


async def test_a_wrong_signature_over_a_right_answer(merchant: Merchant, cert_merchant: Merchant) -> None:
    await merchant.set_faults({"kind": "bad_signature"})
    for side in (merchant, cert_merchant):
        _, body = await _answer(side)
        answer = json.loads(body)
        assert answer[NODE]["code"] == "10000"
        assert not side.alipay_key.verify(raw_node(body, NODE), answer["sign"])
    assert answer["alipay_cert_sn"] == certificate_sn(cert_merchant.keys.alipay_certificate)


async def test_an_unknown_certificate(merchant: Merchant, cert_merchant: Merchant) -> None:
    await merchant.set_faults({"kind": "unknown_serial"})
    _, body = await _answer(cert_merchant)
    answer = json.loads(body)
    assert answer["alipay_cert_sn"] != certificate_sn(cert_merchant.keys.alipay_certificate)
    assert not cert_merchant.alipay_key.verify(raw_node(body, NODE), answer["sign"])

    _, body = await _answer(merchant)
    assert "alipay_cert_sn" not in json.loads(body), "public-key mode has no serial numbers: only the key is wrong"
    assert not merchant.alipay_key.verify(raw_node(body, NODE), json.loads(body)["sign"])


async def test_a_wallet_that_fails_leaves_the_trade_waiting(merchant: Merchant) -> None:
    await merchant.set_faults({"kind": "wallet_error", "to_s": 60})
    made = await merchant.precreate()
    assert (await merchant.pay(made["qr_code"]))["result"] == "wallet_error"
    assert (await merchant.query())["trade_status"] == "WAIT_BUYER_PAY"


@pytest.mark.parametrize(
    ("operation", "struck"),
    [
        ("create", ["precreate"]),
        ("query", ["query"]),
        ("close", ["close"]),
        ("reverse", ["cancel"]),
        ("debit", ["pay"]),
        ("refund", ["refund"]),
        ("refund_query", ["fastpay.refund.query"]),
    ],
)
async def test_a_fault_strikes_its_own_operations_only(merchant: Merchant, operation: str, struck: list[str]) -> None:
    await merchant.set_faults({"kind": "error_code", "code": "20000", "operations": [operation]})
    biz = merchant.order() | {"refund_amount": "1.00", "out_request_no": "R1"}
    for method in ("precreate", "pay", "query", "close", "cancel", "refund", "fastpay.refund.query"):
        node = await merchant.call(f"alipay.trade.{method}", biz)
        assert (node["code"] == "20000") is (method in struck), method


async def test_a_fault_can_be_about_one_product_or_one_band_of_amounts(merchant: Merchant) -> None:
    huabei = {"hb_fq_num": "3", "hb_fq_seller_percent": "0"}
    await merchant.set_faults({"kind": "error_code", "code": "20000", "product": "huabei_precreate"})
    assert (await merchant.precreate("T1", "200.00", extend_params=huabei))["code"] == "20000"
    assert (await merchant.precreate("T2", "200.00"))["code"] == "10000"

    cap = "ACQ.BEYOND_PER_RECEIPT_SINGLE_RESTRICTION"
    await merchant.set_faults({"kind": "error_code", "code": cap, "min_fen": 100_001, "operations": ["create"]})
    assert (await merchant.precreate("T3", "1747.66"))["sub_code"] == cap
    assert (await merchant.precreate("T4", "1000.00"))["code"] == "10000"

    await merchant.set_faults({"kind": "error_code", "code": "20000", "operations": ["query"], "max_fen": 20_000})
    await merchant.scan((await merchant.precreate("T2", "200.00"))["qr_code"])
    assert (await merchant.query("T2"))["code"] == "20000", "a query is judged by its order's amount"
    assert (await merchant.query("T9"))["sub_code"] == "ACQ.TRADE_NOT_EXIST"


async def test_the_other_account_stays_healthy(merchant: Merchant, cert_merchant: Merchant) -> None:
    await merchant.set_faults({"kind": "error_code", "code": "20000", "account": "alipay-main"})
    assert (await merchant.precreate())["code"] == "20000"
    assert (await cert_merchant.precreate())["code"] == "10000"


async def test_an_error_at_a_page_is_seen_by_the_customer_alone(merchant: Merchant) -> None:
    code = "isv.insufficient-isv-permissions"
    await merchant.set_faults({"kind": "error_code", "code": code, "product": "alipay_page"})
    async with merchant.session.get(merchant.link("page"), allow_redirects=False) as answer:
        assert f'data-sub-code="{code}"' in await answer.text()
    async with merchant.session.get(merchant.link("wap"), allow_redirects=False) as answer:
        assert answer.status == 302
    await merchant.set_faults({"kind": "malformed"})
    async with merchant.session.get(merchant.link("page", "含"), allow_redirects=False) as answer:
        assert "</html>" not in await answer.text()
