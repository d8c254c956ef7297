"""One frozen, typed settings object from `payswitch.toml` and `PAYSWITCH_*`; fails loudly at start, all at once."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, get_origin

import msgspec

from payswitch.alert_settings import ReceiverSettings, read_receivers
from payswitch.console_settings import ConsoleSettings
from payswitch.domain.alert_delivery import OpenReceiver
from payswitch.domain.channel import Channel, MaintenanceWindow, Product
from payswitch.domain.payment import Shop
from payswitch.key_files import account_with_files, read_key_ring
from payswitch.kit.addresses import is_network, is_own_web_address, is_web_address, own_address
from payswitch.kit.sealing import KeyRing
from payswitch.kit.secrets import Secret
from payswitch.kit.tables import ID, duplicates, id_problems, read_table, unknown_names
from payswitch.operator_settings import OperatorSettings, operator_problems
from payswitch.routing.maintenance import WINDOW_WANTED, unreadable_windows
from payswitch.senders.signing import WebhookSecretError, key_of
from payswitch.services.timings import Timings
from payswitch.storage.addresses import is_postgres, problem_with, shown

ENV_PREFIX = "PAYSWITCH_"
LEAST_SECRET_BYTES = 24
"""Of a webhook secret: Standard Webhooks asks for 24 to 64 bytes."""

MOST_LATE_S = 86_400
"""A day: a shop that has not sold its goods to somebody else by then would have set a longer expiry."""

_SHA256 = re.compile(r"[0-9a-f]{64}")

_TABLES = ("service", "shops", "channels", "operators", "alert_receivers", "timings", "console")

AtLeastOne = Annotated[int, msgspec.Meta(ge=1)]
T = TypeVar("T", bound=msgspec.Struct)


class SettingsError(ValueError):
    """The configuration cannot be used: `problems` say where, what and how to mend it."""

    def __init__(self, source: str, problems: list[str]) -> None:
        super().__init__(f"{source}:\n" + "\n".join(f"  - {problem}" for problem in problems))
        self.problems = problems


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The `[service]` table. Each field can be overridden by `PAYSWITCH_<FIELD>`. Its `repr` shows no password."""

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 8080
    database: str = "payswitch.sqlite"
    """A SQLite file, relative to the configuration file; or `postgresql://user@host/database`, whose password may
    stand in it, in PGPASSWORD or in ~/.pgpass."""
    database_pool: Annotated[int, msgspec.Meta(ge=2, le=500)] = 8
    """Connections to PostgreSQL, beside the one that writes payments."""
    database_timeout_ms: Annotated[int, msgspec.Meta(ge=100, le=600_000)] = 10_000
    """Longest that one statement may take on PostgreSQL."""
    public_url: str | None = None
    """Where channels and customers reach this service; default `http://host:port`."""
    master_key_file: str | None = None
    """A file with the master key (several while it is being changed, newest first) that encrypts the credentials of
    admin-managed channels; relative to the configuration file. Or PAYSWITCH_MASTER_KEY holds the key itself."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    policy: str | None = None
    """A policy document (YAML), relative to the configuration file; none: the default policy."""
    analytics: str | None = None
    """The folder of the analytics store, relative to the configuration file; none: `payswitch-analytics` beside the
    SQLite file (or beside the configuration, with PostgreSQL); `off`: there is none, and no failures page or report."""
    analytics_days: Annotated[int, msgspec.Meta(ge=35, le=4_000)] = 400
    """Older days are deleted from the analytics store. The payments themselves stay in the database."""
    metrics: bool = True
    """Whether Prometheus may scrape `/metrics`: from this machine, or with the token."""
    metrics_address: str | None = None
    """`host:port`: `/metrics` is served there instead of on the service's own port, to whoever can reach it."""
    metrics_token_sha256: str | None = None
    """SHA-256 (hex) of the bearer token that opens `/metrics`."""
    traces_endpoint: str | None = None
    """An OpenTelemetry collector, `http://collector:4318/v1/traces`; none: no traces. Needs `payswitch[traces]`."""
    traces_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 1.0
    """How many of the payments are traced, 0 to 1: each wholly or not at all."""
    sandbox_url: str | None = None
    """Where the sandbox is that this service's channels talk to: the console then has a panel that makes them ill. Only
    on this machine. None, as everywhere in production: there is no such panel."""
    allow_private_networks: bool = False
    """Whether events may be sent to loopback and private addresses: for tests and demos."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks of the reverse proxies whose `X-Forwarded-For` names the customer's address. In the
    environment: separated by commas. None: the address of whoever connects is the customer's."""

    def __repr__(self) -> str:
        return f"ServiceSettings({self.host!r}, {self.port}, database={shown(self.database)!r})"

    def problems(self) -> list[str]:
        """What does not make sense."""
        found = []
        if self.public_url is not None:
            if not is_web_address(self.public_url):
                found.append(
                    "service.public_url: must be an http(s) address without user name, ? and # / "
                    "须为 http(s) 地址，不含用户名、? 和 #"
                )
        elif self.host in ("", "0.0.0.0", "::"):  # noqa: S104 (compared, not listened on)
            found.append(
                "service.public_url: say where channels and customers reach this service, the host is every address / "
                "监听全部地址时须填写渠道与顾客访问本服务的地址"
            )
        if (wrong := problem_with(self.database)) is not None:
            found.append(f"service.database: {wrong}")
        if self.metrics_address is not None and own_address(self.metrics_address) is None:
            found.append("service.metrics_address: must be `host:port`, e.g. `127.0.0.1:9464` / 须为 主机:端口")
        if self.traces_endpoint is not None and not is_web_address(self.traces_endpoint):
            found.append(
                "service.traces_endpoint: must be the collector's whole http(s) address, e.g. "
                "`http://127.0.0.1:4318/v1/traces` / 须为采集器的完整 http(s) 地址"
            )
        if self.metrics_token_sha256 is not None and not _SHA256.fullmatch(self.metrics_token_sha256.lower()):
            found.append(
                "service.metrics_token_sha256: 64 hexadecimal characters are needed, the SHA-256 of the token / "
                "须为令牌的 SHA-256（64 位十六进制）"
            )
        if self.sandbox_url is not None and not is_own_web_address(self.sandbox_url):
            found.append(
                "service.sandbox_url: must be an http address on this machine, such as http://127.0.0.1:8090 / "
                "须为本机 http 地址，例如 http://127.0.0.1:8090"
            )
        if not all(map(is_network, self.trusted_proxies)):
            found.append("service.trusted_proxies: must be IP addresses or networks / 须为 IP 地址或网段")
        return found


class ShopSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One `[[shops]]` table. Its `repr` shows no secret."""

    shop_id: str
    merchant_id: str
    name: str
    notify_url: str | None = None
    webhook_secret: str
    """`whsec_<base64>`; several, separated by spaces, while a secret is being changed."""
    api_key_sha256: str
    """SHA-256 (hex) of the API key; several, separated by spaces."""
    accept_late_s: Annotated[int, msgspec.Meta(ge=1, le=MOST_LATE_S)] | None = None
    """迟到成功: for so long after a payment has expired the shop still wants the order if the money arrives. Until then
    the payment stays `closing`. None: what arrives after the closing goes back."""
    static_code: bool = False
    """固定收款码: `/collect/{shop_id}` lets customers enter an amount and pay it."""

    def __repr__(self) -> str:
        return f"ShopSettings({self.shop_id!r})"

    def shop(self) -> Shop:
        return Shop(
            shop_id=self.shop_id,
            merchant_id=self.merchant_id,
            name=self.name,
            notify_url=self.notify_url,
            accept_late_s=self.accept_late_s,
        )

    def secrets(self) -> list[Secret]:
        return [Secret(text) for text in self.webhook_secret.split()]

    def key_fingerprints(self) -> list[str]:
        return self.api_key_sha256.lower().split()

    def problems(self) -> list[str]:
        """What does not make sense."""
        place = f"shops[{self.shop_id}]"
        found = id_problems(place, shop_id=self.shop_id, merchant_id=self.merchant_id)
        if self.notify_url is not None and not is_web_address(self.notify_url, with_query=True):
            found.append(
                f"{place}.notify_url: must be an http(s) address without user name and # / "
                "须为 http(s) 地址，不含用户名和 #"
            )
        keys = self.key_fingerprints()
        if not keys or not all(_SHA256.fullmatch(key) for key in keys):
            found.append(
                f"{place}.api_key_sha256: 64 hexadecimal characters are needed, the SHA-256 of the API key / "
                "须为 API 密钥的 SHA-256（64 位十六进制）"
            )
        if not self.webhook_secret.split() or not all(_is_webhook_secret(secret) for secret in self.secrets()):
            found.append(
                f"{place}.webhook_secret: must be whsec_ and the base64 of at least {LEAST_SECRET_BYTES} random bytes "
                f"/ 须为 whsec_ 加至少 {LEAST_SECRET_BYTES} 字节随机数的 base64"
            )
        return found


class ChannelSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One `[[channels]]` table; `account` holds what the connector needs. Its `repr` shows no key."""

    channel_id: str
    merchant_id: str
    connector: str
    name: str
    version: AtLeastOne = 1
    products: frozenset[Product]
    upstream: str
    upstreams: dict[Product, str] = {}
    enabled: bool = True
    tier: AtLeastOne = 1
    fee_bp: Annotated[int, msgspec.Meta(ge=0, le=10_000)] = 60
    min_fen: AtLeastOne = 1
    max_fen: AtLeastOne | None = None
    daily_cap_fen: AtLeastOne | None = None
    monthly_cap_fen: AtLeastOne | None = None
    refund_days: AtLeastOne | None = None
    refund_parts: AtLeastOne | None = None
    shops: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    maintenance: tuple[MaintenanceWindow, ...] = ()
    account: dict[str, str]

    def __repr__(self) -> str:
        return f"ChannelSettings({self.channel_id!r})"

    def channel(self) -> Channel:
        fields = {name: getattr(self, name) for name in Channel.__struct_fields__}
        return Channel(**fields)

    def problems(self) -> list[str]:
        """What does not make sense. (The account is the connector's to judge.)"""
        place = f"channels[{self.channel_id}]"
        # The channel's id stands in the address that it notifies.
        found = id_problems(place, channel_id=self.channel_id, merchant_id=self.merchant_id)
        if not self.products:
            found.append(f"{place}.products: name at least one / 至少填写一种支付产品")
        foreign = sorted(set(self.upstreams) - self.products)
        if foreign:
            names = ", ".join(foreign)
            found.append(f"{place}.upstreams: {names} is not among its products / 不在该渠道的支付产品之内")
        if self.max_fen is not None and self.max_fen < self.min_fen:
            found.append(f"{place}.max_fen: must not be below min_fen / 不得小于 min_fen")
        english, chinese = WINDOW_WANTED
        found += [
            f"{place}.maintenance[{number}]: {english} / {chinese}" for number in unreadable_windows(self.maintenance)
        ]
        return found


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


def _is_webhook_secret(secret: Secret) -> bool:
    try:
        return secret.reveal().startswith("whsec_") and len(key_of(secret)) >= LEAST_SECRET_BYTES
    except WebhookSecretError:
        return False
