"""Which channel x product may take this payment at all, and if not, why.

What does not depend on the payment (environment, contract, enabled, tier, rule targets) is laid out once per merchant,
environment and policy; what does (amount, methods, openid, caps, maintenance) is checked at each decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from payswitch.domain.channel import Capability, Channel, Closing, Environment
from payswitch.domain.customer import Customer
from payswitch.domain.exchange import OpenidSpace
from payswitch.routing.health import Health, Line
from payswitch.routing.maintenance import Window, window_of
from payswitch.routing.operator_order import OperatorOrder
from payswitch.routing.policy import Policy, Tier
from payswitch.routing.profile import Face, Fired, Profile
from payswitch.routing.request import ChannelBook, Exclusion, RouteRequest
from payswitch.routing.scoring import margin_rate

_NO_LIMIT: Final = 1 << 62
_REASONS_KEPT: Final = 64
"""Combinations of fired rules of which an entry keeps the reasons ready."""
_ON_THE_WAY_MS: Final = 1_000
"""A payment that is to live for a minute has lost some milliseconds of it before it comes here."""


class Entry:
    """One channel x product as laid out: everything about it that no payment changes."""

    __slots__ = (
        "_reasons", "base_reasons", "bits", "channel_id", "closable", "daily_cap_fen", "key", "least_life_ms",
        "line", "margin_rate", "max_fen", "method", "min_fen", "missed_bits", "monthly_cap_fen", "needs_agreement",
        "needs_buyer_id", "needs_openid", "on_request", "order_odds", "plain", "position", "prior_weight", "product",
        "push", "server_created", "shares_channel", "shops", "siblings", "tier_rank", "upfront", "upstream", "windows",
    )  # fmt: skip

    def __init__(self, channel: Channel, capability: Capability, tier: Tier, position: int, line: Line) -> None:
        self.channel_id = channel.channel_id
        self.product = capability.product
        self.key = (channel.channel_id, capability.product)
        self.method = capability.method
        self.upstream = channel.upstream_of(capability.product)
        self.tier_rank = tier.rank
        self.base_reasons: tuple[str, ...] = (f"tier:{tier.name}",)
        self._reasons: dict[int, tuple[str, ...]] = {}
        """See `reasons`; by the bits of the rows that have fired."""
        self.position = position
        """Order of the channels in the book, then of the products in the connector's capability table."""
        self.line = line
        self.order_odds = 1.0
        """What its place in the operator's order says of its completion before it has outcomes of its own: a factor on
        the prior's odds (`operator_order.py`)."""
        self.prior_weight = 1.0
        """How many outcomes that weighs. Set, as is the last, before the first decision."""
        self.min_fen = max(capability.min_fen, channel.min_fen)
        self.max_fen = min(_no_limit(capability.max_fen), _no_limit(channel.max_fen))
        self.daily_cap_fen = channel.daily_cap_fen
        self.monthly_cap_fen = channel.monthly_cap_fen
        self.shops = channel.shops
        self.least_life_ms = capability.least_expiry_s * 1_000 - _ON_THE_WAY_MS
        self.needs_openid = capability.needs_openid
        self.needs_buyer_id = capability.needs_buyer_id
        self.needs_agreement = capability.needs_agreement
        self.push = capability.push
        self.closable = capability.closing is not Closing.NO
        """An order that nobody has seen can be taken back."""
        self.server_created = capability.server_created
        self.upfront = capability.consent if capability.upfront else None
        self.margin_rate = 0.0
        self.bits = 0
        """Rows of the rules that mean it (`profile.py`); `missed_bits` are all others."""
        self.missed_bits = -1
        self.on_request = False
        self.shares_channel = False
        """Other products of its channel fit the same screen."""
        self.windows: tuple[Window, ...] = ()
        self.plain = False
        """Whether only its limits and the payment's own wishes can speak against it: most products ask for nothing."""
        self.siblings: tuple[Line, ...] = ()
        """For a locally signed product, which has no create call that could fail: the account's other lines."""

    def reasons(self, hit: int, profile: Profile) -> tuple[str, ...]:
        """Why it stands where it stands, as far as its tier and those of its rows say that have fired; kept ready."""
        ready = self._reasons.get(hit)
        if ready is None:
            if len(self._reasons) >= _REASONS_KEPT:
                self._reasons.clear()
            ready = self._reasons[hit] = self.base_reasons + profile.reasons(hit)
        return ready

    def asks_nothing(self) -> bool:
        """See `plain`: neither of the customer nor of the shop, of the day's takings or of the hour."""
        of_customer = self.needs_openid or self.needs_buyer_id or self.needs_agreement or self.upfront
        capped = self.daily_cap_fen is not None or self.monthly_cap_fen is not None
        return not (of_customer or capped or self.shops or self.windows)


def _no_limit(limit_fen: int | None) -> int:
    return _NO_LIMIT if limit_fen is None else limit_fen


def tier_of(channel: Channel, tiers: Iterable[Tier]) -> Tier:
    """The tier that names the channel, else one of its tags, else the one with the channel's own rank."""
    tiers = tuple(tiers)
    for tier in tiers:
        if channel.channel_id in tier.channels:
            return tier
    for tier in tiers:
        if not channel.tags.isdisjoint(tier.tags):
            return tier
    for tier in tiers:
        if tier.rank == channel.tier:
            return tier
    return Tier(name=str(channel.tier), rank=channel.tier)


class Layout:
    """The entries of one merchant in one environment, and the exclusions that hold for every payment there."""

    __slots__ = ("book", "entries", "excluded", "order", "plain_from_fen", "plain_life_ms", "plain_to_fen")

    def __init__(
        self,
        book: ChannelBook,
        merchant_id: str,
        environment: Environment,
        policy: Policy,
        profile: Profile,
        health: Health,
    ) -> None:
        self.book = book
        self.entries: list[Entry] = []
        excluded: list[Exclusion] = []
        windows = [window_of(m.channel, m.product, m.start, m.end) for m in policy.maintenance]
        windows += [window_of(c.channel_id, m.product, m.start, m.end) for c in book.channels for m in c.maintenance]
        for channel in book.channels:
            reason = _standing_exclusion(channel, merchant_id)
            found = [] if reason else _usable_capabilities(channel, book, environment)
            if not found:
                excluded += _explain_absence(channel, book, environment, reason)
            for capability in found:
                line = health.line(channel.channel_id, capability.product)
                entry = Entry(channel, capability, tier_of(channel, policy.tiers), len(self.entries), line)
                tier_name = entry.base_reasons[0].partition(":")[2]
                entry.bits = profile.bits_of(Face(channel, capability.product, capability.method, tier_name))
                entry.missed_bits = ~entry.bits
                entry.margin_rate = margin_rate(policy.scoring, channel.fee_bp)
                entry.on_request = capability.method in policy.on_request
                entry.shares_channel = len(found) > 1
                entry.windows = tuple(
                    w for w in windows if w.channel == channel.channel_id and w.product in (None, capability.product)
                )
                if not capability.server_created:
                    entry.siblings = tuple(_server_lines(channel, book, health))
                entry.plain = entry.asks_nothing()
                self.entries.append(entry)
        self.excluded = tuple(excluded)
        self.order = OperatorOrder(_listed(self.entries))
        plain = [entry for entry in self.entries if entry.plain]
        self.plain_from_fen = max((entry.min_fen for entry in plain), default=0)
        self.plain_to_fen = min((entry.max_fen for entry in plain), default=_NO_LIMIT)
        self.plain_life_ms = max((entry.least_life_ms for entry in plain), default=0)

    def plain_take(self, request: RouteRequest, fired: Fired) -> bool:
        """Whether every plain entry takes this payment: an ordinary one within the limits of all. They need not be
        asked one by one then."""
        ordinary = not (is_narrowed(request) or fired.only)
        within = self.plain_from_fen <= request.amount_fen <= self.plain_to_fen
        return ordinary and within and request.remaining_ms >= self.plain_life_ms

    def fits(self, book: ChannelBook) -> bool:
        """Whether it was laid out for the same channels: then it can be used again."""
        mine = self.book
        if mine is book:
            return True
        if mine.channels == book.channels and mine.capabilities == book.capabilities:
            self.book = book  # the same objects are found by identity next time
            return True
        return False


def _listed(entries: Iterable[Entry]) -> list[list[Entry]]:
    """The entries of each channel, in the operator's order: by tier, then as configured."""
    found: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.tier_rank, entry.position)):
        found.setdefault(entry.channel_id, []).append(entry)
    return list(found.values())


def _standing_exclusion(channel: Channel, merchant_id: str) -> str | None:
    if channel.merchant_id != merchant_id:
        return "other_merchant"
    return None if channel.enabled else "disabled"


def _usable_capabilities(channel: Channel, book: ChannelBook, environment: Environment) -> list[Capability]:
    table = book.capabilities.get(channel.connector, {})
    return [c for p, c in table.items() if p in channel.products and environment in c.environments]


def _explain_absence(
    channel: Channel, book: ChannelBook, environment: Environment, reason: str | None
) -> list[Exclusion]:
    """One line per channel, not one per product: the record of every decision carries it."""
    table = book.capabilities.get(channel.connector, {})
    signed = sorted(p for p in channel.products if p in table)
    if reason is None:
        fitting = [p for p, c in table.items() if environment in c.environments]
        if fitting:
            return [Exclusion(channel_id=channel.channel_id, product=fitting[0], reason="not_signed")]
        reason = "environment" if signed else "unsupported"
    named = (signed or sorted(channel.products))[:1]
    return [Exclusion(channel_id=channel.channel_id, product=product, reason=reason) for product in named]


def _server_lines(channel: Channel, book: ChannelBook, health: Health) -> list[Line]:
    table = book.capabilities.get(channel.connector, {})
    return [health.line(channel.channel_id, p) for p, c in table.items() if p in channel.products and c.server_created]


def is_narrowed(request: RouteRequest) -> bool:
    """Whether the payment says by what it may be paid: by which methods or products, or with a consent at hand."""
    return bool(request.methods or request.products or request.refused_methods or request.consent)


def why_not(entry: Entry, request: RouteRequest, book: ChannelBook, fired: Fired, now_ms: int) -> str | None:
    """The first reason why this payment must not go there, or None. Never about health: that is the breaker's word."""
    reason = _not_asked_for(entry, request)
    if reason is not None:
        return reason
    amount_fen = request.amount_fen
    if amount_fen < entry.min_fen:
        return "amount_too_small"
    if amount_fen > entry.max_fen:
        return "amount_too_large"
    if request.remaining_ms < entry.least_life_ms:
        # Too long a life is no reason: the order is made for `most_expiry_s` (services/attempts/lives.py).
        return "expiry_too_short"
    if not entry.plain:
        reason = _not_known(entry, request, book) or _capped(entry, amount_fen, book)
        if reason is not None:
            return reason
        if any(window.covers(now_ms) for window in entry.windows):
            return "maintenance"
    return "rule_only" if fired.only & entry.missed_bits else None


def _capped(entry: Entry, amount_fen: int, book: ChannelBook) -> str | None:
    cap_fen = entry.daily_cap_fen
    if cap_fen is not None and book.used_today_fen.get(entry.channel_id, 0) + amount_fen > cap_fen:
        return "daily_cap"
    cap_fen = entry.monthly_cap_fen
    if cap_fen is not None and book.used_month_fen.get(entry.channel_id, 0) + amount_fen > cap_fen:
        return "monthly_cap"
    return None


def openid_of(customer: Customer, space: OpenidSpace | None) -> str | None:
    """The customer's openid for a channel that needs it under this appid.

    `openids` goes by appid. The single `openid` is of the shop's own appid: good wherever the channel's is the
    merchant's own or not told, and everywhere for a shop that sends nothing but it.
    """
    if space is not None and customer.openids:
        return customer.openids.get(space.appid) or (customer.openid if space.own else None)
    return customer.openid


def _openid_wanting(entry: Entry, request: RouteRequest, book: ChannelBook) -> str | None:
    customer = request.customer
    space = book.openid_spaces.get(entry.key) if customer.openids else None
    if openid_of(customer, space):
        return None
    return "needs_openid" if space is None else f"needs_openid_of:{space.appid}"


def _not_known(entry: Entry, request: RouteRequest, book: ChannelBook) -> str | None:
    """What the product must know of the customer, and this payment does not say."""
    if entry.needs_openid and (wanting := _openid_wanting(entry, request, book)) is not None:
        return wanting
    if entry.needs_buyer_id and not request.customer.buyer_id:
        return "needs_buyer_id"
    if entry.needs_agreement and entry.channel_id not in request.agreements:
        return "needs_agreement"
    return None


def _not_asked_for(entry: Entry, request: RouteRequest) -> str | None:
    if entry.shops and request.shop_id not in entry.shops:
        return "not_for_this_shop"
    if request.methods and entry.method not in request.methods:
        return "method_not_allowed"
    if request.products and entry.product not in request.products:
        return "product_not_allowed"
    if entry.upfront is not request.consent:
        return "needs_consent" if entry.upfront is not None else "other_consent"
    if request.refused_methods and entry.method in request.refused_methods:
        return "method_refused"
    return None
