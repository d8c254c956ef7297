"""The running service knows when certificates end without keeping a single text of an account."""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.directory import Directory
from payswitch.connectors.registry import CONNECTORS
from payswitch.domain.channel import Channel, Product
from payswitch.kit.certificates import certificate_ends
from payswitch.kit.clock import ManualClock
from payswitch.kit.crypto import load_certificate
from payswitch.kit.ids import SeededIds
from payswitch.sandbox.world import wechat_account

CLOCK = ManualClock()
CHANNEL = Channel(
    channel_id="wechat-main",
    merchant_id="m-1",
    connector="wechatpay",
    name="微信支付·主",
    products=frozenset({Product.WECHAT_NATIVE}),
    upstream="wechat",
)


def account(*, certificate: bool = True) -> dict[str, str]:
    made = wechat_account(
        "wechat-main",
        "http://127.0.0.1:1",
        platform_certificate=certificate,
        public_key=not certificate,
        key_bits=1024,
    )
    return made.connector_account()


def test_the_directory_knows_the_ends_of_the_account_in_use_and_no_other() -> None:
    directory, transport = Directory(CONNECTORS), AiohttpTransport(clock=CLOCK)
    old, new = account(), account(certificate=False)
    directory.open(CHANNEL, old, transport=transport, clock=CLOCK, ids=SeededIds())
    ends_ms = int(load_certificate(old["platform_certificates"]).not_valid_after_utc.timestamp() * 1_000)
    assert [(end.key, end.ends_at_ms) for end in directory.certificates("wechat-main")] == [
        ("platform_certificates", ends_ms)
    ]
    # Somebody validates other keys for it: nothing is in use yet.
    rotated = replace(CHANNEL, version=2)
    client = directory.try_open(rotated, new, transport=transport, clock=CLOCK, ids=SeededIds())
    assert len(directory.certificates("wechat-main")) == 1
    directory.install(rotated, {**directory.clients_of("wechat-main"), 2: client})
    assert directory.certificates("wechat-main") == []
    assert directory.certificates("nowhere") == ()


def test_of_several_that_stand_together_the_last_one_counts() -> None:
    text = account()["platform_certificates"]
    broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"
    (end,) = certificate_ends({"roots": text + broken + text, "broken": broken, "mchid": "1600000000"})
    assert end.key == "roots"
    assert "BEGIN" not in repr(end)
