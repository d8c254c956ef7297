"""Illness on a timeline: which calls, payments and notifications go wrong, when and how."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from payswitch.kit.clock import Clock
from payswitch.sandbox.banks import SLUGS

API_OPERATIONS = frozenset(
    {"create", "query", "close", "refund", "refund_query", "certificates", "debit", "reverse", "session"}
)
"""The operations of every channel's API, in one vocabulary. `debit` and `reverse` are those of pull products, `session`
is Apple's for a web page."""
OPERATIONS = API_OPERATIONS | {"pay", "notify"}
"""`pay` is the customer confirming in the wallet, `notify` one message to the merchant."""


class FaultKind(StrEnum):
    """What can go wrong. The parameters in brackets are `Fault` fields."""

    LATENCY = "latency"
    """The work is done at once, the answer comes late (`ms`, plus up to `jitter_ms`)."""
    HANG = "hang"
    """Accepted and never answered; with `when = "after"` the work was done all the same."""
    REFUSE = "refuse"
    """The connection is reset at once: as near to "connection refused" as a shared port allows."""
    HTTP_5XX = "http_5xx"
    """`status` from the channel's edge, unsigned; `when` says whether the work was done."""
    ERROR_CODE = "error_code"
    """The channel's own error (`code`, `message`, `status`); with `created` the work was done all the same."""
    MALFORMED = "malformed"
    """Status 200 and a body that breaks off in the middle."""
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_SERIAL = "unknown_serial"
    SIGNATURE_PROBE = "signature_probe"
    """WeChat: the answer carries a signature that says of itself that it is wrong, to see whether clients check."""
    WALLET_ERROR = "wallet_error"
    """The customer scanned and confirmed, and the wallet failed; the order stays open."""
    NOTIFY_LOST = "notify_lost"
    """This try never leaves; the next one of the schedule may."""
    NOTIFY_DUPLICATE = "notify_duplicate"
    """The same message arrives `times` more, whatever was acknowledged."""
    NOTIFY_LATE = "notify_late"
    """The first try waits `delay_s`."""
    NOTIFY_FORGED = "notify_forged"
    """A message signed by a stranger's key arrives just before the real one."""
    NOTIFY_PROBE = "notify_probe"
    """WeChat: the same with a notification, just before the real one."""
    NOTIFY_WRONG_AMOUNT = "notify_wrong_amount"
    """Instead of the right message, one properly signed that names another amount; the next try may be right."""


_NOTIFY_KINDS = frozenset(kind for kind in FaultKind if kind.startswith("notify_"))
_SIGNATURE_KINDS = frozenset({FaultKind.BAD_SIGNATURE, FaultKind.UNKNOWN_SERIAL})


def allowed_operations(kind: FaultKind) -> frozenset[str]:
    """Where a kind can strike at all."""
    if kind in _NOTIFY_KINDS:
        return frozenset({"notify"})
    if kind is FaultKind.WALLET_ERROR:
        return frozenset({"pay"})
    if kind is FaultKind.LATENCY:
        return API_OPERATIONS | {"pay"}
    return API_OPERATIONS


def default_operations(kind: FaultKind) -> frozenset[str]:
    """Where a kind strikes when the fault names no operations: a slow channel is not a slow wallet."""
    return API_OPERATIONS if kind is FaultKind.LATENCY else allowed_operations(kind)


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One illness. Times are seconds from the moment the fault was set."""

    kind: FaultKind
    account: str = "*"
    """A channel id of the world, or `*` for all."""
    from_s: float = 0.0
    to_s: float | None = None
    share: float = 1.0
    """The part of the matching calls that is struck, drawn from a seeded generator."""
    operations: list[str] | None = None
    product: str | None = None
    banks: list[str] | None = None
    """Only payments with these banks' cards: the signed one of quick pay, the one behind the wallet where the customer
    confirms. A call that tells no bank (a code is ordered, nobody knows yet who will pay) is not struck."""
    min_fen: int | None = None
    max_fen: int | None = None
    ms: int = 0
    jitter_ms: int = 0
    status: int = 0
    """HTTP status; 0 means the usual one (503, or the error code's own)."""
    when: str = "before"
    """`before` or `after` the work is done."""
    code: str = ""
    message: str = ""
    created: bool = False
    times: int = 1
    delay_s: float = 0.0

    def __post_init__(self) -> None:
        """ValueError (msgspec turns it into a ValidationError) for a fault that could never mean anything."""
        for problem, wrong in self._rules():
            if wrong:
                raise ValueError(problem)

    def _rules(self) -> Iterable[tuple[str, bool]]:
        allowed = allowed_operations(self.kind)
        named = frozenset(self.operations if self.operations is not None else allowed)
        yield "share must be between 0 and 1", not 0.0 <= self.share <= 1.0
        yield "to_s must be later than from_s", self.to_s is not None and self.to_s <= self.from_s
        yield f"operations of {self.kind} are {sorted(allowed)}", not named or not named <= allowed
        yield f"banks are of {sorted(SLUGS)}, at least one", self.banks is not None and not self._banks_known()
        yield "min_fen is not above max_fen, neither is negative", not self._band_ok()
        yield "when is 'before' or 'after'", self.when not in ("before", "after")
        yield "ms, jitter_ms and delay_s are not negative", min(self.ms, self.jitter_ms, self.delay_s) < 0
        yield "times is at least 1", self.times < 1
        yield "latency needs ms or jitter_ms", self.kind is FaultKind.LATENCY and not (self.ms or self.jitter_ms)
        yield "error_code needs a code", self.kind is FaultKind.ERROR_CODE and not self.code
        yield "notify_late needs delay_s", self.kind is FaultKind.NOTIFY_LATE and not self.delay_s
        yield "status is 0 or 500 to 599", self.kind is FaultKind.HTTP_5XX and not self._edge_status_ok()
        yield "status is 0 or 100 to 599", not (self.status == 0 or 100 <= self.status <= 599)

    def _edge_status_ok(self) -> bool:
        return self.status == 0 or 500 <= self.status <= 599

    def _banks_known(self) -> bool:
        return bool(self.banks) and set(self.banks or ()) <= set(SLUGS)

    def _band_ok(self) -> bool:
        edges = [edge for edge in (self.min_fen, self.max_fen) if edge is not None]
        return all(edge >= 0 for edge in edges) and edges == sorted(edges)

    def strikes(
        self, account: str, operation: str, product: str | None, amount_fen: int | None, bank: str = ""
    ) -> bool:
        """Whether a call of this sort is one this fault is about; time and share aside. `bank` is empty where the call
        does not tell it."""
        if self.account not in ("*", account):
            return False
        if operation not in (self.operations if self.operations is not None else default_operations(self.kind)):
            return False
        if self.product is not None and self.product != product:
            return False
        if self.banks is not None and bank not in self.banks:
            return False
        return self._amount_matches(amount_fen)

    def _amount_matches(self, amount_fen: int | None) -> bool:
        if self.min_fen is None and self.max_fen is None:
            return True
        if amount_fen is None:
            return False
        return (self.min_fen or 0) <= amount_fen and (self.max_fen is None or amount_fen <= self.max_fen)


class ActiveFault:
    """A fault that was set: it knows since when, has its own generator, and counts its victims."""

    def __init__(self, fault: Fault, since_ms: float, seed: str) -> None:
        self.fault = fault
        self.struck = 0
        self._since_ms = since_ms
        self._random = random.Random(seed)

    def runs(self, now_ms: float) -> bool:
        passed_s = (now_ms - self._since_ms) / 1_000
        return self.fault.from_s <= passed_s and (self.fault.to_s is None or passed_s < self.fault.to_s)

    def left_s(self, now_ms: float) -> float | None:
        """How long until it is over by itself: 0 when it is, None when it never will be."""
        if self.fault.to_s is None:
            return None
        return max(0.0, self.fault.to_s - (now_ms - self._since_ms) / 1_000)

    def drawn(self) -> bool:
        """Whether this call is among the struck ones."""
        hit = self.fault.share >= 1.0 or self._random.random() < self.fault.share
        self.struck += hit
        return hit

    def delay_s(self) -> float:
        """How long a latency fault delays this call."""
        return (self.fault.ms + self._random.random() * self.fault.jitter_ms) / 1_000


class FaultEngine:
    """All faults that are set now. Each has its own generator, so that adding one does not change another's draws."""

    def __init__(self, clock: Clock, seed: int = 1) -> None:
        self._clock = clock
        self._seed = seed
        self._count = 0
        self._active: list[ActiveFault] = []

    def replace(self, faults: Iterable[Fault]) -> None:
        """Forget all, set these. Their times count from now; the draws start anew."""
        self._active = []
        self._count = 0
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        self._count += 1
        self._active.append(ActiveFault(fault, self._clock.monotonic_ms(), f"{self._seed}:{self._count}"))

    def replace_of(self, account: str, faults: Iterable[Fault]) -> None:
        """Forget this account's, set these; those of others go on, with their time and their count."""
        self._active = [active for active in self._active if active.fault.account != account]
        for fault in faults:
            self.add(msgspec.structs.replace(fault, account=account))

    def clear(self) -> None:
        self._active = []

    def all(self) -> list[ActiveFault]:
        return list(self._active)

    def pick(
        self, account: str, operation: str, product: str | None, amount_fen: int | None, bank: str = ""
    ) -> list[ActiveFault]:
        """The faults that strike this one call, in the order in which they were set."""
        if not self._active:
            return []
        now_ms = self._clock.monotonic_ms()
        return [
            active
            for active in self._active
            if active.runs(now_ms)
            and active.fault.strikes(account, operation, product, amount_fen, bank)
            and active.drawn()
        ]


def first(picked: list[ActiveFault], *kinds: FaultKind) -> Fault | None:
    """The first of these kinds among the picked ones."""
    return next((active.fault for active in picked if active.fault.kind in kinds), None)


def total(picked: list[ActiveFault], kind: FaultKind, count: Callable[[ActiveFault], float]) -> float:
    """The sum of a measure over the picked faults of one kind, e.g. all latencies together."""
    return sum(count(active) for active in picked if active.fault.kind is kind)
