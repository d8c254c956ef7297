"""The gateway's door: every way to send a call that is let in, and every call that is not."""

from __future__ import annotations

import asyncio
import base64
import json
from urllib.parse import urlencode, urlsplit

import aiohttp
import pytest
from tests.sandbox.alipay.conftest import Sandbox
from tests.sandbox.alipay.merchant import Merchant, sign

from payswitch.kit.crypto import generate_private_pem
from payswitch.sandbox.alipay.certificates import certificate_sn

QUERY = "alipay.trade.query"


async def _refusal(merchant: Merchant, params: dict[str, str]) -> dict[str, str]:
    """The unsigned refusal that this call gets."""
    answer = json.loads(await merchant.post(params))
    assert "sign" not in answer
    (node,) = answer.values()
    refused: dict[str, str] = node
    return refused


async def _raw_get(base: str, target: str) -> bytes:
    """A GET whose request target is written exactly so."""
    where = urlsplit(base)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    writer.write(f"GET {target} HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return answer.partition(b"\r\n\r\n")[2]


async def test_the_same_call_in_every_transport_that_sdks_use(
    merchant: Merchant, session: aiohttp.ClientSession
) -> None:
    await merchant.precreate()
    params = merchant.signed(merchant.common(QUERY, {"out_trade_no": "T1"}))
    biz = {"biz_content": params["biz_content"]}
    rest = {name: value for name, value in params.items() if name != "biz_content"}
    gateway = f"{merchant.base}/gateway.do"
    answers = []
    async with session.get(f"{gateway}?{urlencode(params)}") as answer:
        answers.append(await answer.read())
    async with session.post(gateway, data=params) as answer:
        answers.append(await answer.read())
    async with session.post(f"{gateway}?{urlencode(rest)}", data=biz) as answer:
        answers.append(await answer.read())
    answers.append(await _raw_get(merchant.base, f"{gateway}?{urlencode(params)}"))
    for body in answers:
        assert merchant.verified(body, QUERY)["sub_code"] == "ACQ.TRADE_NOT_EXIST"


async def test_gbk_speakers_are_understood(merchant: Merchant, session: aiohttp.ClientSession) -> None:
    method = "alipay.trade.precreate"
    params = merchant.signed(merchant.common(method, merchant.order(subject="连衣裙"), charset="GBK"))
    target = f"{merchant.base}/gateway.do?{urlencode(params, encoding='gbk')}"
    async with session.get(target) as answer:
        assert merchant.verified(await answer.read(), method)["code"] == "10000"
    order = merchant.core.ledger.find("alipay-main", "T1")
    assert order is not None
    assert order.subject == "连衣裙"


async def test_answers_look_like_the_real_gateways(merchant: Merchant, session: aiohttp.ClientSession) -> None:
    params = merchant.signed(merchant.common("alipay.trade.precreate", merchant.order()))
    async with session.post(f"{merchant.base}/gateway.do", data=params) as answer:
        assert answer.headers["Content-Type"] == "text/html;charset=utf-8"
        body = await answer.read()
    assert b'"qr_code":"https:\\/\\/qr.alipay.com\\/bax' in body, "slashes escaped inside of the signed bytes"


async def test_both_key_modes_work_and_answer_their_own_way(merchant: Merchant, cert_merchant: Merchant) -> None:
    for side in (merchant, cert_merchant):
        made = await side.precreate()
        assert (await side.pay(made["qr_code"]))["result"] == "paid"
        assert (await side.query())["trade_status"] == "TRADE_SUCCESS"


async def test_an_unknown_application_hears_so_before_its_signature_is_looked_at(merchant: Merchant) -> None:
    params = merchant.common(QUERY, {"out_trade_no": "T1"}, app_id="2021000000000000")
    body = json.loads(await merchant.post(params))
    assert body == {
        "alipay_trade_query_response": {
            "code": "40002",
            "msg": "Invalid Arguments",
            "sub_code": "isv.invalid-app-id",
            "sub_msg": "无效的AppID参数",
        }
    }


async def test_another_accounts_key_does_not_open_the_door(merchant: Merchant, cert_merchant: Merchant) -> None:
    params = merchant.common(QUERY, {"out_trade_no": "T1"})
    params["sign"] = sign(cert_merchant.keys.app_private_key, params)
    node = await _refusal(merchant, params)
    assert (node["code"], node["sub_code"]) == ("40002", "isv.invalid-signature")
    assert json.loads(await merchant.post(params)).keys() == {"error_response"}


@pytest.mark.parametrize("name", ["biz_content", "timestamp", "notify_url", "app_auth_token"])
async def test_a_changed_parameter_breaks_the_signature(merchant: Merchant, name: str) -> None:
    params = merchant.signed(merchant.common(QUERY, {"out_trade_no": "T1"}, notify_url="http://a.example/"))
    changed = {
        "biz_content": '{"out_trade_no":"T2"}',
        "timestamp": "2026-11-09 20:37:01",
        "notify_url": "http://thief.example/",
        "app_auth_token": "smuggled",
    }
    node = await _refusal(merchant, params | {name: changed[name]})
    assert node["sub_code"] == "isv.invalid-signature"


@pytest.mark.parametrize(
    ("name", "code", "sub_code"),
    [
        ("app_id", "40001", "isv.missing-app-id"),
        ("method", "40001", "isv.missing-method"),
        ("sign", "40001", "isv.missing-signature"),
        ("sign_type", "40001", "isv.missing-signature-type"),
        ("timestamp", "40001", "isv.missing-timestamp"),
        ("version", "40001", "isv.missing-version"),
        ("app_cert_sn", "40001", "isv.missing-app-cert-sn"),
        ("alipay_root_cert_sn", "40001", "isv.missing-alipay-root-cert-sn"),
    ],
)
async def test_a_missing_parameter_is_named(cert_merchant: Merchant, name: str, code: str, sub_code: str) -> None:
    params = cert_merchant.signed(cert_merchant.common(QUERY, {"out_trade_no": "T1"}))
    del params[name]
    node = await _refusal(cert_merchant, params)
    assert (node["code"], node["sub_code"]) == (code, sub_code)


@pytest.mark.parametrize(
    ("name", "value", "sub_code"),
    [
        ("sign_type", "RSA", "isv.invalid-signature-type"),
        ("version", "2.0", "isv.invalid-parameter"),
        ("format", "XML", "isv.invalid-format"),
        ("timestamp", "2026-11-09T20:37:00", "isv.invalid-timestamp"),
        ("timestamp", "2026-02-30 20:37:00", "isv.invalid-timestamp"),
        ("charset", "latin-1", "isv.invalid-charset"),
        ("method", "alipay.trade.unheard.of", "isv.invalid-method"),
        ("method", "alipay.trade.app.pay", "isv.invalid-method"),
        ("method", '"}<script>', "isv.invalid-method"),
        ("app_cert_sn", "0" * 32, "isv.app-cert-not-exist"),
        ("alipay_root_cert_sn", "0" * 32, "isv.invalid-alipay-root-cert-sn"),
    ],
)
async def test_a_wrong_parameter_is_refused(cert_merchant: Merchant, name: str, value: str, sub_code: str) -> None:
    params = cert_merchant.common(QUERY, {"out_trade_no": "T1"}) | {name: value}
    params["sign"] = sign(cert_merchant.keys.app_private_key, params)
    node = await _refusal(cert_merchant, params)
    assert (node["code"], node["sub_code"]) == ("40002", sub_code)


async def test_bytes_that_are_not_the_charset_they_claim(merchant: Merchant) -> None:
    body = await _raw_get(merchant.base, f"/gateway.do?app_id={merchant.keys.app_id}&charset=utf-8&subject=%C1%AC")
    assert json.loads(body)["error_response"]["sub_code"] == "isv.invalid-charset"


async def test_a_flood_of_parameters_is_not_read(merchant: Merchant, session: aiohttp.ClientSession) -> None:
    async with session.post(f"{merchant.base}/gateway.do", data={f"p{i}": "1" for i in range(201)}) as answer:
        assert (await answer.json(content_type=None))["error_response"]["sub_code"] == "isv.invalid-parameter"


@pytest.mark.parametrize("biz", ["{", "[]", '"T1"', "[" * 100_000, "NaN"])
async def test_biz_content_that_is_no_object(merchant: Merchant, biz: str) -> None:
    node = merchant.verified(await merchant.post(merchant.signed(merchant.common(QUERY, biz))), QUERY)
    assert (node["code"], node["sub_code"]) == ("40002", "isv.illegal-json")


async def test_the_certificate_behind_a_serial_number_can_be_fetched(cert_merchant: Merchant) -> None:
    method = "alipay.open.app.alipaycert.download"
    serial = certificate_sn(cert_merchant.keys.alipay_certificate)
    node = await cert_merchant.call(method, {"alipay_cert_sn": serial})
    assert base64.b64decode(node["alipay_cert_content"]).decode() == cert_merchant.keys.alipay_certificate

    params = cert_merchant.signed(cert_merchant.common(method, {"alipay_cert_sn": "0" * 32}))
    assert (await _refusal(cert_merchant, params))["sub_code"] == "isv.alipay-cert-not-exist"


async def test_a_forger_with_a_key_of_his_own(merchant: Merchant, sandbox: Sandbox) -> None:
    params = merchant.common("alipay.trade.precreate", merchant.order())
    params["sign"] = sign(generate_private_pem(), params)
    assert (await _refusal(merchant, params))["sub_code"] == "isv.invalid-signature"
    assert len(sandbox.core.ledger) == 0
