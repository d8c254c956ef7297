"""What the router is asked, and what it is told afterwards."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from payswitch.domain.channel import CapabilityTable, Channel, Consent, Environment, Method, Product
from payswitch.domain.outcome import Outcome
from payswitch.domain.payment import Customer
from payswitch.routing.segments import Segments, segments_of


class RouteRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of one payment that routing may look at."""

    payment_id: str
    merchant_id: str
    shop_id: str
    amount_fen: int
    environment: Environment
    methods: frozenset[Method] = frozenset()
    """Allowed methods; empty means any."""
    products: frozenset[Product] = frozenset()
    customer: Customer = Customer()
    agreements: frozenset[str] = frozenset()
    """Channels at which the customer has a signed card (签约) that this payment may be debited from."""
    goods_tag: str | None = None
    metadata: Mapping[str, str] = {}
    local_hour: int = 12
    """Hour of the day in Beijing, 0..23."""
    remaining_ms: int = 7_200_000
    """What is left of the payment's life: an order at a channel must fit into it."""
    failed: frozenset[tuple[str, Product]] = frozenset()
    """(channel_id, product) pairs that failed already in this payment: not asked again while others are left."""
    failed_upstreams: frozenset[str] = frozenset()
    """Upstreams of the channels that failed in this payment: ranked lower."""
    consent: Consent | None = None
    """What the customer gave for a debit with this very request (付款码, Apple Pay token): only products that take
    it are asked. None: only products that need nothing at hand."""
    chosen: frozenset[str] = frozenset()
    """Channels that the customer chose by naming a signed card: first, before every rule; the others stand behind."""
    refused_methods: frozenset[Method] = frozenset()
    """Methods that the payer or risk control refused in this payment: not offered again silently."""
    bank: str = ""
    """The bank behind it where it is known: of the chosen card, or as the shop gave it."""

    def segments(self) -> Segments:
        """Where this payment stands: bank, amount band, device."""
        return segments_of(self.amount_fen, self.customer.device, self.bank)


class ChannelBook(msgspec.Struct, frozen=True, kw_only=True):
    """The channels of one merchant with what their connectors' products can do."""

    channels: tuple[Channel, ...]
    capabilities: Mapping[str, CapabilityTable]
    """By connector name."""
    used_today_fen: Mapping[str, int] = {}
    """What each channel took today (Beijing), for daily caps; a channel that is not in here took nothing."""


class CallObservation(msgspec.Struct, frozen=True, kw_only=True):
    """How one create call went: the first stage of success, known at once."""

    at_ms: int
    channel_id: str
    product: Product
    outcome: Outcome
    latency_ms: float
    segments: Segments = Segments()


class ExposedObservation(msgspec.Struct, frozen=True, kw_only=True):
    """A credential was shown to the customer: from now on a payment may arrive, and its absence says something."""

    at_ms: int
    channel_id: str
    product: Product
    segments: Segments = Segments()


class FinalObservation(msgspec.Struct, frozen=True, kw_only=True):
    """How an exposed attempt ended: paid, or not paid by anyone."""

    at_ms: int
    channel_id: str
    product: Product
    paid: bool
    payer_side: bool = False
    """Not paid for a reason that is the customer's: never counts against the channel."""
    waited_ms: int = 0
    """Time since the exposure; 0: not known."""
    segments: Segments = Segments()


class BreakerMove(msgspec.Struct, frozen=True, kw_only=True):
    """A breaker opened, began to probe or closed: an event for the operator, with its evidence."""

    at_ms: int
    channel_id: str
    product: Product
    before: str
    after: str
    reason: str
    evidence: Mapping[str, float | int | str]


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One channel x product in the plan, in order of preference."""

    channel_id: str
    product: Product
    method: Method
    upstream: str
    score: float
    """Expected margin in fen of sending this payment here."""
    estimate: float
    """Estimated chance of success, 0..1."""
    sd: float = 0.0
    """Standard deviation of the estimate: how wrong it may be."""
    propensity: float
    """Probability with which the policy would have put this candidate first, given the same facts."""
    soft_limit_ms: int
    """How long to wait for the create answer before going on to the next candidate."""
    probe: bool = False
    reasons: tuple[str, ...] = ()
    """Reason codes, e.g. `tier:best`, `rule:large-amount`, `split:warm`, `same_upstream`; see `routing/reasons.py`
    for their one-line texts."""


class Exclusion(msgspec.Struct, frozen=True, kw_only=True):
    """One channel x product that was not eligible, and the first reason why."""

    channel_id: str
    product: Product
    reason: str


class RoutePlan(msgspec.Struct, frozen=True, kw_only=True):
    """路由方案: ordered candidates with reasons. Encodes to JSON as the recorded decision."""

    policy_version: str
    salt: str
    candidates: tuple[Candidate, ...]
    excluded: tuple[Exclusion, ...]
    rules_fired: tuple[str, ...] = ()
