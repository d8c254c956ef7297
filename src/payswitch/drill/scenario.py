"""演练场景: the words of a scenario file. Reading and checking stand in `scenario_file.py`.

Every field is explained for people in `docs/reference/scenarios.md`. Shares are 0..1, amounts fen, times seconds;
a moment is either a fraction of the traffic time (`from`, `to`, `at`) or seconds from its start (`..._s`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

import msgspec

from payswitch.domain.channel import Environment

Range = tuple[float, float]
"""`[smallest, largest]`, drawn evenly."""


class Text(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The same words for people in both languages."""

    en: str
    zh: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


class FaultKind(StrEnum):
    """How a sandbox account can be ill. What each does: the sandbox's reference."""

    LATENCY = "latency"
    HANG = "hang"
    REFUSE = "refuse"
    HTTP_5XX = "http_5xx"
    ERROR_CODE = "error_code"
    MALFORMED = "malformed"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_SERIAL = "unknown_serial"
    SIGNATURE_PROBE = "signature_probe"
    WALLET_ERROR = "wallet_error"
    NOTIFY_LOST = "notify_lost"
    NOTIFY_DUPLICATE = "notify_duplicate"
    NOTIFY_LATE = "notify_late"
    NOTIFY_FORGED = "notify_forged"
    NOTIFY_PROBE = "notify_probe"
    NOTIFY_WRONG_AMOUNT = "notify_wrong_amount"


API_OPERATIONS = frozenset(
    {"create", "query", "close", "refund", "refund_query", "certificates", "debit", "reverse", "session"}
)
"""The calls of every channel's API."""


class FaultParameters(msgspec.Struct, frozen=True):
    """Which further fields a kind of fault takes, and where it can strike."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    operations: frozenset[str] = API_OPERATIONS


_NOTIFY = frozenset({"notify"})
"""One message of the channel to the merchant."""
_PAY = frozenset({"pay"})
"""The customer confirms in the wallet."""

PARAMETERS: Mapping[FaultKind, FaultParameters] = {
    **{kind: FaultParameters() for kind in FaultKind},
    FaultKind.LATENCY: FaultParameters(needs=("ms",), may=("jitter_ms",), operations=API_OPERATIONS | _PAY),
    FaultKind.HANG: FaultParameters(may=("when",)),
    FaultKind.HTTP_5XX: FaultParameters(may=("status", "when")),
    FaultKind.ERROR_CODE: FaultParameters(needs=("code",), may=("status", "message", "created")),
    FaultKind.WALLET_ERROR: FaultParameters(operations=_PAY),
    FaultKind.NOTIFY_LOST: FaultParameters(operations=_NOTIFY),
    FaultKind.NOTIFY_DUPLICATE: FaultParameters(may=("times",), operations=_NOTIFY),
    FaultKind.NOTIFY_LATE: FaultParameters(needs=("delay_s",), operations=_NOTIFY),
    FaultKind.NOTIFY_FORGED: FaultParameters(operations=_NOTIFY),
    FaultKind.NOTIFY_PROBE: FaultParameters(operations=_NOTIFY),
    FaultKind.NOTIFY_WRONG_AMOUNT: FaultParameters(operations=_NOTIFY),
}
"""A parameter given to a kind that does not know it is a mistake in the scenario, not a wish to be ignored."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One illness of one account for some time."""

    account: str
    """A channel id of the sandbox (`wechat-main`), or `*` for all."""
    kind: FaultKind
    start: float | None = msgspec.field(default=None, name="from")
    end: float | None = msgspec.field(default=None, name="to")
    from_s: float | None = None
    to_s: float | None = None
    share: float = 1.0
    """Part of the calls that it hits, chosen by a seeded generator."""
    operations: tuple[str, ...] = ()
    product: str | None = None
    min_fen: int | None = None
    max_fen: int | None = None
    ms: int | None = None
    jitter_ms: int | None = None
    status: int | None = None
    when: Literal["before", "after"] | None = None
    code: str | None = None
    message: str | None = None
    created: bool | None = None
    times: int | None = None
    delay_s: float | None = None
    note: Text | None = None
    """What a person on the spot would say; shown while the drill runs."""

    def span_s(self, traffic_s: float) -> tuple[float, float | None]:
        """Start and end in seconds from the start of the traffic; None: until the end of the run."""
        return _at_s(self.start, self.from_s, traffic_s) or 0.0, _at_s(self.end, self.to_s, traffic_s)

    def for_sandbox(self, traffic_s: float) -> dict[str, object]:
        """As the sandbox's `PUT /_sandbox/faults` wants it."""
        from_s, to_s = self.span_s(traffic_s)
        fault: dict[str, object] = {
            "account": self.account,
            "kind": self.kind.value,
            "from_s": from_s,
            "to_s": to_s,
            "share": self.share,
        }
        if self.operations:
            fault["operations"] = list(self.operations)
        for name in ("product", "min_fen", "max_fen", *all_parameters()):
            value = getattr(self, name)
            if value is not None:
                fault[name] = value
        return fault


def all_parameters() -> tuple[str, ...]:
    """The names of every parameter that some kind of fault takes."""
    names = {name for rule in PARAMETERS.values() for name in (*rule.needs, *rule.may)}
    return tuple(sorted(names))


def _at_s(fraction: float | None, seconds: float | None, traffic_s: float) -> float | None:
    if seconds is not None:
        return seconds
    return None if fraction is None else fraction * traffic_s


USUAL_CHANNELS = ("wechat-main", "wechat-backup", "alipay-main", "alipay-backup", "bank-alipay")
"""A shop with a main and a backup account at both wallets, and a bank's acquiring: what most nights need."""


class Surge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Between `from` and `to` (fractions) `factor` times as many customers arrive as before and after."""

    start: float = msgspec.field(name="from")
    end: float = msgspec.field(name="to")
    factor: float


class Amounts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the orders cost: log-normal around `typical_fen`, cut at both ends, as baskets in shops are."""

    min_fen: int = 100
    typical_fen: int = 12_900
    max_fen: int = 500_000


class Traffic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many customers come, and when: a Poisson process with surges."""

    payments: int = 2_000
    per_second: float = 40.0
    """Mean over the whole traffic time, surges included. Other numbers of payments keep the rate."""
    minimum_s: float = 10.0
    """The traffic time is never shorter: a handful of payments still sees the whole timeline."""
    surges: tuple[Surge, ...] = ()
    amounts: Amounts = Amounts()
    expires_in_s: int = 40
    """How long a payment can be paid. Short, so that the drill sees every payment end."""

    def time_s(self, payments: int) -> float:
        """How long the traffic of so many payments lasts."""
        return max(payments / self.per_second, self.minimum_s)


USUAL_ENVIRONMENTS: Mapping[Environment, float] = {
    Environment.WECHAT: 0.35,
    Environment.MOBILE: 0.35,
    Environment.DESKTOP: 0.2,
    Environment.ALIPAY: 0.1,
}
"""A shop that lives from links shared in chats."""


class Shoppers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who comes: weights, shares and ranges from which each shopper is drawn."""

    environments: dict[Environment, float] = msgspec.field(default_factory=lambda: dict(USUAL_ENVIRONMENTS))
    wallets: dict[Literal["wechat", "alipay", "both"], float] = msgspec.field(
        default_factory=lambda: {"wechat": 0.15, "alipay": 0.15, "both": 0.7}
    )
    """Weights. Inside WeChat or Alipay only that app's own wallet can pay, whatever else is on the phone."""
    no_money: float = 0.03
    """All wallets empty: not payable, by nobody's fault."""
    one_wallet_empty: float = 0.03
    """Of those with both wallets outside the apps: the one tried first is empty, the other is not."""
    leaves: float = 0.02
    """Looks at the code and goes away."""
    changes_mind: float = 0.03
    """Asks for another way of paying though nothing is wrong."""
    pays_old_code: float = 0.3
    """Of those who asked for another way: also pays the old code (double payment)."""
    new_customers: float = 0.2
    think_s: Range = (0.3, 1.5)
    """From seeing the code to confirming."""
    patience_s: Range = (6.0, 20.0)
    """Seconds of waiting for machines, in total, before giving up."""
    switches: tuple[int, int] = (1, 3)
    """Changes of the way of paying that the shopper tolerates."""
    retry_pause_s: Range = (0.8, 1.8)
    """Between "please try again" and pressing the button again."""


class ServiceKill(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`kill -9` of the service, then a restart on the same file."""

    at: float | None = None
    at_s: float | None = None
    down_s: float = 0.5
    """How long it stays dead before it is started again."""

    def moment_s(self, traffic_s: float) -> float:
        return _at_s(self.at, self.at_s, traffic_s) or 0.0


class ShopOutage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shop's own event receiver answers 503 from `from` to `to` (fractions)."""

    start: float = msgspec.field(name="from")
    end: float = msgspec.field(name="to")


class Promises(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Figures of the run with switching that must not be exceeded; None: nothing is promised."""

    credential_p99_ms: float | None = None
    hedge_share: float | None = None
    surplus_refund_s: float | None = None
    """The longest of all, from knowing of the surplus to its money having gone back."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One scripted night."""

    name: str
    title: Text
    story: Text
    single: str = "wechat-main"
    """The one channel of the comparison run, with all its products."""
    channels: tuple[str, ...] = ()
    """The channels of the switching run; empty: `USUAL_CHANNELS`."""
    traffic: Traffic = Traffic()
    shoppers: Shoppers = Shoppers()
    faults: tuple[Fault, ...] = ()
    service_kills: tuple[ServiceKill, ...] = ()
    shop_outages: tuple[ShopOutage, ...] = ()
    notify_time_scale: float = 0.1
    """Compresses the channels' retry schedules of notifications: 0.1 makes 15 s into 1.5 s."""
    promises: Promises = Promises()
    settle_s: float = 60.0
    """After the last payment has expired: how long at most the drill waits for everything to end."""
