"""The canary: every secret of every connector's account goes through create, rotate, show, check, errors and the log,
and comes out nowhere; nor does it stand in the database file."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from payswitch.connectors.registry import CONNECTORS
from payswitch.kit.clock import SystemClock
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.world import World
from tests.admin.support import CHANNELS, MASTER_KEY, Desk, a_desk, table
from tests.connectors.conformance.accounts import ACCOUNTS, make_world
from tests.sandbox.support import RunningSandbox, running_sandbox

NOWHERE = "http://127.0.0.1:1"
PASSWORD = "canary-password-of-the-pfx-5d1f"
PIECE = 24
"""A piece of a secret that is this long gives it away."""


@cache
def whole_world() -> World:
    conformance = make_world(NOWHERE)
    return World(base_url=NOWHERE, accounts=[*conformance.accounts, epay_account("epay-v1", NOWHERE, version="1")])


CASES = {**ACCOUNTS, "epay-v1": "epay"}


@dataclass
class Ears:
    """Everything that anybody heard."""

    texts: list[str] = field(default_factory=list)

    def hear(self, text: object) -> None:
        self.texts.append(text if isinstance(text, str) else repr(text))


@pytest.fixture
def ears() -> Iterator[Ears]:
    """Also everything that is logged, stack traces included."""
    heard = Ears()

    def listen(_: Any, __: str, event: Mapping[str, Any]) -> Mapping[str, Any]:
        heard.hear(repr(dict(event)))
        raise structlog.DropEvent

    before = structlog.get_config()
    structlog.configure(processors=[structlog.processors.format_exc_info, listen], cache_logger_on_first_use=False)
    yield heard
    structlog.configure(**before)


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(whole_world(), clock=SystemClock()) as running:
        yield running


def secrets_of(connector: str, account: Mapping[str, str]) -> dict[str, str]:
    """Whatever the connector does not declare to be shown, but for public keys and certificates."""
    shown = CONNECTORS[connector].shown_keys
    found = {key: text for key, text in account.items() if key not in shown and not is_public(text)}
    assert found, "an account without a secret?"
    return found


def is_public(text: str) -> bool:
    if "BEGIN CERTIFICATE" in text or "BEGIN PUBLIC KEY" in text:
        return True
    try:
        serialization.load_der_public_key(base64.b64decode(text, validate=True))
    except ValueError:
        return False
    return True


def pieces_of(secret: str) -> list[str]:
    """A long secret is given away by any long piece of it, whatever its line breaks became."""
    body = "".join(line for line in secret.splitlines() if not line.startswith("-----"))
    if len(body) <= 2 * PIECE:
        return [body]
    return [body[i : i + PIECE] for i in range(0, len(body) - PIECE + 1, PIECE)]


def assert_silent(heard: Ears, secrets: Mapping[str, str]) -> None:
    everything = "\n".join(heard.texts)
    flat = everything.replace("\\n", "").replace("\n", "")
    for key, secret in secrets.items():
        for piece in pieces_of(secret):
            assert piece not in everything, f"{key} got out"
            assert piece not in flat, f"{key} got out"


def canaries(account: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    """The account with something recognisable and useless for every secret, and a key that makes it wrong for sure."""
    useless = {key: f"CANARY-{key}-0123456789abcdef0123456789" for key in secrets}
    return {**account, **useless, "no_such_key": "CANARY-0123456789abcdef0123456789"}


def pfx_account(account: Mapping[str, str]) -> dict[str, str]:
    """UnionPay's other form: key and certificate in one store with a password."""
    key = serialization.load_pem_private_key(account["sign_private_key"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    certificate = x509.load_pem_x509_certificate(account["sign_certificate"].encode())
    lock = serialization.BestAvailableEncryption(PASSWORD.encode())
    store = pkcs12.serialize_key_and_certificates(b"m", key, certificate, None, lock)
    rest = {name: text for name, text in account.items() if name not in ("sign_private_key", "sign_certificate")}
    return {**rest, "sign_pfx_base64": base64.b64encode(store).decode(), "sign_pfx_password": PASSWORD}


async def go_through_everything(desk: Desk, ears: Ears, made: dict[str, Any], secrets: Mapping[str, str]) -> None:
    """A day of an operator with one channel, with every mistake there is."""
    operator, account = desk.operator, made["account"]
    bad = canaries(account, secrets)
    channel = f"{CHANNELS}/{made['channel_id']}"
    ears.hear((await operator.post(CHANNELS, {**made, "account": bad})).text)
    for key in secrets:
        one_bad = {**account, key: bad[key], "no_such_key": bad["no_such_key"]}
        ears.hear((await operator.post(CHANNELS, {**made, "account": one_bad})).text)
        ears.hear((await operator.post(CHANNELS, {**made, "account": {**account, key: [bad[key]]}})).text)
    ears.hear((await operator.post(CHANNELS, {**made, "connector": "nobody"})).text)
    ears.hear((await operator.post(CHANNELS, {**made, "products": []})).text)
    whole = json.dumps(made).encode()
    ears.hear((await operator.send("POST", CHANNELS, whole[:-1], headers={"content-type": "application/json"})).text)
    created = await operator.post(CHANNELS, made)
    assert created.status == 201, created.text
    ears.hear(created.text)
    ears.hear((await operator.post(CHANNELS, made)).text)
    for path, body in (
        ("/rotate", {"revision": 7, "account": account}),
        ("/rotate", {"revision": 1, "account": bad}),
        ("/rotate", {"revision": 1, "account": account}),
        ("/check", {"orders": True}),
        ("/tests", {}),
        ("/enable", None),
    ):
        ears.hear((await operator.post(channel + path, body)).text)
    shown = await operator.get(channel)
    assert [version["version"] for version in shown.json["credentials"]] == [2, 1]
    assert {entry["key"] for entry in shown.json["credentials"][0]["entries"]} == set(account)
    ears.hear(shown.text)
    for path in ("/audit", "/tests/none", ""):
        ears.hear((await operator.get(channel + path)).text)
    ears.hear((await operator.get(CHANNELS)).text)
    ears.hear(repr(desk.app.desk) + repr(desk.app.settings) + repr(await desk.app.store.credentials()))
    ears.hear(repr(await desk.app.store.trail("m-1", kind="channel", object_id=made["channel_id"], limit=100)))


@pytest.mark.parametrize("account_id", sorted([*CASES, "unionpay-pfx"]))
async def test_no_secret_gets_out(account_id: str, sandbox: RunningSandbox, tmp_path: Path, ears: Ears) -> None:
    known = account_id.removesuffix("-pfx")
    connector = CASES[known]
    made = table(sandbox, known, connector)
    if connector == "epay":
        made["account"]["allow_plain_http"] = "true"
    if account_id != known:
        made["account"] = pfx_account(made["account"])
    secrets = secrets_of(connector, made["account"])
    useless = {f"canary of {key}": text for key, text in canaries({}, secrets).items()}

    async with a_desk(sandbox, tmp_path) as desk:
        await go_through_everything(desk, ears, made, secrets)
        files = files_in(tmp_path)
    files += files_in(tmp_path)

    assert any(b"SQLite" in content for content in files)
    for content in files:
        ears.hear(content.decode("latin-1"))
    assert_silent(ears, {**secrets, **useless, "the master key": MASTER_KEY})


def files_in(folder: Path) -> list[bytes]:
    """The database with its log, as they are now."""
    return [path.read_bytes() for path in folder.iterdir() if path.is_file()]


def test_every_connector_has_a_case() -> None:
    """A new connector brings its account along: `tests/connectors/conformance/accounts.py`."""
    assert set(CASES.values()) == set(CONNECTORS)
