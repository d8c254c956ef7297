"""A shop in certificate mode: which certificates it names, and which of Alipay's it believes."""

from __future__ import annotations

import hashlib

import pytest
from tests.connectors.alipay.authority import (
    alipay_certificate,
    app_certificate,
    certificate_account,
    elliptic_root,
    intermediate,
    issue,
    name,
    pem,
    root,
    second_root,
    sm2_root_pem,
)
from tests.connectors.alipay.world import (
    ORDER_NO,
    FakeAlipay,
    key,
    open_client,
    order,
    order_ref,
    paid_notification,
    posted,
)

from payswitch.connectors.alipay.certificates import (
    certificate_sn,
    descends_from,
    root_certificate_sn,
)
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.bundles import load_bundle
from payswitch.kit.crypto import KeyFormatError


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - Alipay's numbering, not a protection


ISSUER = "CN=Ant Financial Certification Authority Class 2 R1,OU=Certification Authority,O=Ant Financial,C=CN"
APP_SN = md5(ISSUER + "987654321")
ALIPAY_SN = md5(ISSUER + str(0x2019_0711_0000_0001_2345_6789))
ROOT_SN = (
    md5(
        "CN=Ant Financial Certification Authority R1,OU=Certification Authority,O=Ant Financial,C=CN"
        + str(0x47BB0D77_C3F8_4A4C)
    )
    + "_"
    + md5("CN=iTrusChina Class 2 Root CA - G3,OU=China Trust Network,O=iTrusChina,C=CN77")
)


def test_the_serial_number_is_over_the_issuer_written_backwards_and_the_decimal_number() -> None:
    assert certificate_sn(app_certificate()) == APP_SN
    forwards = "C=CN,O=Ant Financial,OU=Certification Authority,CN=Ant Financial Certification Authority Class 2 R1"
    assert certificate_sn(app_certificate()) != md5(forwards + "987654321")


def test_only_roots_signed_with_rsa_count() -> None:
    bundle = load_bundle(certificate_account()["alipay_root_certificate"])
    assert len(bundle) == 4
    assert root_certificate_sn(bundle) == ROOT_SN
    assert root_certificate_sn([elliptic_root(), *load_bundle(sm2_root_pem())]) == ""


def test_a_bundle_with_text_around_is_read_and_nonsense_is_not() -> None:
    assert load_bundle(f"Bag Attributes\n{pem(root())}\nsome words\n{pem(second_root())}") == [root(), second_root()]
    for text in ("", "hello", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"):
        with pytest.raises(KeyFormatError):
            load_bundle(text)


def test_alipays_certificate_must_descend_from_its_root() -> None:
    certificate = alipay_certificate()
    assert descends_from(certificate, [intermediate()], [root()])
    assert descends_from(intermediate(), [], [second_root(), root()])
    assert not descends_from(certificate, [], [root()])
    assert not descends_from(certificate, [intermediate()], [second_root()])
    assert not descends_from(certificate, load_bundle(sm2_root_pem()), [elliptic_root()])


def test_a_merchants_certificate_cannot_vouch_for_another() -> None:
    """The application's certificate is a real one of Alipay's, but no authority."""
    forged = issue(name("forged"), key("stranger"), app_certificate().subject, key("app"), serial=5)
    assert not descends_from(forged, [app_certificate(), intermediate()], [root()])


def test_a_ring_of_authorities_ends() -> None:
    one, two = name("one"), name("two")
    first = issue(one, key("issuing"), two, key("stranger"), serial=1, authority=True)
    second = issue(two, key("stranger"), one, key("issuing"), serial=2, authority=True)
    leaf = issue(name("leaf"), key("app"), one, key("issuing"), serial=3)
    assert not descends_from(leaf, [first, second], [root()])


async def test_every_request_names_the_certificates() -> None:
    alipay = FakeAlipay(cert_sn=ALIPAY_SN)
    client = open_client(certificate_account(), alipay)
    alipay.succeeds(out_trade_no=ORDER_NO, trade_status="TRADE_SUCCESS", total_amount="1299.00")

    fact = await client.query(order_ref(), 500)

    assert fact.outcome.kind is OutcomeKind.PAID
    sent = alipay.requests[0]
    assert sent["app_cert_sn"] == APP_SN
    assert sent["alipay_root_cert_sn"] == ROOT_SN
    answer = await client.create(order(Product.ALIPAY_APP), 500)
    assert answer.credential is not None
    assert f"app_cert_sn={APP_SN}" in answer.credential.content


@pytest.mark.parametrize("cert_sn", ["", "0" * 32, APP_SN])
async def test_an_answer_that_names_another_certificate_is_not_believed(cert_sn: str) -> None:
    alipay = FakeAlipay(cert_sn=cert_sn)
    client = open_client(certificate_account(), alipay)
    alipay.succeeds(out_trade_no=ORDER_NO, trade_status="TRADE_SUCCESS", total_amount="1299.00")
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.UNTRUSTED


async def test_the_right_number_with_the_wrong_key_is_not_believed() -> None:
    alipay = FakeAlipay(signer="issuing", cert_sn=ALIPAY_SN)
    client = open_client(certificate_account(), alipay)
    alipay.succeeds(out_trade_no=ORDER_NO, trade_status="TRADE_SUCCESS", total_amount="1299.00")
    assert (await client.query(order_ref(), 500)).outcome.kind is OutcomeKind.UNTRUSTED


def test_a_notification_is_checked_with_the_certificates_key() -> None:
    client = open_client(certificate_account(), FakeAlipay())
    assert client.read_notify(posted(paid_notification())).outcome.kind is OutcomeKind.ACCEPTED
    named = paid_notification(alipay_cert_sn=ALIPAY_SN)
    assert client.read_notify(posted(named)).outcome.kind is OutcomeKind.ACCEPTED
    other = paid_notification(alipay_cert_sn="0" * 32)
    assert client.read_notify(posted(other)).outcome.kind is OutcomeKind.UNTRUSTED
    assert client.read_notify(posted(paid_notification(), signer="app")).outcome.kind is OutcomeKind.UNTRUSTED
