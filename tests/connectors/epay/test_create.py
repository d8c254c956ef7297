"""Making an order: the platform answers with a page, a code or an app's address, and the customer gets what suits."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.connectors.epay.world import (
    BASE,
    NOW_MS,
    ORDER_NO,
    PID,
    VERSIONS,
    Request,
    http,
    joined,
    md5,
    order,
    shop_with_epay,
    silence,
)

from payswitch.domain.channel import CredentialKind, Environment, Product
from payswitch.domain.outcome import OutcomeKind

E = Environment
PAGE = f"{BASE}/pay/alipay/2026/"


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_order_says_what_the_platform_needs(version: str) -> None:
    client, epay = shop_with_epay(version)
    epay.made("payurl", PAGE)
    answer = await client.create(order(Product.EPAY_WECHAT), 500)
    assert answer.outcome.kind is OutcomeKind.ACCEPTED
    assert answer.credential is not None
    assert (answer.credential.kind, answer.credential.content) == (CredentialKind.REDIRECT, PAGE)
    assert answer.credential.expires_at_ms == NOW_MS + 900_000
    sent = epay.requests[0]
    assert sent.path == {"1": "/mapi.php", "2": "/api/pay/create"}[version]
    assert (sent["pid"], sent["type"], sent["out_trade_no"]) == (PID, "wxpay", ORDER_NO)
    assert (sent["money"], sent["name"], sent["clientip"]) == ("1299.00", "秋冬外套 一件", "14.23.150.211")
    assert sent["notify_url"] == "https://pay.shop.example/notify/epay-main"
    assert sent["return_url"] == "https://shop.example/orders/1?done=1&x=a b"


@pytest.mark.parametrize(
    ("environment", "device", "method"),
    [
        (E.DESKTOP, "pc", "web"),
        (E.RESTRICTED, "pc", "web"),
        (E.MOBILE, "mobile", "web"),
        (E.WECHAT, "wechat", "web"),
        (E.ALIPAY, "alipay", "web"),
        (E.APP, "jump", "jump"),
    ],
)
async def test_the_device_follows_the_customers_screen(environment: E, device: str, method: str) -> None:
    client, epay = shop_with_epay()
    epay.made("payurl", PAGE)
    await client.create(order(environment=environment), 500)
    assert epay.requests[0]["device"] == device
    client, epay = shop_with_epay("2")
    epay.made("payurl", PAGE)
    await client.create(order(environment=environment), 500)
    assert epay.requests[0]["method"] == method
    assert epay.requests[0]["device"] == ("mobile" if device == "jump" else device)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("environment", "offer", "content", "kind", "shown"),
    [
        (E.DESKTOP, "qrcode", "weixin://wxpay/bizpayurl?pr=abc", CredentialKind.QR, None),
        (E.DESKTOP, "qrcode", "https://qr.alipay.com/bax123", CredentialKind.QR, None),
        (E.MOBILE, "qrcode", "https://qr.alipay.com/bax123", CredentialKind.REDIRECT, None),
        (E.MOBILE, "qrcode", "weixin://wxpay/bizpayurl?pr=abc", CredentialKind.QR, None),
        (E.MOBILE, "urlscheme", "weixin://dl/business/?t=abc", CredentialKind.REDIRECT, None),
        (E.DESKTOP, "payurl", "/pay/alipay/2026/", CredentialKind.REDIRECT, PAGE),
    ],
)
async def test_each_offer_becomes_what_the_customer_can_use(
    version: str, environment: E, offer: str, content: str, kind: CredentialKind, shown: str | None
) -> None:
    client, epay = shop_with_epay(version)
    epay.made(offer, content)
    credential = (await client.create(order(environment=environment), 500)).credential
    assert credential is not None
    assert (credential.kind, credential.content) == (kind, shown or content)


async def test_a_platform_that_offers_several_ways() -> None:
    several = {"code": 1, "payurl": PAGE, "qrcode": "https://qr.example/1", "urlscheme": ""}
    for environment, kind, content in (
        (E.DESKTOP, CredentialKind.QR, "https://qr.example/1"),
        (E.MOBILE, CredentialKind.REDIRECT, PAGE),
    ):
        client, epay = shop_with_epay()
        epay.answers(several)
        credential = (await client.create(order(environment=environment), 500)).credential
        assert credential is not None
        assert (credential.kind, credential.content) == (kind, content)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("offer", "content"),
    [
        ("payurl", "javascript:alert(1)"),
        ("payurl", "ftp://x"),
        ("payurl", "http://[broken"),
        ("payurl", ""),
        ("urlscheme", "javascript://%0aalert(1)"),
        ("urlscheme", "DATA:text/html,x"),
        ("urlscheme", "no scheme"),
        ("qrcode", "line\nbreak"),
    ],
)
async def test_nothing_dangerous_or_empty_reaches_a_customer(version: str, offer: str, content: str) -> None:
    client, epay = shop_with_epay(version)
    epay.made(offer, content)
    answer = await client.create(order(environment=E.MOBILE), 500)
    assert answer.outcome.kind is OutcomeKind.UNKNOWN
    assert answer.credential is None


@pytest.mark.parametrize("pay_type", ["jsapi", "app", "scan", "wxplugin", "wxapp", "something"])
async def test_a_way_to_pay_that_cannot_be_shown(pay_type: str) -> None:
    client, epay = shop_with_epay("2")
    epay.made(pay_type, "{}")
    answer = await client.create(order(), 500)
    assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.REFUSED_CHANNEL, f"pay_type_{pay_type}")


async def test_html_is_opened_only_where_it_is_an_address() -> None:
    client, epay = shop_with_epay("2")
    epay.made("html", "<form action=...>")
    assert (await client.create(order(), 500)).outcome.kind is OutcomeKind.REFUSED_CHANNEL
    epay.made("html", PAGE)
    assert (await client.create(order(), 500)).outcome.kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize("version", VERSIONS)
async def test_a_signed_page_needs_no_call(version: str) -> None:
    client, epay = shop_with_epay(version, create="submit")
    answer = await client.create(order(), 500)
    assert answer.credential is not None
    assert answer.credential.kind is CredentialKind.REDIRECT
    assert not epay.requests
    parts = urlsplit(answer.credential.content)
    assert parts.path == {"1": "/submit.php", "2": "/api/pay/submit"}[version]
    params = dict(parse_qsl(parts.query, strict_parsing=True))
    if version == "1":
        assert params["sign"] == md5(params)
    else:
        epay._check(Request("GET", answer.credential.content, b""))


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_customers_words_cannot_become_parameters(version: str) -> None:
    client, epay = shop_with_epay(version)
    epay.made("payurl", PAGE)
    await client.create(order(subject="A&out_trade_no=OTHER&out_x=1\n" + "好" * 60), 500)
    sent = epay.requests[0]
    assert "&" not in sent["name"]
    assert "=" not in sent["name"]
    assert len(sent["name"].encode()) <= 127
    assert joined(sent).count("out_trade_no=") == 1
    await client.create(order(subject="&=\ud800"), 500)
    assert epay.requests[1]["name"] == f"订单 {ORDER_NO}"


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_expired_order_and_a_foreign_product_are_not_sent(version: str) -> None:
    client, epay = shop_with_epay(version)
    late = await client.create(order(expires_at_ms=NOW_MS), 500)
    foreign = await client.create(order(Product.ALIPAY_PAGE), 500)
    assert (late.outcome.kind, foreign.outcome.kind) == (OutcomeKind.REFUSED_ORDER, OutcomeKind.REFUSED_CONFIG)
    assert not epay.requests


@pytest.mark.parametrize("version", VERSIONS)
async def test_without_an_address_to_come_back_to(version: str) -> None:
    client, epay = shop_with_epay(version)
    epay.made("payurl", PAGE)
    await client.create(order(return_url=None), 500)
    assert epay.requests[0]["return_url"] == epay.requests[0]["notify_url"]


@pytest.mark.parametrize("version", VERSIONS)
async def test_trouble_on_the_way(version: str) -> None:
    client, epay = shop_with_epay(version)
    for reply, kind, transient in (
        (silence(), OutcomeKind.UNKNOWN, False),
        (silence(sent=False), OutcomeKind.NOT_SENT, True),
        (http(b"<html>", 502), OutcomeKind.UNKNOWN, True),
        (http(b"<html>"), OutcomeKind.UNKNOWN, True),
        (http(b"", 403), OutcomeKind.UNKNOWN, False),
        (http(b"", 302), OutcomeKind.UNKNOWN, False),
    ):
        epay.breaks(reply)
        outcome = (await client.create(order(), 500)).outcome
        assert (outcome.kind, outcome.transient) == (kind, transient), reply


async def test_only_the_platforms_own_signature_is_believed() -> None:
    client, epay = shop_with_epay("2")
    yes = {"code": 0, "pay_type": "jump", "pay_info": PAGE}
    for signer, more, code in (
        ("stranger", {}, "bad_signature"),
        ("", {}, "unsigned"),
        ("platform", {"timestamp": str(NOW_MS // 1_000 - 301)}, "stale"),
        ("platform", {"timestamp": "soon"}, "stale"),
    ):
        epay.answers(yes, signer=signer, **more)
        answer = await client.create(order(), 500)
        assert (answer.outcome.kind, answer.outcome.code) == (OutcomeKind.UNTRUSTED, code)
        assert answer.credential is None
