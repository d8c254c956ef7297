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

from payswitch.domain.channel import Method
from payswitch.drill.contracts import method_of, products_of, terms_of, upstreams_of
from payswitch.drill.ports import free_port
from payswitch.kit.sealing import new_master_key
from payswitch.kit.secrets import fingerprint
from payswitch.sandbox.full_world import make_full_world
from payswitch.sandbox.robots.accounts import Platform, RobotSpec, make_robots
from payswitch.sandbox.world import AccountSpec, World

WORLD_FILE = "sandbox.json"
LEDGER_FILE = "ledger.sqlite"
CONFIG_FILE = "payswitch.toml"
POLICY_FILE = "policy.yaml"
DATABASE_FILE = "payswitch.sqlite"
API_KEY_FILE = "shop-api-key.txt"
WEBHOOK_FILE = "shop-webhook-secret.txt"
OPERATOR_KEY_FILE = "operator-api-key.txt"
MASTER_KEY_FILE = "master.key"
SHOP_ID = "shop-1"
SQUEEZE = 600
"""Orders of a drill live for half a minute, and stand for orders that live for hours: so many times as long."""
MERCHANT_ID = "merchant-1"
OPERATOR_ID = "operator-1"
OWNER_AFTER_MINUTES = 10


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """A prepared folder."""

    folder: Path
    world: World
    api_key: str
    webhook_secret: str
    operator_key: str
    """Opens the admin API: `payswitch channels ... --key-file operator-api-key.txt`."""
    database: str = DATABASE_FILE
    """Of the service: a file in the folder, or an address of PostgreSQL."""

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
        families = ((channel_id, self.world.account(channel_id).family) for channel_id in channels)
        products = (product for channel_id, family in families for product in products_of(channel_id, family))
        return frozenset(method_of(product) for product in products)


def prepare(folder: Path, sandbox_url: str, database: str | None = None) -> Station:
    """Open the folder, making what is not there yet (keys take a few seconds). The world gets this address, and a
    free port for the calls that show a client certificate; it keeps that one for as long as its address stays."""
    folder.mkdir(parents=True, exist_ok=True)
    world_file = folder / WORLD_FILE
    world = World.load(world_file) if world_file.exists() else make_full_world(sandbox_url)
    if not world.robots:  # made by a version whose sandbox had no groups
        world = msgspec.structs.replace(world, robots=make_robots(), base_url="")
    if not world_file.exists() or world.base_url != sandbox_url or not world.base_url_tls:
        world = world.at(sandbox_url, f"https://127.0.0.1:{free_port()}")
        world.save(world_file)
    return Station(
        folder=folder,
        world=world,
        api_key=_kept_secret(folder / API_KEY_FILE, lambda: "sk_sandbox_" + secrets.token_urlsafe(24)),
        webhook_secret=_kept_secret(folder / WEBHOOK_FILE, _new_webhook_secret),
        operator_key=_kept_secret(folder / OPERATOR_KEY_FILE, lambda: "ok_sandbox_" + secrets.token_urlsafe(24)),
        database=database or DATABASE_FILE,
    )


def station_for_run(keys: Station, folder: Path, database: str | None = None) -> Station:
    """A fresh folder for one run with the drill's keys: the same accounts, empty books. `database`: an empty one that
    is not a file in that folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in (*folder.glob("*.sqlite*"), *folder.glob("*.log"), folder / LEDGER_FILE):
        leftover.unlink(missing_ok=True)
    station = msgspec.structs.replace(keys, folder=folder, database=database or DATABASE_FILE)
    keys.world.save(folder / "sandbox.json")
    return station


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
    policy: str = "",
) -> Path:
    """Write `payswitch.toml` for `payswitch serve`. An existing one is kept beside it as `payswitch.toml.bak`."""
    text = config_text(
        station,
        service_url=service_url,
        notify_url=notify_url,
        channels=channels,
        log_level=log_level,
        policy_file=POLICY_FILE if policy else None,
    )
    _kept_secret(station.folder / MASTER_KEY_FILE, new_master_key)
    if policy:
        (station.folder / POLICY_FILE).write_text(policy, "utf-8")
    if station.config.exists() and station.config.read_text("utf-8") != text:
        shutil.copy2(station.config, station.config.with_name(CONFIG_FILE + ".bak"))
    write_private(station.config, text)
    return station.config


def config_text(
    station: Station,
    *,
    service_url: str,
    notify_url: str | None,
    channels: Sequence[str] = (),
    log_level: str = "info",
    policy_file: str | None = None,
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
        "static_code": True,
    }
    service = {
        "host": host,
        "port": int(port),
        "database": station.database,
        "public_url": service_url,
        "log_level": log_level,
        "policy": policy_file,
        "master_key_file": MASTER_KEY_FILE,
        # The sandbox's shop listens on this machine.
        "allow_private_networks": True,
        "sandbox_url": station.world.base_url,
    }
    operator = {
        "operator_id": OPERATOR_ID,
        "name": "沙箱运营 / Sandbox operator",
        "merchant_ids": [MERCHANT_ID],
        "api_key_sha256": fingerprint(station.operator_key),
    }
    tables = [
        "# Made by PaySwitch for its sandbox: keys in here open nothing but that sandbox.",
        _table("[service]", service),
        _table("[timings]", {"squeeze": SQUEEZE}),
        _table("[[shops]]", shop),
        _table("[[operators]]", operator),
    ]
    for robot in station.world.robots:
        tables.append(_table("[[alert_receivers]]", _receiver(robot)))
        tables.append(_table("[alert_receivers.address]", _robot_address(robot, station.world.base_url)))
    for account in station.world.accounts:
        if not channels or account.channel_id in channels:
            tables.append(_table("[[channels]]", _channel(account)))
            if upstreams := upstreams_of(account.channel_id, account.family):
                tables.append(_table("[channels.upstreams]", upstreams))
            tables.append(_table("[channels.account]", account.connector_account()))
    return "\n\n".join(tables) + "\n"


def _receiver(robot: RobotSpec) -> dict[str, object]:
    """The owner's group is told when nobody of those on duty has acknowledged for ten minutes."""
    return {
        "receiver_id": robot.robot_id,
        "name": robot.name,
        "kind": robot.platform.value,
        "after_minutes": OWNER_AFTER_MINUTES if robot.platform is Platform.WECOM else 0,
        "language": "en" if robot.platform is Platform.FEISHU else "zh",
    }


def _robot_address(robot: RobotSpec, base_url: str) -> dict[str, object]:
    address = {"url": robot.url(base_url), "secret": robot.secret, "keyword": robot.keyword}
    return {name: value for name, value in address.items() if value}


def _channel(account: AccountSpec) -> dict[str, object]:
    channel_id, family = account.channel_id, account.family
    terms = terms_of(channel_id, family)
    return {
        "channel_id": channel_id,
        "merchant_id": MERCHANT_ID,
        "connector": family,
        "name": account.name,
        "products": [product.value for product in products_of(channel_id, family)],
        "upstream": terms.upstream,
        "tier": terms.tier,
        "fee_bp": terms.fee_bp,
        "max_fen": terms.max_fen,
        "daily_cap_fen": terms.daily_cap_fen,
        "tags": list(terms.tags),
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
