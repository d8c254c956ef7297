"""The kinds of world that routers are compared in, as data. Figures: the routing study's (`docs/reference/lab.md`).

Rates are events per hour. A scenario that is `held_out` was never used to choose anybody's parameters: neither the
baselines' nor ours.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace


class Outages(msgspec.Struct, frozen=True, kw_only=True):
    """How often what falls ill."""

    total_per_h: float = 0.0
    """Per channel: nothing works, told by timeouts, by error codes, or by nothing at all (silent), a third each ..."""
    silent_share: float = 1 / 3
    """... unless the scenario wants another part of them silent."""
    partial_per_h: float = 0.0
    """Per channel: one to three banks, one amount band or one kind of device."""
    brownout_per_h: float = 0.0
    """Per channel: completion times 0.45 to 0.85."""
    latency_per_h: float = 0.0
    """Per channel: latency times 3 to 9."""
    issuer_per_h: float = 0.0
    """In all: one bank is down behind every channel."""
    acquirer_per_h: float = 0.0
    """Per acquirer: all channels behind it fall at once."""
    flapping_per_h: float = 0.0
    """Per channel: up and down every 10 to 40 s for some minutes."""
    maintenance_per_h: float = 0.0
    """Per channel: announced, whole minutes; every router knows and leaves the channel alone."""
    mean_minutes: float = 6.0
    """Length of an outage (exponential, at least 20 s)."""


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of world."""

    name: str
    title: str
    title_zh: str
    arrivals_per_s: float = 5.0
    length: float = 1.0
    """Times the minutes asked for: a quiet shop needs longer, a busy one has seen enough sooner."""
    channels: int = 8
    acquirers: int = 4
    base_low: float = 0.83
    base_high: float = 0.975
    """Completion of a payable payment through a healthy channel, uniform between these."""
    best_first: bool = True
    """The operator lists the channels by their nominal completion; else in any order."""
    drift_sd: float = 0.2
    """On the logit scale; mean-reverting with `drift_minutes`."""
    drift_minutes: float = 30.0
    shifts_per_h: float = 0.2
    """Per channel: level shifts (a contract, a risk rule), lasting, normal with 0.5 on the logit scale."""
    bank_sd: float = 0.4
    band_sd: float = 0.25
    device_sd: float = 0.2
    """Effects of each channel's own on the logit scale."""
    common_sd: float = 0.3
    """Effects of bank, amount and device that all channels share."""
    outages: Outages = Outages()
    completion_median_s: float = 14.0
    completion_sigma: float = 0.8
    expiry_s: float = 300.0
    """When a payment that nothing is heard of is given up and the router is told."""
    held_out: bool = False


_MILD: Final = Outages(
    total_per_h=0.15,
    partial_per_h=0.3,
    brownout_per_h=0.15,
    latency_per_h=0.1,
    issuer_per_h=0.3,
    acquirer_per_h=0.05,
    flapping_per_h=0.05,
    maintenance_per_h=0.05,
)
_MODERATE: Final = Outages(
    total_per_h=0.4,
    partial_per_h=0.8,
    brownout_per_h=0.4,
    latency_per_h=0.25,
    issuer_per_h=0.8,
    acquirer_per_h=0.1,
    flapping_per_h=0.1,
    maintenance_per_h=0.1,
)
_SEVERE: Final = Outages(
    total_per_h=1.0,
    partial_per_h=2.0,
    brownout_per_h=1.0,
    latency_per_h=0.6,
    issuer_per_h=2.0,
    acquirer_per_h=0.25,
    flapping_per_h=0.25,
    maintenance_per_h=0.25,
)
_BASE: Final = Scenario(name="moderate", title="an outage now and then", title_zh="中度故障", outages=_MODERATE)

MAIN: Final = (
    replace(_BASE, name="calm", title="nothing falls ill; only drift", title_zh="平静", outages=Outages()),
    replace(_BASE, name="mild", title="an outage every few hours", title_zh="轻度故障", outages=_MILD),
    _BASE,
    replace(_BASE, name="severe", title="always something down", title_zh="重度故障", outages=_SEVERE),
)
"""The four that the targets are set for."""

OTHERS: Final = (
    replace(
        _BASE, name="low-traffic", title="one payment in two seconds", title_zh="低流量", arrivals_per_s=0.5, length=3
    ),
    replace(
        _BASE,
        name="high-traffic",
        title="50 payments a second",
        title_zh="高流量",
        arrivals_per_s=50.0,
        length=0.25,
        held_out=True,
    ),
    replace(
        _BASE,
        name="slow-feedback",
        title="customers take minutes to pay",
        title_zh="反馈慢",
        completion_median_s=90.0,
        expiry_s=900.0,
        held_out=True,
    ),
    replace(
        _BASE,
        name="no-segments",
        title="all customers are alike",
        title_zh="无分群差异",
        bank_sd=0.0,
        band_sd=0.0,
        device_sd=0.0,
        common_sd=0.0,
        outages=replace(_MODERATE, partial_per_h=0.0, issuer_per_h=0.0),
        held_out=True,
    ),
    replace(
        _BASE,
        name="low-base",
        title="channels of 55 to 80 %",
        title_zh="低成功率",
        base_low=0.55,
        base_high=0.8,
        held_out=True,
    ),
    replace(
        _BASE,
        name="latency-only",
        title="channels only become slow",
        title_zh="仅变慢",
        outages=Outages(latency_per_h=1.5),
        held_out=True,
    ),
    replace(
        _BASE,
        name="black-holes",
        title="every total outage is silent",
        title_zh="静默故障",
        outages=replace(_MODERATE, total_per_h=0.8, silent_share=1.0),
        held_out=True,
    ),
    replace(
        _BASE,
        name="flapping",
        title="channels come and go",
        title_zh="时好时坏",
        outages=replace(_MODERATE, total_per_h=0.1, flapping_per_h=1.0),
        held_out=True,
    ),
    replace(
        _BASE,
        name="many-channels",
        title="20 channels behind 8 acquirers",
        title_zh="渠道多",
        channels=20,
        acquirers=8,
        held_out=True,
    ),
    replace(
        _BASE,
        name="any-order",
        title="channels listed in any order",
        title_zh="随意排序",
        best_first=False,
    ),
)

SCENARIOS: Final = {scenario.name: scenario for scenario in (*MAIN, *OTHERS)}
MAIN_NAMES: Final = tuple(scenario.name for scenario in MAIN)
