"""One folder with everything that a service and a sandbox need to run together: keys, configuration, data files.

Keys are dear to make, so a folder that has them keeps them: the second start is fast. Everything secret in it is
readable by its owner only.
"""

from __future__ import annotations

import base64
import os
import secrets
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec

from payswitch.domain.channel import Method, Product
from payswitch.kit.secrets import fingerprint
from payswitch.sandbox.world import AccountSpec, World, make_world

WORLD_FILE = "sandbox.json"
LEDGER_FILE = "ledger.sqlite"
CONFIG_FILE = "payswitch.toml"
DATABASE_FILE = "payswitch.sqlite"
API_KEY_FILE = "shop-api-key.txt"
WEBHOOK_FILE = "shop-webhook-secret.txt"
SHOP_ID = "shop-1"
SQUEEZE = 600
"""Orders of a drill live for half a minute, and stand for orders that live for hours: so many times as long."""
MERCHANT_ID = "merchant-1"

PRODUCTS: Mapping[str, tuple[Product, ...]] = {
    "wechatpay": (Product.WECHAT_JSAPI, Product.WECHAT_NATIVE, Product.WECHAT_H5, Product.WECHAT_APP),
    "alipay": (
        Product.ALIPAY_PRECREATE,
        Product.ALIPAY_WAP,
        Product.ALIPAY_PAGE,
        Product.ALIPAY_APP,
        Product.HUABEI_PRECREATE,
        Product.HUABEI_WAP,
        Product.HUABEI_PAGE,
        Product.HUABEI_APP,
    ),
}
"""By channel family: what the sandbox's accounts have signed for."""


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop agreed with one channel: what routing weighs."""

    upstream: str
    tier: int
    fee_bp: int


_FAMILY_TERMS = {
    "wechatpay": Terms(upstream="wechat", tier=1, fee_bp=60),
    "alipay": Terms(upstream="alipay", tier=1, fee_bp=60),
}
_TERMS = {
    "wechat-backup": Terms(upstream="wechat", tier=2, fee_bp=60),
    "alipay-backup": Terms(upstream="alipay", tier=2, fee_bp=55),
    "bank-alipay": Terms(upstream="bank", tier=3, fee_bp=38),
}


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A prepared folder."""

    folder: Path
    world: World
    api_key: str
    webhook_secret: str

    def __repr__(self) -> str:
        return f"Station({str(self.folder)!r})"

    @property
    def channel_ids(self) -> list[str]:
        return [account.channel_id for account in self.world.accounts]

    @property
    def config(self) -> Path:
        return self.folder / CONFIG_FILE

    def methods(self, channels: Sequence[str]) -> frozenset[Method]:
        """What customers can pay with when the service has these channels."""
        families = {self.world.account(channel_id).family for channel_id in channels}
        products = (product for family in families for product in PRODUCTS[family])
        return frozenset(Method(product.value.partition("_")[0]) for product in products)


def prepare(folder: Path, sandbox_url: str) -> Station:
    """Open the folder, making what is not there yet (keys take a second or two). The world gets this address."""
    folder.mkdir(parents=True, exist_ok=True)
    world_file = folder / WORLD_FILE
    world = World.load(world_file) if world_file.exists() else make_world(sandbox_url)
    if not world_file.exists() or world.base_url != sandbox_url:
        world = world.at(sandbox_url)
        world.save(world_file)
    return Station(
        folder=folder,
        world=world,
        api_key=_kept_secret(folder / API_KEY_FILE, lambda: "sk_sandbox_" + secrets.token_urlsafe(24)),
        webhook_secret=_kept_secret(folder / WEBHOOK_FILE, _new_webhook_secret),
    )


def _new_webhook_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def _kept_secret(path: Path, make: Callable[[], str]) -> str:
    if path.exists():
        return path.read_text("ascii").strip()
    text = make()
    write_private(path, text + "\n")
    return text


def write_private(path: Path, text: str) -> None:
    """For the owner's eyes only, from the first byte."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def write_config(
    station: Station,
    *,
    service_url: str,
    notify_url: str | None,
    channels: Sequence[str] = (),
    log_level: str = "info",
) -> Path:
    """Write `payswitch.toml` for `payswitch serve`. An existing one is kept beside it as `payswitch.toml.bak`."""
    text = config_text(station, service_url=service_url, notify_url=notify_url, channels=channels, log_level=log_level)
    if station.config.exists() and station.config.read_text("utf-8") != text:
        shutil.copy2(station.config, station.config.with_name(CONFIG_FILE + ".bak"))
    write_private(station.config, text)
    return station.config


def config_text(
    station: Station, *, service_url: str, notify_url: str | None, channels: Sequence[str] = (), log_level: str = "info"
) -> str:
    """The configuration of a service with these channels of the sandbox (none named: all)."""
    host, _, port = service_url.removeprefix("http://").partition(":")
    shop = {
        "shop_id": SHOP_ID,
        "merchant_id": MERCHANT_ID,
        "name": "沙箱店铺 / Sandbox shop",
        "notify_url": notify_url,
        "webhook_secret": station.webhook_secret,
        "api_key_sha256": fingerprint(station.api_key),
    }
    service = {
        "host": host,
        "port": int(port),
        "database": DATABASE_FILE,
        "public_url": service_url,
        "log_level": log_level,
        # The sandbox's shop listens on this machine.
        "allow_private_networks": True,
    }
    tables = [
        "# Made by PaySwitch for its sandbox: keys in here open nothing but that sandbox.",
        _table("[service]", service),
        _table("[timings]", {"squeeze": SQUEEZE}),
        _table("[[shops]]", shop),
    ]
    for account in station.world.accounts:
        if not channels or account.channel_id in channels:
            tables.append(_table("[[channels]]", _channel(account)))
            tables.append(_table("[channels.account]", account.connector_account()))
    return "\n\n".join(tables) + "\n"


def _channel(account: AccountSpec) -> dict[str, object]:
    terms = _TERMS.get(account.channel_id, _FAMILY_TERMS[account.family])
    return {
        "channel_id": account.channel_id,
        "merchant_id": MERCHANT_ID,
        "connector": account.family,
        "name": account.name,
        "products": [product.value for product in PRODUCTS[account.family]],
        "upstream": terms.upstream,
        "tier": terms.tier,
        "fee_bp": terms.fee_bp,
        "tags": ["bank"] if terms.tier == 3 else [],
    }


def _table(name: str, values: Mapping[str, object]) -> str:
    """One TOML table. JSON strings are TOML basic strings; PEM texts read better over several lines."""
    lines = [name]
    for key, value in values.items():
        if value is None:
            continue
        if isinstance(value, str) and "\n" in value and "'" not in value:
            lines.append(f"{key} = '''\n{value.rstrip()}\n'''")
        else:
            lines.append(f"{key} = {msgspec.json.encode(value).decode()}")
    return "\n".join(lines)
