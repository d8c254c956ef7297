"""网页授权 against the stand-in: the openid comes once per code, and what is wrong is told apart."""

from __future__ import annotations

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from tests.connectors.wechatpay.conftest import CHANNEL
from tests.sandbox.support import RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.connectors.wechatpay.client import WechatPayClient
from payswitch.connectors.wechatpay.login import _read
from payswitch.domain.channel import Product
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.world import World, wechat_account

BACK = "https://pay.example/checkout/abc/wechat/main"
JSAPI = Product.WECHAT_JSAPI


@pytest.fixture(scope="module")
def world() -> World:
    return World(base_url="http://127.0.0.1:1", accounts=[wechat_account("main", "http://127.0.0.1:1")])


@pytest.fixture
async def sandbox(world: World) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=SystemClock()) as running:
        yield running


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    yield transport
    await transport.aclose()


def client_of(sandbox: RunningSandbox, transport: AiohttpTransport, **changes: str) -> WechatPayClient:
    account = sandbox.world.account("main").connector_account() | changes
    client = CONNECTOR.open(CHANNEL, account, transport=transport, clock=SystemClock(), ids=SystemIds())
    assert isinstance(client, WechatPayClient)
    return client


async def code_from(sandbox: RunningSandbox, address: str) -> tuple[str, str]:
    """The customer's WeChat opens the address and is sent back."""
    async with sandbox.session.get(address, allow_redirects=False) as answer:
        assert answer.status == 302, await answer.text()
        parts = urlsplit(answer.headers["Location"])
    query = parse_qs(parts.query)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == BACK
    return query["code"][0], query["state"][0]


async def test_the_openid_comes_once_for_each_code(sandbox: RunningSandbox, transport: AiohttpTransport) -> None:
    client = client_of(sandbox, transport)
    code, state = await code_from(sandbox, client.login_url(JSAPI, BACK, "s-1") or "")

    told = await client.openid(JSAPI, code, 3_000)
    again = await client.openid(JSAPI, code, 3_000)
    invented = await client.openid(JSAPI, "nobody's", 3_000)

    assert state == "s-1"
    assert told.outcome.kind is OutcomeKind.ACCEPTED
    assert told.openid.startswith("o")
    assert (again.outcome.kind, again.outcome.code, again.openid) == (OutcomeKind.REFUSED_ORDER, "40163", "")
    assert (invented.outcome.kind, invented.outcome.code) == (OutcomeKind.REFUSED_ORDER, "40029")


async def test_a_wrong_secret_is_the_configurations_fault(sandbox: RunningSandbox, transport: AiohttpTransport) -> None:
    client = client_of(sandbox, transport, app_secret="0" * 32)
    code, _ = await code_from(sandbox, client.login_url(JSAPI, BACK, "s") or "")
    told = await client.openid(JSAPI, code, 3_000)
    assert (told.outcome.kind, told.outcome.code) == (OutcomeKind.REFUSED_CONFIG, "40125")


async def test_without_a_secret_nobody_logs_in(sandbox: RunningSandbox, transport: AiohttpTransport) -> None:
    client = client_of(sandbox, transport, app_secret="")
    assert not client.tells_openids
    assert client.login_url(JSAPI, BACK, "s") is None
    assert (await client.openid(JSAPI, "code", 3_000)).outcome.kind is OutcomeKind.REFUSED_CONFIG


async def test_a_mini_program_has_a_login_of_its_own(sandbox: RunningSandbox, transport: AiohttpTransport) -> None:
    assert client_of(sandbox, transport).login_url(Product.WECHAT_MINI, BACK, "s") is None


async def test_the_address_is_as_wechat_wants_it(sandbox: RunningSandbox, transport: AiohttpTransport) -> None:
    address = client_of(sandbox, transport).login_url(JSAPI, BACK, "s") or ""
    query, _, fragment = address.partition("?")[2].partition("#")
    assert list(parse_qs(query)) == ["appid", "redirect_uri", "response_type", "scope", "state"]
    assert fragment == "wechat_redirect"
    assert "app_secret" not in address


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (502, b"<html>", OutcomeKind.UNKNOWN),
        (200, b"\xff\xfe", OutcomeKind.UNKNOWN),
        (200, msgspec.json.encode({"openid": "<script>"}), OutcomeKind.REFUSED_CONFIG),
        (200, b'{"errcode": 40163, "errmsg": "code been used"}', OutcomeKind.REFUSED_ORDER),
        (200, b'{"errcode": -1, "errmsg": "system error"}', OutcomeKind.REFUSED_CHANNEL),
        (200, b'{"openid": "oA-_1"}', OutcomeKind.ACCEPTED),
    ],
)
def test_whatever_comes_back_is_told_apart(status: int, body: bytes, kind: OutcomeKind) -> None:
    assert _read(status, body).outcome.kind is kind
