"""What the types of a scenario cannot say: ranges, shares, moments, parameters that do not fit their fault."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

import msgspec

from payswitch.drill.scenario import PARAMETERS, Fault, Scenario, all_parameters

_MAX_PAYMENTS = 1_000_000


class Problem(msgspec.Struct, frozen=True):
    """One thing to mend in a scenario file."""

    field: str
    """Where, e.g. `faults[2].share`; empty for the file as a whole."""
    what: str
    fix: str

    def __str__(self) -> str:
        where = f"{self.field}: " if self.field else ""
        return f"{where}{self.what}. {self.fix}"


def check(scenario: Scenario) -> Iterator[Problem]:
    """Every problem of a scenario that read well."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,63}", scenario.name):
        yield Problem("name", f"{scenario.name!r} is no scenario name", "Use small letters, digits and hyphens")
    yield from _check_traffic(scenario)
    yield from _check_shoppers(scenario)
    for number, fault in enumerate(scenario.faults):
        yield from _check_fault(f"faults[{number}]", fault)
    for number, kill in enumerate(scenario.service_kills):
        where = f"service_kills[{number}]"
        if (kill.at is None) == (kill.at_s is None):
            yield Problem(where, "needs either `at` (0..1) or `at_s` (seconds)", "Give exactly one of them")
        yield from _within(f"{where}.at", kill.at, 0, 1)
        yield from _within(f"{where}.at_s", kill.at_s, 0, 86_400)
        yield from _within(f"{where}.down_s", kill.down_s, 0, 600)
    for number, outage in enumerate(scenario.shop_outages):
        yield from _check_span(f"shop_outages[{number}]", outage.start, outage.end)
    yield from _within("notify_time_scale", scenario.notify_time_scale, 0.001, 1)
    yield from _within("promises.credential_p99_ms", scenario.promises.credential_p99_ms, 1, 60_000)
    yield from _within("promises.hedge_share", scenario.promises.hedge_share, 0, 1)
    yield from _within("promises.surplus_refund_s", scenario.promises.surplus_refund_s, 1, 86_400)
    yield from _within("settle_s", scenario.settle_s, 1, 3_600)


def _check_traffic(scenario: Scenario) -> Iterator[Problem]:
    traffic = scenario.traffic
    yield from _within("traffic.payments", traffic.payments, 1, _MAX_PAYMENTS)
    yield from _within("traffic.per_second", traffic.per_second, 0.1, 10_000)
    yield from _within("traffic.minimum_s", traffic.minimum_s, 1, 86_400)
    yield from _within("traffic.expires_in_s", traffic.expires_in_s, 30, 7_200)
    for number, surge in enumerate(traffic.surges):
        where = f"traffic.surges[{number}]"
        yield from _check_span(where, surge.start, surge.end)
        yield from _within(f"{where}.factor", surge.factor, 0.01, 100)
    amounts = traffic.amounts
    if not 1 <= amounts.min_fen <= amounts.typical_fen <= amounts.max_fen:
        what = "must be 1 <= min_fen <= typical_fen <= max_fen"
        yield Problem("traffic.amounts", what, "Amounts are integer fen: 12900 is 129.00 yuan")


def _check_shoppers(scenario: Scenario) -> Iterator[Problem]:
    people = scenario.shoppers
    for name in ("environments", "wallets"):
        weights: dict[str, float] = getattr(people, name)
        if not weights or sum(weights.values()) <= 0 or min(weights.values()) < 0:
            yield Problem(f"shoppers.{name}", "needs at least one weight above 0, none below", "E.g. {wechat: 1}")
    for name in ("no_money", "one_wallet_empty", "leaves", "changes_mind", "pays_old_code", "new_customers"):
        yield from _within(f"shoppers.{name}", getattr(people, name), 0, 1)
    for name in ("think_s", "patience_s", "switches", "retry_pause_s"):
        low, high = getattr(people, name)
        if not 0 <= low <= high:
            yield Problem(f"shoppers.{name}", f"[{low}, {high}] is no range", "Write [smallest, largest], 0 or more")


def _check_fault(where: str, fault: Fault) -> Iterator[Problem]:
    for fraction, seconds in (("from", "from_s"), ("to", "to_s")):
        first = fault.start if fraction == "from" else fault.end
        if first is not None and getattr(fault, seconds) is not None:
            yield Problem(where, f"has both `{fraction}` and `{seconds}`", "Give one of them")
    yield from _within(f"{where}.from", fault.start, 0, 1)
    yield from _within(f"{where}.to", fault.end, 0, 1)
    yield from _within(f"{where}.from_s", fault.from_s, 0, 86_400)
    yield from _within(f"{where}.to_s", fault.to_s, 0, 86_400)
    if fault.start is not None and fault.end is not None and fault.start >= fault.end:
        yield Problem(where, "ends before it begins", "`to` must be later than `from`")
    if fault.from_s is not None and fault.to_s is not None and fault.from_s >= fault.to_s:
        yield Problem(where, "ends before it begins", "`to_s` must be later than `from_s`")
    yield from _within(f"{where}.share", fault.share, 0, 1)
    allowed = PARAMETERS[fault.kind].operations
    for operation in fault.operations:
        if operation not in allowed:
            fix = f"It can be {', '.join(sorted(allowed))}"
            yield Problem(f"{where}.operations", f"{operation!r} is no place for {fault.kind.value}", fix)
    yield from _check_parameters(where, fault)


def _check_parameters(where: str, fault: Fault) -> Iterator[Problem]:
    rule = PARAMETERS[fault.kind]
    for name in rule.needs:
        if getattr(fault, name) is None:
            yield Problem(where, f"a fault of kind {fault.kind.value} needs `{name}`", f"Add `{name}: ...`")
    for name in all_parameters():
        if getattr(fault, name) is not None and name not in (*rule.needs, *rule.may):
            fix = f"Remove it; {fault.kind.value} takes: {', '.join((*rule.needs, *rule.may)) or 'none'}"
            yield Problem(f"{where}.{name}", f"does nothing for kind {fault.kind.value}", fix)
    yield from _within(f"{where}.status", fault.status, 200, 599)
    yield from _within(f"{where}.ms", fault.ms, 0, 600_000)
    yield from _within(f"{where}.jitter_ms", fault.jitter_ms, 0, 600_000)
    yield from _within(f"{where}.times", fault.times, 1, 100)
    yield from _within(f"{where}.delay_s", fault.delay_s, 0, 86_400)


def _check_span(where: str, start: float, end: float) -> Iterator[Problem]:
    yield from _within(f"{where}.from", start, 0, 1)
    yield from _within(f"{where}.to", end, 0, 1)
    if start >= end:
        yield Problem(where, "ends before it begins", "`to` must be later than `from`; both are fractions 0..1")


def _within(where: str, value: float | None, low: float, high: float) -> Iterator[Problem]:
    if value is not None and not low <= value <= high:
        yield Problem(where, f"{value:g} is out of range", f"It must be between {low:g} and {high:g}")


def check_channels(scenario: Scenario, known: list[str]) -> Iterator[Problem]:
    """Whether every channel that the scenario names exists in the sandbox."""
    named = [("single", scenario.single)]
    named += [(f"channels[{number}]", name) for number, name in enumerate(scenario.channels)]
    named += [
        (f"faults[{n}].account", fault.account) for n, fault in enumerate(scenario.faults) if fault.account != "*"
    ]
    for where, name in named:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            fix = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(known)}"
            yield Problem(where, f"there is no channel {name!r} in the sandbox", fix)
