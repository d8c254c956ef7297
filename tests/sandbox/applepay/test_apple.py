"""Apple's side of the sandbox: sessions for whoever shows the right certificate, tokens as devices make them."""

from __future__ import annotations

import base64
import hashlib
import ssl
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7
from tests.sandbox.support import RunningSandbox, running_sandbox

from payswitch.kit.clock import ManualClock
from payswitch.kit.secrets import Secret
from payswitch.kit.tls import load_identity
from payswitch.sandbox.applepay.accounts import DOMAIN, applepay_account
from payswitch.sandbox.applepay.cms import is_signed
from payswitch.sandbox.applepay.envelope import private_key, public_bytes
from payswitch.sandbox.applepay.keys import ApplepayKeys
from payswitch.sandbox.applepay.opening import open_token
from payswitch.sandbox.applepay.sessions import VALID_MS
from payswitch.sandbox.unionpay.codes import Refused
from payswitch.sandbox.world import World

SESSION = "/paymentservices/paymentSession"


@pytest.fixture(scope="module")
def apple_world() -> World:
    accounts = [applepay_account("http://127.0.0.1:1", name) for name in ("apple-a", "apple-b")]
    return World(base_url="http://127.0.0.1:1", accounts=accounts)


@pytest.fixture
async def apple(apple_world: World, night: ManualClock) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(apple_world, clock=night) as sandbox:
        yield sandbox


def keys_of(apple: RunningSandbox, account: str = "apple-a") -> ApplepayKeys:
    keys = apple.world.account(account).keys
    assert isinstance(keys, ApplepayKeys)
    return keys


def ask_of(keys: ApplepayKeys, **changes: Any) -> dict[str, Any]:
    return {
        "merchantIdentifier": keys.merchant_identifier,
        "displayName": "小店",
        "initiative": "web",
        "initiativeContext": DOMAIN,
    } | changes


async def session(apple: RunningSandbox, body: Any, shown: str | None = "apple-a") -> tuple[int, dict[str, Any]]:
    """Ask the TLS port, with this account's certificate."""
    context = ssl.create_default_context(cadata=apple.world.authority.certificate)
    if shown is not None:
        keys = keys_of(apple, shown)
        load_identity(context, keys.client_certificate, Secret(keys.identity_private_key))
    async with (
        aiohttp.ClientSession() as caller,
        caller.post(apple.world.base_url_tls + SESSION, json=body, ssl=context) as answer,
    ):
        return answer.status, await answer.json()


async def device(apple: RunningSandbox, **sheet: Any) -> tuple[int, dict[str, Any]]:
    body = {"account": "apple-a", "amount_fen": 100} | sheet
    async with apple.session.post(f"{apple.base_url}/_sandbox/applepay/token", json=body) as answer:
        return answer.status, await answer.json()


async def test_a_session_for_the_merchant_who_shows_its_certificate(apple: RunningSandbox) -> None:
    keys = keys_of(apple)
    status, made = await session(apple, ask_of(keys))
    assert status == 200
    assert made["merchantIdentifier"] == hashlib.sha256(keys.merchant_identifier.encode()).hexdigest().upper()
    assert (made["domainName"], made["displayName"]) == (DOMAIN, "小店")
    assert made["expiresAt"] - made["epochTimestamp"] == VALID_MS


async def test_nobody_gets_a_session_without_a_certificate(apple: RunningSandbox) -> None:
    assert (await session(apple, ask_of(keys_of(apple)), shown=None))[0] == 401
    async with apple.session.post(apple.base_url + SESSION, json=ask_of(keys_of(apple))) as answer:
        assert answer.status == 401


async def test_a_certificate_speaks_for_its_own_merchant_only(apple: RunningSandbox) -> None:
    status, told = await session(apple, ask_of(keys_of(apple)), shown="apple-b")
    assert status == 417
    assert "not a registered merchant" in told["statusMessage"]


@pytest.mark.parametrize(
    "changes",
    [
        {"initiativeContext": "evil.example"},
        {"initiative": "messaging"},
        {"displayName": ""},
        {"displayName": "长" * 65},
        {"initiativeContext": None},
    ],
)
async def test_what_apple_refuses(apple: RunningSandbox, changes: dict[str, Any]) -> None:
    status, told = await session(apple, ask_of(keys_of(apple), **changes))
    assert (status, told["statusCode"]) == (400, "400")


async def test_a_device_takes_a_session_once_and_in_its_time(apple: RunningSandbox, night: ManualClock) -> None:
    _, made = await session(apple, ask_of(keys_of(apple)))
    assert (await device(apple, session=made))[0] == 200
    assert (await device(apple, session=made))[0] == 409
    _, made = await session(apple, ask_of(keys_of(apple)))
    night.advance(ms=VALID_MS + 1)
    assert (await device(apple, session=made))[0] == 409


async def test_a_device_takes_no_session_that_apple_did_not_make(apple: RunningSandbox) -> None:
    _, made = await session(apple, ask_of(keys_of(apple)))
    assert (await device(apple, session=made | {"domainName": "evil.example"}))[0] == 409
    assert (await device(apple, session={}))[0] == 409
    assert (await device(apple, session=made, account="apple-b"))[0] == 409


@pytest.mark.parametrize("sheet", [{"account": "nobody"}, {"amount_fen": "1"}, {"evil": 1}])
async def test_a_wish_that_makes_no_sense(apple: RunningSandbox, sheet: dict[str, Any]) -> None:
    assert (await device(apple, **sheet))[0] == 400


async def test_a_token_has_apples_outer_form(apple: RunningSandbox) -> None:
    keys = keys_of(apple)
    token = (await device(apple))[1]["token"]
    data, header = token["paymentData"], token["paymentData"]["header"]
    assert sorted(data) == ["data", "header", "signature", "version"]
    assert token["transactionIdentifier"].lower() == header["transactionId"]
    processing = public_bytes(private_key(keys.processing_private_key).public_key())
    assert base64.b64decode(header["publicKeyHash"]) == hashlib.sha256(processing).digest()
    shown = pkcs7.load_der_pkcs7_certificates(base64.b64decode(data["signature"]))
    oids = {extension.oid.dotted_string for certificate in shown for extension in certificate.extensions}
    assert {"1.2.840.113635.100.6.29", "1.2.840.113635.100.6.2.14"} <= oids
    root = x509.load_pem_x509_certificate(keys.root_certificate.encode())
    leaf, middle = sorted(shown, key=lambda c: "Integration" in c.subject.rfc4514_string())
    leaf.verify_directly_issued_by(middle)
    middle.verify_directly_issued_by(root)


async def test_every_token_is_another(apple: RunningSandbox) -> None:
    tokens = [(await device(apple))[1]["token"]["paymentData"] for _ in range(3)]
    assert len({token["header"]["transactionId"] for token in tokens}) == 3
    assert len({token["header"]["ephemeralPublicKey"] for token in tokens}) == 3


@pytest.mark.parametrize("text", ["", "%%", base64.b64encode(b"{}").decode(), base64.b64encode(b"[1]").decode()])
async def test_the_acquirer_opens_tokens_only(apple: RunningSandbox, text: str) -> None:
    with pytest.raises(Refused) as caught:
        open_token(text, keys_of(apple))
    assert caught.value.code == "10"


@pytest.mark.parametrize(
    "signature", [b"", b"\x30", b"\x30\x80", b"\x30\x02\x05\x00", bytes(40), b"\x30\x05\x30\x03\x30"]
)
def test_a_signature_that_is_none_proves_nothing(apple_world: World, signature: bytes) -> None:
    keys = apple_world.account("apple-a").keys
    assert isinstance(keys, ApplepayKeys)
    assert not is_signed(b"content", signature, keys.token_certificate)


def test_the_world_survives_its_file(apple_world: World) -> None:
    again = World.from_json(apple_world.to_json())
    assert again.account("apple-a").connector_account() == apple_world.account("apple-a").connector_account()
    account = again.account("apple-a").connector_account()
    keys = again.account("apple-a").keys
    assert isinstance(keys, ApplepayKeys)
    for secret in (keys.processing_private_key, keys.token_private_key, keys.acquirer.unionpay_private_key):
        assert secret not in account.values()
    assert repr(keys) == "ApplepayKeys(merchant_identifier='merchant.com.example.apple-a')"
