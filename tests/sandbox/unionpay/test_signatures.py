"""Signatures of 5.1.0, both ways: what a careful merchant checks, and what UnionPay refuses."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from cryptography import x509
from tests.sandbox.unionpay.merchant import APP, QUERY, Merchant, certificate, fits, parse_answer, parse_form, to_sign

from payswitch.sandbox.unionpay.signing import digest

PUBLISHED = Path(__file__).parent / "published"


def test_the_hand_written_merchant_agrees_with_messages_that_unionpay_really_signed() -> None:
    """Two messages of UnionPay's own test environment, as published: the proof that both readings are right."""
    answer = parse_answer(unquote_to_bytes((PUBLISHED / "refund_answer.txt").read_text().strip()))
    notification = parse_form((PUBLISHED / "notification.txt").read_bytes().strip())
    for message in (answer, notification):
        assert digest(message) == to_sign(message)
        assert fits(message)
        assert not fits(message | {"txnAmt": "2"})
    assert answer["respMsg"] == "成功[0000000]"
    assert "中国银联股份有限公司" in certificate(answer["signPubKeyCert"]).subject.rfc4514_string()


def test_what_is_signed_is_the_hexadecimal_text_of_a_hash() -> None:
    message = {"b": "2", "a": "1", "empty": "", "signature": "x", "signPubKeyCert": "-\r\n-"}
    assert digest(message) == hashlib.sha256(b"a=1&b=2&signPubKeyCert=-\r\n-").hexdigest().encode()


async def test_an_answer_proves_itself_by_its_certificate_and_the_certificate_by_its_chain(merchant: Merchant) -> None:
    answer = await merchant.app()
    assert list(answer)[-2:] == ["signPubKeyCert", "signature"]
    assert answer["signPubKeyCert"].startswith("-----BEGIN CERTIFICATE-----\r\n")
    assert answer["signPubKeyCert"].endswith("-----END CERTIFICATE-----")
    leaf = certificate(answer["signPubKeyCert"])
    assert merchant.trusts(leaf)
    assert merchant.in_date(leaf)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


async def test_the_test_environments_certificate_is_out_of_date(other_merchant: Merchant) -> None:
    answer = await other_merchant.app()
    leaf = certificate(answer["signPubKeyCert"])
    assert (other_merchant.trusts(leaf), other_merchant.in_date(leaf)) == (True, False)
    assert other_merchant.given["accept_expired_certificates"] == "true"


async def test_each_merchant_has_authorities_of_its_own(merchant: Merchant, other_merchant: Merchant) -> None:
    answer = await merchant.app()
    assert fits(answer)
    assert not other_merchant.genuine(answer)


async def test_the_switch_is_given_nothing_of_unionpays_side(merchant: Merchant) -> None:
    assert set(merchant.given) == {
        "gateway",
        "file_gateway",
        "mer_id",
        "sign_certificate",
        "sign_private_key",
        "root_certificates",
        "accept_expired_certificates",
        "app_mode",
        "term_id",
    }
    assert merchant.keys.unionpay_private_key not in merchant.given.values()
    assert "PRIVATE KEY" not in repr(merchant.keys)
    assert merchant.given["gateway"] == merchant.sandbox.base_url


@pytest.mark.parametrize(
    "change",
    [
        {"txnAmt": "1"},
        {"signature": "bm90IGEgc2lnbmF0dXJl"},
        {"signature": "?"},
        {"signature": ""},
        {"certId": "1"},
        {"extra": "unsigned"},
    ],
)
async def test_a_message_that_was_touched_is_refused_in_a_signed_answer(
    merchant: Merchant, change: dict[str, str]
) -> None:
    signed = merchant.sign(merchant.sale("01", "000201", "ORDER00001"))
    answer = await merchant.send(APP, signed | change)
    assert (answer["respCode"], answer["respMsg"]) == ("11", "验证签名失败[9100004]")
    assert len(merchant.sandbox.core.ledger) == 0


async def test_another_merchants_key_does_not_sign_for_this_one(merchant: Merchant, other_merchant: Merchant) -> None:
    message = merchant.sale("01", "000201", "ORDER00001")
    forged = other_merchant.sign(message)
    assert (await merchant.send(APP, forged))["respCode"] == "11"


async def test_an_unknown_merchant_hears_so(merchant: Merchant) -> None:
    message = merchant.message("00", "00", "000201", orderId="ORDER00001") | {"merId": "777290058000000"}
    assert (await merchant.call(QUERY, message))["respCode"] == "31"


async def test_what_is_no_form_at_all(merchant: Merchant) -> None:
    for body in (b"\xff\xfe", b"merId=%FF", b"merId=1&merId=2", b"&".join(b"a%d=1" % n for n in range(200))):
        async with merchant.sandbox.session.post(merchant.sandbox.base_url + APP, data=body) as answer:
            assert parse_answer(await answer.read())["respCode"] == "10", body


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("version", "5.0.0", "10"),
        ("version", "", "13"),
        ("encoding", "GBK", "10"),
        ("signMethod", "11", "10"),
        ("accessType", "2", "10"),
        ("txnType", "", "13"),
        ("txnType", "77", "32"),
        ("bizType", "000301", "32"),
        ("channelType", "07", "32"),
        ("orderId", "", "13"),
        ("orderId", "SHORT", "10"),
        ("orderId", "WITH-DASH-1", "10"),
        ("orderId", "WITH_UNDERSCORE", "10"),
        ("orderId", "X" * 33, "10"),
        ("txnTime", "20261109", "10"),
        ("txnTime", "20261399203700", "10"),
        ("txnAmt", "0", "10"),
        ("txnAmt", "012", "10"),
        ("txnAmt", "129.00", "10"),
        ("txnAmt", "１２９", "10"),
        ("currencyCode", "840", "10"),
        ("backUrl", "", "13"),
        ("backUrl", "ftp://shop", "10"),
        ("payTimeout", "tomorrow", "10"),
        ("payTimeout", "20261109203659", "10"),
    ],
)
async def test_a_properly_signed_message_must_still_be_complete_and_well_formed(
    merchant: Merchant, name: str, value: str, code: str
) -> None:
    answer = await merchant.app("ORDER00001", **{name: value})
    assert answer["respCode"] == code
    assert len(merchant.sandbox.core.ledger) == 0
