"""Whose words an answer is: the signature, over every way in which the same data may be written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.huifu.world import HUIFU_ID, ORDER_NO, order, order_ref, shop_with_huifu, sign, signed_text

from payswitch.connectors.huifu.signing import canonical
from payswitch.domain.outcome import OutcomeKind

K = OutcomeKind
PAID = {
    "resp_code": "00000000",
    "resp_desc": "查询成功",
    "huifu_id": HUIFU_ID,
    "org_req_seq_id": ORDER_NO,
    "trans_stat": "S",
    "trans_amt": "1299.00",
}


async def kind_of(body: bytes) -> tuple[OutcomeKind, str]:
    client, huifu = shop_with_huifu()
    huifu.says(body)
    outcome = (await client.query(order_ref(), 500)).outcome
    return outcome.kind, outcome.code


def written(data: str, signature: str) -> bytes:
    return f'{{"data":{data},"sign":"{signature}"}}'.encode()


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(PAID, ensure_ascii=False, separators=(",", ":")),
        json.dumps(dict(reversed(PAID.items())), ensure_ascii=False, separators=(",", ":")),
        json.dumps(PAID, ensure_ascii=False, indent=2),
        json.dumps(PAID, ensure_ascii=True),
    ],
    ids=["compact", "other order", "indented", "escaped"],
)
async def test_the_same_data_is_the_same_however_it_is_written(text: str) -> None:
    assert await kind_of(written(text, sign("huifu", signed_text(PAID)))) == (K.PAID, "trans_stat_S")


async def test_numbers_and_inner_objects_keep_their_own_text() -> None:
    """0.380 must not become 0.38 on the way to the signature, nor an inner object be sorted."""
    signed = (
        f'{{"a":{{"z":1,"b":[1.50]}},"fee":0.380,"huifu_id":"{HUIFU_ID}","org_req_seq_id":"{ORDER_NO}",'
        '"resp_code":"00000000","trans_amt":"1299.00","trans_stat":"S"}'
    )
    sent = (
        f'{{"trans_stat":"S","fee":0.380,"trans_amt":"1299.00","resp_code":"00000000","huifu_id":"{HUIFU_ID}",'
        f'"a":{{"z":1,"b":[1.50]}},"org_req_seq_id":"{ORDER_NO}"}}'
    )
    assert await kind_of(written(sent, sign("huifu", signed.encode()))) == (K.PAID, "trans_stat_S")


@pytest.mark.parametrize("signer", ["stranger", "merchant"])
async def test_somebody_elses_signature_is_no_word_of_huifus(signer: str) -> None:
    text = json.dumps(PAID, ensure_ascii=False)
    assert await kind_of(written(text, sign(signer, signed_text(PAID)))) == (K.UNTRUSTED, "bad_signature")


@pytest.mark.parametrize(
    "change", [{"trans_amt": "0.01"}, {"org_req_seq_id": "X"}, {"resp_code": "23000001"}, {"z": ""}]
)
async def test_a_changed_answer_is_not_believed(change: dict[str, str]) -> None:
    text = json.dumps(PAID | change, ensure_ascii=False)
    assert await kind_of(written(text, sign("huifu", signed_text(PAID)))) == (K.UNTRUSTED, "bad_signature")


async def test_a_member_that_stands_twice_is_signed_as_it_is_read() -> None:
    """The last one counts, in the signature and in the reading alike: nothing can be slipped in before or after."""
    twice = '{"trans_amt":"0.01",' + json.dumps(PAID, ensure_ascii=False, separators=(",", ":"))[1:]
    assert await kind_of(written(twice, sign("huifu", signed_text(PAID)))) == (K.PAID, "trans_stat_S")
    hidden = json.dumps(PAID, ensure_ascii=False, separators=(",", ":"))[:-1] + ',"trans_amt":"0.01"}'
    assert await kind_of(written(hidden, sign("huifu", signed_text(PAID)))) == (K.UNTRUSTED, "bad_signature")


async def test_a_success_without_a_signature_is_no_success() -> None:
    client, huifu = shop_with_huifu()
    huifu.answers(False, **PAID)
    assert (await client.query(order_ref(), 500)).outcome.code == "unsigned"
    assert await kind_of(b'{"resp_code":"00000000","resp_desc":"ok"}') == (K.UNTRUSTED, "unsigned")


@pytest.mark.parametrize("body", [b'{"resp_code":"10000000","resp_desc":"sys_id"}', b'{"data":null,"resp_code":"1"}'])
async def test_a_refusal_without_data_is_a_hint(body: bytes) -> None:
    client, huifu = shop_with_huifu()
    huifu.says(body)
    created = (await client.create(order(), 500)).outcome
    asked = (await client.query(order_ref(), 500)).outcome
    assert created.kind in (K.REFUSED_CONFIG, K.UNKNOWN)
    assert asked.kind in (K.REFUSED_CONFIG, K.UNKNOWN)
    assert K.NOT_FOUND is not asked.kind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"<html></html>",
        b'{"data":"text","sign":"AAAA"}',
        b'{"data":[1],"sign":"AAAA"}',
        b'{"data":{"resp_code":',
        b'{"sign":"AAAA"}',
        b'{"data":{},"sign":7}',
        b'{"data":' + b"[" * 200_000,
        b"\xff\xfe",
    ],
)
async def test_an_answer_that_is_none_proves_nothing(body: bytes) -> None:
    assert await kind_of(body) == (K.UNKNOWN, "unreadable")


@pytest.mark.parametrize(("status", "transient"), [(502, True), (503, True), (404, False), (302, False)])
async def test_a_machine_in_front_of_huifu_proves_nothing(status: int, transient: bool) -> None:
    client, huifu = shop_with_huifu()
    huifu.says(b"<html>busy</html>", status)
    outcome = (await client.create(order(), 500)).outcome
    assert (outcome.kind, outcome.code, outcome.transient) == (K.UNKNOWN, f"http_{status}", transient)


@given(st.binary(max_size=300))
async def test_no_bytes_can_break_the_reader_or_be_believed(body: bytes) -> None:
    kind, _ = await kind_of(body)
    assert kind is K.UNKNOWN


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=8))
def test_what_we_sign_is_the_sdks_text(data: dict[str, str]) -> None:
    expected = json.dumps({n: data[n] for n in sorted(data)}, ensure_ascii=False, separators=(",", ":"))
    assert canonical(data) == expected.encode("utf-8", "replace")
