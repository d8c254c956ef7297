"""The `[service]` table: where the service listens, where it keeps what, and who may look on."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from payswitch.kit.addresses import is_network, is_own_web_address, is_web_address, own_address
from payswitch.kit.tables import SHA256
from payswitch.storage.addresses import problem_with, shown


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
        if self.metrics_token_sha256 is not None and not SHA256.fullmatch(self.metrics_token_sha256.lower()):
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
