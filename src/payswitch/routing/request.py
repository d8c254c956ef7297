"""What the router is asked, and what it is told afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from payswitch.domain.channel import CapabilityTable, Channel, Consent, Environment, Method, Product
from payswitch.domain.customer import Customer
from payswitch.domain.exchange import OpenidSpace
from payswitch.domain.outcome import Outcome
from payswitch.routing.next_steps import PUSH
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
    derived: frozenset[str] = frozenset()
    """Which facts about the customer were derived rather than given: `customer_new`, `age_band`, `device`."""
    agreements: frozenset[str] = frozenset()
    """Channels at which the customer has a signed card (签约) that this payment may be debited from."""
    goods_tag: str | None = None
    metadata: Mapping[str, str] = {}
    local_hour: int = 12
    """Hour of the day in Beijing, 0..23."""
    local_day: int = 0
    """Day in Beijing, counted from 1970-01-01."""
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
    used_month_fen: Mapping[str, int] = {}
    """The same for the calendar month."""
    openid_spaces: Mapping[tuple[str, Product], OpenidSpace] = {}
    """Under which appid a channel x product needs the openid, where its client says so; only told when the payment
    carries openids of several appids."""


class CallObservation(msgspec.Struct, frozen=True, kw_only=True):
    """How one create call went: the first stage of success, known at once."""

    at_ms: int
    channel_id: str
    product: Product
    outcome: Outcome
    latency_ms: float
    amount_fen: int = 0
    """0: not told; then nothing is learned about limits."""
    upstream: str = ""
    method: Method | None = None
    customer: tuple[str, str] | None = None
    """(shop_id, customer_id), where the shop named the customer: what a refusal by risk control is remembered by."""
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
    amount_fen: int = 0
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


class Candidate(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One channel x product in the plan, in order of preference. Made by the dozen of texts and numbers: there is
    nothing in it that a garbage collector could find."""

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
    steps: str = PUSH
    """What is done on each class of outcome: `push` or `debit`, a table of `routing/next_steps.py`."""
    probe: bool = False
    reasons: tuple[str, ...] = ()
    """Reason codes, e.g. `tier:best`, `rule:large-amount`, `split:warm`, `same_upstream`; see `routing/reasons.py`
    for their one-line texts."""


class Exclusion(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One channel x product that was not eligible, and the first reason why."""

    channel_id: str
    product: Product
    reason: str


class Origin(StrEnum):
    """Where a fact about the customer comes from."""

    GIVEN = "given"
    DERIVED = "derived"
    UNKNOWN = "unknown"


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a decision took for true about the customer."""

    origin: Origin
    value: str = ""


class RoutePlan(msgspec.Struct, frozen=True, kw_only=True):
    """路由方案: ordered candidates with reasons. Encodes to JSON as the recorded decision."""

    policy_version: str
    salt: str
    candidates: tuple[Candidate, ...]
    excluded: tuple[Exclusion, ...]
    rules_fired: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = {}
    """Those facts about the customer that the policy's rules look at, with their origin."""
    shadow: Candidate | None = None
    """影子探测: a suspect at which an order may be made beside the real one, shown to nobody and closed: whether it is
    back costs no customer anything. Only of a first attempt; always a push product that can be closed. Whoever has no
    room for it leaves it: its place frees itself."""
