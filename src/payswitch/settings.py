"""One frozen, typed settings object from `payswitch.toml` and `PAYSWITCH_*`; fails loudly at start, all at once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from payswitch.domain.channel import Channel, Product
from payswitch.domain.payment import Shop
from payswitch.kit.secrets import Secret
from payswitch.services.timings import Timings

ENV_PREFIX = "PAYSWITCH_"


class SettingsError(ValueError):
    """The configuration cannot be used: `problems` say where, what and how to mend it."""

    def __init__(self, source: str, problems: list[str]) -> None:
        super().__init__(f"{source}:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The `[service]` table. Each field can be overridden by `PAYSWITCH_<FIELD>`."""

    host: str = "127.0.0.1"
    port: int = 8080
    database: str = "payswitch.sqlite"
    """A file, relative to the configuration file."""
    public_url: str | None = None
    """Where channels and customers reach this service; default `http://host:port`."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    policy: str | None = None
    """A policy document (YAML), relative to the configuration file; none: the default policy."""
    live_page: Literal["loopback", "public", "off"] = "loopback"
    allow_private_networks: bool = False
    """Whether events may be sent to loopback and private addresses: for tests and demos."""


class ShopSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[shops]]` table."""

    shop_id: str
    merchant_id: str
    name: str
    notify_url: str | None = None
    webhook_secret: str
    """`whsec_<base64>`; several, separated by spaces, while a secret is being changed."""
    api_key_sha256: str
    """SHA-256 (hex) of the API key; several, separated by spaces."""

    def shop(self) -> Shop:
        return Shop(
            shop_id=self.shop_id, merchant_id=self.merchant_id, name=self.name, notify_url=self.notify_url
        )

    def secrets(self) -> list[Secret]:
        return [Secret(text) for text in self.webhook_secret.split()]

    def key_fingerprints(self) -> list[str]:
        return self.api_key_sha256.lower().split()


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One `[[channels]]` table; `account` holds what the connector needs."""

    channel_id: str
    merchant_id: str
    connector: str
    name: str
    version: int = 1
    products: frozenset[Product]
    upstream: str
    enabled: bool = True
    tier: int = 1
    fee_bp: int = 60
    min_fen: int = 1
    max_fen: int | None = None
    daily_cap_fen: int | None = None
    tags: frozenset[str] = frozenset()
    account: dict[str, str]

    def channel(self) -> Channel:
        fields = {name: getattr(self, name) for name in Channel.__struct_fields__}
        return Channel(**fields)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one service process is told. Relative paths are already resolved."""

    service: ServiceSettings
    shops: tuple[ShopSettings, ...]
    channels: tuple[ChannelSettings, ...]
    timings: Timings = Timings()
    folder: Path = Path()
    """Where the configuration stands: relative paths start here."""

    @property
    def database_path(self) -> Path:
        return self.folder / self.service.database

    @property
    def policy_path(self) -> Path | None:
        return self.folder / self.service.policy if self.service.policy else None

    @property
    def public_url(self) -> str:
        url = self.service.public_url or f"http://{self.service.host}:{self.service.port}"
        return url.rstrip("/")


class _Document(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    service: ServiceSettings = ServiceSettings()
    shops: tuple[ShopSettings, ...] = ()
    channels: tuple[ChannelSettings, ...] = ()
    timings: Timings = Timings()


def load(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read a configuration file. Raises SettingsError for anything that is missing, unknown or of the wrong type."""
    raw = _read(path)
    _override(raw, os.environ if environ is None else environ)
    try:
        document = msgspec.convert(raw, _Document)
    except msgspec.ValidationError as error:
        raise SettingsError(str(path), [str(error)]) from error
    problems: list[str] = []
    channels = tuple(_with_files(channel, path.parent, problems) for channel in document.channels)
    problems += _duplicates("shops", [shop.shop_id for shop in document.shops])
    problems += _duplicates("channels", [channel.channel_id for channel in channels])
    problems += _sense(document)
    if problems:
        raise SettingsError(str(path), problems)
    return Settings(
        service=document.service,
        shops=document.shops,
        channels=channels,
        timings=document.timings,
        folder=path.parent,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(str(path), ["the file does not exist / 文件不存在"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), [f"not readable as TOML / 不是合法的 TOML: {error}"]) from error


def _override(raw: dict[str, Any], environ: Mapping[str, str]) -> None:
    """`PAYSWITCH_PORT=9000` and so on replace fields of [service]; numbers and booleans are read as such."""
    service = raw.setdefault("service", {})
    if not isinstance(service, dict):
        return
    for name in ServiceSettings.__struct_fields__:
        text = environ.get(ENV_PREFIX + name.upper())
        if text is not None:
            kind = ServiceSettings.__annotations__[name]
            service[name] = msgspec.convert(text, int | bool, strict=False) if kind in ("int", "bool") else text


def _with_files(channel: ChannelSettings, folder: Path, problems: list[str]) -> ChannelSettings:
    """Replace every `<key>_file` of the account by the text of that file."""
    account: dict[str, str] = {}
    for key, value in channel.account.items():
        if not key.endswith("_file"):
            account[key] = value
            continue
        try:
            account[key.removesuffix("_file")] = (folder / value).read_text(encoding="utf-8")
        except OSError as error:
            problems.append(f"channels[{channel.channel_id}].account.{key}: cannot read {value}: {error.strerror}")
    return msgspec.structs.replace(channel, account=account)


def _duplicates(table: str, names: list[str]) -> list[str]:
    twice = sorted({name for name in names if names.count(name) > 1})
    return [f"{table}: {name} is configured twice / 重复配置" for name in twice]


def _sense(document: _Document) -> list[str]:
    problems = []
    if not document.shops:
        problems.append("shops: at least one [[shops]] table is needed / 至少配置一个店铺")
    if not document.channels:
        problems.append("channels: at least one [[channels]] table is needed / 至少配置一个渠道")
    for shop in document.shops:
        if any(len(part) != 64 for part in shop.key_fingerprints()) or not shop.api_key_sha256.strip():
            problems.append(f"shops[{shop.shop_id}].api_key_sha256: 64 hexadecimal characters are needed")
        if not all(part.startswith("whsec_") for part in shop.webhook_secret.split()):
            problems.append(f"shops[{shop.shop_id}].webhook_secret: must begin with whsec_")
    return problems
