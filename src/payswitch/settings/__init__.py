"""One frozen, typed settings object from `payswitch.toml` and `PAYSWITCH_*`; fails loudly at start, all at once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar, get_origin

import msgspec

from payswitch.domain.alert_delivery import OpenReceiver
from payswitch.kit.sealing import KeyRing
from payswitch.kit.tables import ID, duplicates, read_table, unknown_names
from payswitch.services.timings import Timings
from payswitch.settings.alert_receivers import ReceiverSettings, read_receivers
from payswitch.settings.channels import ChannelSettings
from payswitch.settings.console import ConsoleSettings
from payswitch.settings.key_files import account_with_files, read_key_ring
from payswitch.settings.operators import OperatorSettings, operator_problems
from payswitch.settings.service import ServiceSettings
from payswitch.settings.shops import ShopSettings
from payswitch.storage.addresses import is_postgres

ENV_PREFIX = "PAYSWITCH_"
_TABLES = ("service", "shops", "channels", "operators", "alert_receivers", "timings", "console")

T = TypeVar("T", bound=msgspec.Struct)


class SettingsError(ValueError):
    """The configuration cannot be used: `problems` say where, what and how to mend it."""

    def __init__(self, source: str, problems: list[str]) -> None:
        super().__init__(f"{source}:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one service process is told. Relative paths are already resolved."""

    service: ServiceSettings
    shops: tuple[ShopSettings, ...]
    channels: tuple[ChannelSettings, ...]
    timings: Timings = Timings()
    console: ConsoleSettings = ConsoleSettings()
    operators: tuple[OperatorSettings, ...] = ()
    """Who may manage channels over the admin API; none: nobody may."""
    alert_receivers: tuple[OpenReceiver, ...] = ()
    """Who hears of alerts, beside those that operators add over the API."""
    key_ring: KeyRing | None = None
    """The master keys; None: channels cannot be managed over the API."""
    folder: Path = Path()
    """Where the configuration stands: relative paths start here."""

    @property
    def database(self) -> str:
        """The path of a file, or an address with its password."""
        named = self.service.database
        return named if is_postgres(named) else str(self.folder / named)

    @property
    def analytics_path(self) -> Path | None:
        """The folder of the analytics store; None: there is none."""
        named = self.service.analytics
        if named == "off":
            return None
        if named is not None:
            return self.folder / named
        beside = self.folder if is_postgres(self.service.database) else Path(self.database).parent
        return beside / "payswitch-analytics"

    @property
    def policy_path(self) -> Path | None:
        return self.folder / self.service.policy if self.service.policy else None

    @property
    def public_url(self) -> str:
        host = f"[{self.service.host}]" if ":" in self.service.host else self.service.host
        url = self.service.public_url or f"http://{host}:{self.service.port}"
        return url.rstrip("/")


def load(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read a configuration file. Raises SettingsError with everything that is missing, unknown, of the wrong type or
    without sense."""
    raw = _read(path)
    problems = unknown_names(raw, dict.fromkeys(_TABLES))
    environ = os.environ if environ is None else environ
    service = _read_service(raw.get("service", {}), environ, problems)
    master_key_file = None if service is None else service.master_key_file
    key_ring = read_key_ring(master_key_file, environ, path.parent, problems)
    timings = read_table(raw.get("timings", {}), Timings, "timings", problems)
    console = read_table(raw.get("console", {}), ConsoleSettings, "console", problems)
    shops = _read_list(raw, "shops", "shop_id", ShopSettings, problems)
    # Where operators manage channels over the API, the file need not declare any.
    declares = "channels" in raw or "operators" not in raw
    channels = _read_list(raw, "channels", "channel_id", ChannelSettings, problems) if declares else []
    operators = _read_list(raw, "operators", "operator_id", OperatorSettings, problems) if "operators" in raw else []
    heard = "alert_receivers" in raw
    tables = _read_list(raw, "alert_receivers", "receiver_id", ReceiverSettings, problems) if heard else []
    receivers = read_receivers(tables, path.parent, problems)
    problems += _sense(service, timings, shops, channels)
    if not operators:
        problems += _shops_without_channels(shops, channels)
    problems += operator_problems(operators, {key for shop in shops for key in shop.key_fingerprints()})
    channels = [_with_files(channel, path.parent, problems) for channel in channels]
    if problems or service is None or timings is None or console is None:
        raise SettingsError(str(path), problems)
    return Settings(
        service=service,
        shops=tuple(shops),
        channels=tuple(channels),
        timings=timings,
        console=console,
        operators=tuple(operators),
        alert_receivers=tuple(receivers),
        key_ring=key_ring,
        folder=path.parent,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsError(str(path), ["the file does not exist / 文件不存在"]) from error
    except OSError as error:
        raise SettingsError(str(path), [f"cannot be read / 无法读取: {error.strerror}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), [f"not readable as TOML / 不是合法的 TOML: {error}"]) from error


def _read_service(raw: object, environ: Mapping[str, str], problems: list[str]) -> ServiceSettings | None:
    """`PAYSWITCH_PORT=9000` and so on replace fields of [service]. An empty variable counts as not set."""
    as_text: dict[str, str] = {}
    if isinstance(raw, dict):
        raw = dict(raw)
        for field in msgspec.structs.fields(ServiceSettings):
            variable = ENV_PREFIX + field.name.upper()
            text = environ.get(variable, "").strip()
            if text:
                as_text[field.name] = variable
                is_list = get_origin(field.type) is tuple
                raw[field.name] = [part.strip() for part in text.split(",")] if is_list else text
    return read_table(raw, ServiceSettings, "service", problems, as_text=as_text)


def _read_list(raw: Mapping[str, Any], name: str, key: str, struct: type[T], problems: list[str]) -> list[T]:
    """The tables under `[[name]]` that are readable. Each is called by its id, or by its place when it has none."""
    tables = raw.get(name, [])
    if not isinstance(tables, list):
        problems.append(f"{name}: write it in double brackets, [[{name}]] / 须写作 [[{name}]]")
        return []
    if not tables:
        problems.append(f"{name}: at least one [[{name}]] table is needed / 至少需要一个 [[{name}]]")
    found = []
    for number, table in enumerate(tables, 1):
        named = table.get(key) if isinstance(table, dict) else None
        place = named if isinstance(named, str) and ID.fullmatch(named) else f"#{number}"
        found.append(read_table(table, struct, f"{name}[{place}]", problems))
    return [table for table in found if table is not None]


def _with_files(channel: ChannelSettings, folder: Path, problems: list[str]) -> ChannelSettings:
    place = f"channels[{channel.channel_id}].account"
    return msgspec.structs.replace(channel, account=account_with_files(channel.account, folder, place, problems))


def _sense(
    service: ServiceSettings | None,
    timings: Timings | None,
    shops: Sequence[ShopSettings],
    channels: Sequence[ChannelSettings],
) -> list[str]:
    """What is readable but cannot work."""
    problems = service.problems() if service is not None else []
    problems += _timing_problems(timings) if timings is not None else []
    for shop in shops:
        problems += shop.problems()
    for channel in channels:
        problems += channel.problems()
    problems += duplicates("shops", [shop.shop_id for shop in shops])
    problems += duplicates("channels", [channel.channel_id for channel in channels])
    problems += _shops_unheard_of(shops, channels)
    keys = [key for shop in shops for key in shop.key_fingerprints()]
    if len(set(keys)) < len(keys):
        problems.append("shops: an API key opens one shop only; one stands twice / 同一 API 密钥重复配置")
    return problems


def _shops_unheard_of(shops: Sequence[ShopSettings], channels: Sequence[ChannelSettings]) -> list[str]:
    """A channel that is kept for shops which its merchant does not have would take nothing."""
    known = {(shop.merchant_id, shop.shop_id) for shop in shops}
    return [
        f"channels[{channel.channel_id}].shops: {shop_id} is no shop of {channel.merchant_id} / 不是该商户的店铺"
        for channel in channels
        for shop_id in sorted(channel.shops)
        if (channel.merchant_id, shop_id) not in known
    ]


def _shops_without_channels(shops: Sequence[ShopSettings], channels: Sequence[ChannelSettings]) -> list[str]:
    merchants = {channel.merchant_id for channel in channels}
    return [
        f"shops[{shop.shop_id}].merchant_id: this merchant has no channel / 该商户没有任何渠道"
        for shop in shops
        if channels and shop.merchant_id not in merchants
    ]


def _timing_problems(timings: Timings) -> list[str]:
    """Negative waits, and schedules that are empty: they would stop a loop in the middle of the night."""
    found = []
    for name in timings.__struct_fields__:
        value = getattr(timings, name)
        gaps = value if isinstance(value, tuple) else (value,)
        if not gaps or min(gaps) < 0:
            found.append(f"timings.{name}: must not be empty or below zero / 不得为空或小于零")
    return found
