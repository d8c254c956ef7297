"""The page's `onvalidatemerchant`: Apple is asked under our certificate, and nobody else can ever be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.connectors.applepay.world import (
    DOMAIN,
    MERCHANT,
    SESSION,
    SESSION_URL,
    VALIDATION_URL,
    identity,
    shop_with_apple_pay,
)
from tests.connectors.unionpay.world import http

from payswitch.connectors.applepay.hosts import APPLES, GATEWAYS, is_apples
from payswitch.connectors.transport import SendFailure
from payswitch.domain.outcome import OutcomeKind

SSRF = [
    "",
    "http://apple-pay-gateway.apple.com/paymentservices/startSession",
    "https://apple-pay-gateway.apple.com.evil.example/paymentservices/startSession",
    "https://evil.example/apple-pay-gateway.apple.com/paymentservices/startSession",
    "https://evil.example/paymentservices/startSession",
    "https://apple-pay-gateway.apple.com@evil.example/paymentservices/startSession",
    "https://evil.example#@apple-pay-gateway.apple.com/paymentservices/startSession",
    "https://evil.example\\@apple-pay-gateway.apple.com/paymentservices/startSession",
    "https://apple-pay-gateway.apple.com:8443/paymentservices/startSession",
    "https://apple-pay-gateway.apple.com:443/paymentservices/startSession",
    "https://user:pw@apple-pay-gateway.apple.com/paymentservices/startSession",
    "https://apple-pay-gateway.apple.com/paymentservices/startSession?to=evil",
    "https://apple-pay-gateway.apple.com/paymentservices/startSession#x",
    "https://apple-pay-gateway.apple.com/paymentservices/../admin",
    "https://apple-pay-gateway.apple.com/paymentservices/startSession/",
    "https://apple-pay-gateway.apple.com/",
    "https://APPLE-PAY-GATEWAY.apple.com./paymentservices/startSession",
    "https://xapple-pay-gateway.apple.com/paymentservices/startSession",
    "https://store.apple.com/paymentservices/startSession",
    "https://169.254.169.254/paymentservices/startSession",
    "https://127.0.0.1/paymentservices/startSession",
    "https://[::1]/paymentservices/startSession",
    "https://[apple-pay-gateway.apple.com/paymentservices/startSession",
    "https://apple-pay-gateway。apple.com/paymentservices/startSession",
    " https://apple-pay-gateway.apple.com/paymentservices/startSession",
    "https://apple-pay-gateway.apple.com/paymentservices/startSession\r\nHost: evil.example",
    "https://apple-pay-gateway.apple.com\t/paymentservices/startSession",
    "file:///etc/passwd",
    "gopher://apple-pay-gateway.apple.com/paymentservices/startSession",
    "//apple-pay-gateway.apple.com/paymentservices/startSession",
    "apple-pay-gateway.apple.com",
    "https://" + "a" * 5_000,
]


async def test_apple_is_asked_as_its_document_says_and_the_answer_is_handed_on_byte_for_byte() -> None:
    client, world = shop_with_apple_pay()
    answer = await client.merchant_session(VALIDATION_URL, DOMAIN, 500)
    assert (answer.outcome.kind, answer.session) == (OutcomeKind.ACCEPTED, SESSION)
    ((url, body, tls),) = world.asked
    assert url == SESSION_URL
    assert body == {
        "merchantIdentifier": MERCHANT,
        "displayName": "秋冬小店",
        "initiative": "web",
        "initiativeContext": DOMAIN,
    }
    assert tls is not None
    assert tls.certificate_pem == identity().strip()


@pytest.mark.parametrize(("region", "host"), sorted(GATEWAYS.items()))
async def test_the_account_says_which_gateway_is_called_never_the_browser(region: str, host: str) -> None:
    client, world = shop_with_apple_pay(apple_region=region)
    for named in sorted(APPLES):
        assert (await client.merchant_session(f"https://{named}/paymentservices/startSession", DOMAIN, 500)).session
    assert {url for url, _, _ in world.asked} == {f"https://{host}/paymentservices/paymentSession"}


@pytest.mark.parametrize("validation_url", SSRF)
async def test_no_other_address_is_ever_called(validation_url: str) -> None:
    client, world = shop_with_apple_pay()
    answer = await client.merchant_session(validation_url, DOMAIN, 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "validation_url")
    assert not answer.session
    assert not world.asked
    assert validation_url not in answer.outcome.message or not validation_url


@given(st.text(max_size=80) | st.from_regex(r"https://[a-z.@:/\\#?-]{1,60}", fullmatch=True))
def test_only_listed_hosts_are_apples(url: str) -> None:
    if is_apples(url, APPLES):
        assert any(url.startswith(f"https://{host}/paymentservices") for host in APPLES)


@pytest.mark.parametrize("domain", ["evil.example", "", "pay.shop.example.evil.example", "shop.example", "*"])
async def test_a_domain_that_is_not_registered_is_not_asked_for(domain: str) -> None:
    client, world = shop_with_apple_pay()
    answer = await client.merchant_session(VALIDATION_URL, domain, 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "domain")
    assert not world.asked


async def test_a_sandbox_account_calls_its_sandbox_and_never_apple() -> None:
    client, world = shop_with_apple_pay(base_url_tls="https://127.0.0.1:9443", ca_certificate=identity())
    for url in (VALIDATION_URL, "https://127.0.0.1:9443/paymentservices/paymentSession"):
        assert (await client.merchant_session(url, DOMAIN, 500)).session
    refused = await client.merchant_session("https://127.0.0.1:9444/paymentservices/paymentSession", DOMAIN, 500)
    assert refused.outcome.code == "validation_url"
    assert {url for url, _, _ in world.asked} == {"https://127.0.0.1:9443/paymentservices/paymentSession"}
    assert all(tls is not None and tls.trusted_ca_pem == identity().strip() for _, _, tls in world.asked)


@pytest.mark.parametrize(
    ("status", "kind", "transient"),
    [
        (400, OutcomeKind.REFUSED_CONFIG, False),
        (401, OutcomeKind.REFUSED_CONFIG, False),
        (403, OutcomeKind.REFUSED_CONFIG, False),
        (417, OutcomeKind.REFUSED_CHANNEL, True),
        (429, OutcomeKind.REFUSED_CHANNEL, True),
        (500, OutcomeKind.REFUSED_CHANNEL, True),
        (503, OutcomeKind.REFUSED_CHANNEL, True),
        (302, OutcomeKind.REFUSED_CONFIG, False),
    ],
)
async def test_apples_complaints_are_told_in_its_own_words(status: int, kind: OutcomeKind, transient: bool) -> None:
    client, world = shop_with_apple_pay()
    words = "Payment Services Exception merchantId=AB not registered for domain=pay.shop.example"
    world.apple = lambda: http(f'{{"statusCode":"{status}","statusMessage":"{words}"}}', status)
    outcome = (await client.merchant_session(VALIDATION_URL, DOMAIN, 500)).outcome
    assert (outcome.kind, outcome.code, outcome.message) == (kind, f"http_{status}", words)
    assert outcome.transient is transient


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"<html>", b'"text"', b'{"a":', b"\xff", b'{"a":"' + b"x" * 70_000 + b'"}']
)
async def test_what_is_no_session_is_not_handed_to_the_page(body: bytes) -> None:
    client, world = shop_with_apple_pay()
    world.apple = lambda: http(body)
    answer = await client.merchant_session(VALIDATION_URL, DOMAIN, 500)
    assert (answer.outcome.kind, answer.outcome.code, answer.session) == (OutcomeKind.UNKNOWN, "unreadable", b"")


async def test_a_complaint_that_cannot_be_read_is_a_complaint_all_the_same() -> None:
    client, world = shop_with_apple_pay()
    world.apple = lambda: http(b"\xff<html>", 400)
    outcome = (await client.merchant_session(VALIDATION_URL, DOMAIN, 500)).outcome
    assert (outcome.kind, outcome.message) == (OutcomeKind.REFUSED_CONFIG, "")


async def test_a_refused_certificate_was_not_sent() -> None:
    client, world = shop_with_apple_pay()
    world.apple = lambda: SendFailure(sent=False, code="tls_failed", latency_ms=3)
    answer = await client.merchant_session(VALIDATION_URL, DOMAIN, 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.NOT_SENT, "tls_failed")
