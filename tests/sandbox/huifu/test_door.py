"""Who may call, and what a stranger hears."""

from __future__ import annotations

import pytest
from tests.sandbox.huifu.merchant import HuifuMerchant, text_of
from tests.sandbox.support import RunningSandbox


def body_of(merchant: HuifuMerchant, **changes: object) -> dict[str, object]:
    data = {"huifu_id": merchant.keys.huifu_id, "org_req_date": "20261109", "org_req_seq_id": "H1"}
    body = {"sys_id": merchant.keys.sys_id, "product_id": merchant.keys.product_id, "data": data}
    return body | {"sign": merchant.sign(data)} | changes


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"data":1}', b"\xff", b"[" * 100_000])
async def test_what_is_no_call_is_refused_unsigned(merchant: HuifuMerchant, body: bytes) -> None:
    answer = await merchant.post("scanpay/query", body)
    assert set(answer) == {"resp_code", "resp_desc"}


@pytest.mark.parametrize("changes", [{"sys_id": "6666000100000000"}, {"sys_id": None}, {"sign": ""}, {"sign": "AAAA"}])
async def test_a_stranger_hears_no_signed_word(merchant: HuifuMerchant, changes: dict[str, object]) -> None:
    answer = await merchant.post("scanpay/query", body_of(merchant, **changes))
    assert "sign" not in answer
    assert answer["resp_code"] == "10000000"


async def test_one_merchants_key_opens_no_other_account(huifu: RunningSandbox, merchant: HuifuMerchant) -> None:
    other = HuifuMerchant(huifu, huifu.world.account("provider"))
    data = {"huifu_id": other.keys.huifu_id, "org_req_date": "20261109", "org_req_seq_id": "H1"}
    stolen = {"sys_id": other.keys.sys_id, "product_id": "YYZY", "data": data, "sign": merchant.sign(data)}
    assert "sign" not in await other.post("scanpay/query", stolen)
    await merchant.order()
    assert (await other.query())["resp_code"] == "23000001", "and it does not see the other's orders"


async def test_a_wrong_product_number_is_named_and_signed(merchant: HuifuMerchant) -> None:
    answer = await merchant.post("scanpay/query", body_of(merchant, product_id="NONE"))
    merchant.check(text_of(answer["data"]), answer["sign"])
    assert answer["data"]["resp_code"] == "22000000"


async def test_the_members_may_come_in_any_order_and_shape(merchant: HuifuMerchant) -> None:
    """Huifu sorts what it reads; inner objects keep their own order."""
    data = {"zz": {"b": 1, "a": [1.5]}, "org_req_seq_id": "H1", "huifu_id": merchant.keys.huifu_id, "org_req_date": "1"}
    body = body_of(merchant, data=data, sign=merchant.sign(data))
    assert (await merchant.post("scanpay/query", body))["data"]["resp_code"] == "23000001"
    swapped = body_of(merchant, data=data | {"zz": {"a": [1.5], "b": 1}}, sign=merchant.sign(data))
    assert "sign" not in await merchant.post("scanpay/query", swapped)
