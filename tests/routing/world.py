"""The shop of the routing stories: five channels like the demo's, and short ways to say what happens."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from payswitch.domain.channel import (
    Capability,
    CapabilityTable,
    Channel,
    Closing,
    CredentialKind,
    Environment,
    Method,
    Product,
)
from payswitch.domain.customer import Customer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.routing.planner import Router
from payswitch.routing.policy import Hedging, Policy, Split
from payswitch.routing.policy_default import default_policy
from payswitch.routing.request import BreakerMove, CallObservation, ChannelBook, RoutePlan, RouteRequest

NIGHT_MS = 1_731_328_620_000
"""2024-11-11 20:37 in Beijing: the night of the story."""


def _capability(product: Product, method: Method, environments: Iterable[Environment], **more: Any) -> Capability:
    facts: dict[str, Any] = {
        "push": True,
        "server_created": True,
        "closing": Closing.YES,
        "credential": CredentialKind.QR,
    }
    return Capability(product=product, method=method, environments=frozenset(environments), **(facts | more))


_E = Environment
WECHAT: CapabilityTable = {
    Product.WECHAT_JSAPI: _capability(Product.WECHAT_JSAPI, Method.WECHAT, [_E.WECHAT], needs_openid=True),
    Product.WECHAT_H5: _capability(Product.WECHAT_H5, Method.WECHAT, [_E.MOBILE]),
    Product.WECHAT_NATIVE: _capability(Product.WECHAT_NATIVE, Method.WECHAT, [_E.DESKTOP, _E.RESTRICTED]),
}
ALIPAY: CapabilityTable = {
    Product.ALIPAY_PRECREATE: _capability(Product.ALIPAY_PRECREATE, Method.ALIPAY, [_E.DESKTOP, _E.RESTRICTED]),
    Product.ALIPAY_PAGE: _capability(Product.ALIPAY_PAGE, Method.ALIPAY, [_E.DESKTOP], server_created=False),
    Product.ALIPAY_WAP: _capability(Product.ALIPAY_WAP, Method.ALIPAY, [_E.MOBILE, _E.ALIPAY], server_created=False),
    Product.HUABEI_PRECREATE: _capability(
        Product.HUABEI_PRECREATE, Method.HUABEI, [_E.DESKTOP], min_fen=100, max_fen=5_000_000
    ),
}


def channel(channel_id: str, connector: str, upstream: str, tier: int, **more: Any) -> Channel:
    facts: dict[str, Any] = {
        "merchant_id": "m-1",
        "name": channel_id,
        "products": frozenset(WECHAT if connector == "wechatpay" else ALIPAY),
    }
    return Channel(channel_id=channel_id, connector=connector, upstream=upstream, tier=tier, **(facts | more))


QR_ONLY = frozenset({Product.ALIPAY_PRECREATE})
FIVE = (
    channel("wechat-main", "wechatpay", "wechat", 1),
    channel("alipay-main", "alipay", "alipay", 1, fee_bp=65),
    channel("wechat-backup", "wechatpay", "wechat", 2),
    channel("alipay-backup", "alipay", "alipay", 2, products=QR_ONLY),
    channel("bank-alipay", "alipay", "bank", 3, products=QR_ONLY, tags=frozenset({"bank"})),
)


def book(*channels: Channel, **more: Any) -> ChannelBook:
    """The merchant's channels; the demo's five when none are named."""
    return ChannelBook(channels=channels or FIVE, capabilities={"wechatpay": WECHAT, "alipay": ALIPAY}, **more)


def payment(payment_id: str = "pay_1", **more: Any) -> RouteRequest:
    """99 yuan at a desktop computer, nothing special."""
    facts: dict[str, Any] = {
        "merchant_id": "m-1",
        "shop_id": "shop-1",
        "amount_fen": 9_900,
        "environment": Environment.DESKTOP,
        "local_hour": 20,
    }
    return RouteRequest(payment_id=payment_id, **(facts | more))


def customer(**facts: Any) -> Customer:
    return Customer(**facts)


NO_ORDERS_BESIDE = Hedging(share=0, least_per_minute=0)
"""Neither hedges nor shadow probes: for stories of payments that are lent."""


def best_only() -> Split:
    """A split that sends everything to the best, for stories about something else."""
    return Split(best=100, warm=0, explore=0)


ACCEPTED = Outcome(kind=OutcomeKind.ACCEPTED)
TIMEOUT = Outcome(kind=OutcomeKind.UNKNOWN, code="timeout")
NOT_SENT = Outcome(kind=OutcomeKind.NOT_SENT, code="connect_failed")
BUSY = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="BANK_ERROR")
LISTED = Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="SYSTEM_ERROR", listed=True)
LIMIT = Outcome(kind=OutcomeKind.REFUSED_LIMIT, code="RULELIMIT")
RISK = Outcome(kind=OutcomeKind.REFUSED_RISK, code="RISK")
NO_MONEY = Outcome(kind=OutcomeKind.REFUSED_PAYER, code="NOTENOUGH")


class Night:
    """A shop with a router and a clock that the story moves."""

    def __init__(self, policy: Policy | None = None, the_book: ChannelBook | None = None) -> None:
        self.router = Router(policy or default_policy())
        self.book = the_book or book()
        self.now_ms = NIGHT_MS
        self.moves: list[BreakerMove] = []
        self._payments = 0

    def later(self, seconds: float) -> None:
        self.now_ms += int(seconds * 1_000)

    def plan(self, request: RouteRequest | None = None, **facts: Any) -> RoutePlan:
        """The plan for a payment; each gets its own id unless one is given."""
        self._payments += 1
        request = request or payment(**({"payment_id": f"pay_{self._payments}"} | facts))
        return self.router.plan(request, self.book, now_ms=self.now_ms, salt=request.payment_id)

    def call(
        self,
        channel_id: str,
        outcome: Outcome = ACCEPTED,
        product: Product | None = None,
        latency_ms: float = 80.0,
        **facts: Any,
    ) -> list[BreakerMove]:
        """A create call that begins now and has ended after its latency."""
        self.now_ms += int(latency_ms)
        moves = self.router.observe_call(
            CallObservation(
                at_ms=self.now_ms,
                channel_id=channel_id,
                product=product or qr_product(channel_id),
                outcome=outcome,
                latency_ms=latency_ms,
                **facts,
            )
        )
        self.moves += moves
        return moves

    def shadow(self, plan: RoutePlan, outcome: Outcome = ACCEPTED, latency_ms: float = 80.0) -> bool:
        """Make the order beside the payment, if the plan asks for one."""
        if plan.shadow is not None:
            self.call(plan.shadow.channel_id, outcome, plan.shadow.product, latency_ms)
        return plan.shadow is not None

    def state(self, channel_id: str) -> str:
        """The breaker's state of the channel's QR product."""
        wanted = (channel_id, qr_product(channel_id))
        for line in self.router.health_snapshot(self.now_ms):
            if (line.channel_id, line.product) == wanted:
                return line.state
        raise KeyError(channel_id)


def qr_product(channel_id: str) -> Product:
    """What the channel offers at a desktop computer."""
    return Product.WECHAT_NATIVE if channel_id.startswith("wechat") else Product.ALIPAY_PRECREATE


def order(plan: RoutePlan) -> list[str]:
    """The plan's channels, in order, each once."""
    return list(dict.fromkeys(candidate.channel_id for candidate in plan.candidates))


def why_excluded(plan: RoutePlan, channel_id: str) -> set[str]:
    return {exclusion.reason for exclusion in plan.excluded if exclusion.channel_id == channel_id}
