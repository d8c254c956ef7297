"""Several policies in one process: the router that looks up whose policy decides.

A channel belongs to one merchant, so what is learned about it (estimates, breakers, soft limits) follows that
merchant's policy; what is chosen for a payment follows its shop's. Everything learned is shared: a shop with a policy
of its own sees the same sick channel at the same moment. Why so: docs/decisions/0009-policy-scopes.md.
"""

from __future__ import annotations

from collections.abc import Callable

from payswitch.domain.channel import Method, Product
from payswitch.routing.hedging import HedgeUsage
from payswitch.routing.planner import Router
from payswitch.routing.policy import Policy
from payswitch.routing.request import (
    BreakerMove,
    CallObservation,
    ChannelBook,
    ExposedObservation,
    FinalObservation,
    RoutePlan,
    RouteRequest,
)

WHOLE_MERCHANT = ""
"""In place of a shop's id: the merchant's own policy, which its shops inherit."""


def _of_nobody(channel_id: str) -> str | None:
    del channel_id
    return None


class PolicyBook(Router):
    """The service's policy, and those of merchants and shops that have one of their own."""

    def __init__(self, policy: Policy, merchant_of: Callable[[str], str | None] = _of_nobody) -> None:
        """`merchant_of`: whose a channel is, by its id; None for a channel that nobody knows."""
        super().__init__(policy)
        self._merchant_of = merchant_of
        self._others: dict[tuple[str, str], Router] = {}

    def install(self, merchant_id: str, shop_id: str, policy: Policy | None) -> None:
        """From the next decision on this policy decides for the shop (or for WHOLE_MERCHANT); None: the one that it
        inherits. What was learned about the channels stays."""
        if policy is None:
            self._others.pop((merchant_id, shop_id), None)
        else:
            self._others[merchant_id, shop_id] = self.beside(policy)
        in_use = [self.policy, *(other.policy for other in self._others.values())]
        self._health.adopt(max(in_use, key=lambda one: one.triggers.last_calls))

    def policy_for(self, merchant_id: str, shop_id: str) -> Policy:
        """The one that decides there just now."""
        other = self._other(merchant_id, shop_id)
        return self.policy if other is None else other.policy

    def asks_for(self, merchant_id: str, shop_id: str) -> tuple[str, ...]:
        other = self._other(merchant_id, shop_id)
        if other is None:
            return super().asks_for(merchant_id, shop_id)
        return other.asks_for(merchant_id, shop_id)

    def plan(self, request: RouteRequest, book: ChannelBook, *, now_ms: int, salt: str) -> RoutePlan:
        other = self._other(request.merchant_id, request.shop_id)
        if other is None:
            return super().plan(request, book, now_ms=now_ms, salt=salt)
        return other.plan(request, book, now_ms=now_ms, salt=salt)

    def offered(self, request: RouteRequest, book: ChannelBook, *, now_ms: int) -> tuple[Method, ...]:
        other = self._other(request.merchant_id, request.shop_id)
        if other is None:
            return super().offered(request, book, now_ms=now_ms)
        return other.offered(request, book, now_ms=now_ms)

    def may_hedge(self, merchant_id: str, shop_id: str, monotonic_ms: float) -> bool:
        other = self._other(merchant_id, shop_id)
        if other is None:
            return super().may_hedge(merchant_id, shop_id, monotonic_ms)
        return other.may_hedge(merchant_id, shop_id, monotonic_ms)

    def hedge_usage(self, merchant_id: str, monotonic_ms: float) -> HedgeUsage:
        other = self._other(merchant_id, WHOLE_MERCHANT)
        if other is None:
            return super().hedge_usage(merchant_id, monotonic_ms)
        return other.hedge_usage(merchant_id, monotonic_ms)

    def observe_call(self, seen: CallObservation) -> list[BreakerMove]:
        other = self._owner(seen.channel_id)
        return super().observe_call(seen) if other is None else other.observe_call(seen)

    def observe_silence(self, channel_id: str, product: Product, at_ms: int) -> list[BreakerMove]:
        other = self._owner(channel_id)
        if other is None:
            return super().observe_silence(channel_id, product, at_ms)
        return other.observe_silence(channel_id, product, at_ms)

    def observe_exposed(self, seen: ExposedObservation) -> list[BreakerMove]:
        other = self._owner(seen.channel_id)
        return super().observe_exposed(seen) if other is None else other.observe_exposed(seen)

    def observe_final(self, seen: FinalObservation) -> list[BreakerMove]:
        other = self._owner(seen.channel_id)
        return super().observe_final(seen) if other is None else other.observe_final(seen)

    def _judging(self, channel_id: str) -> Policy:
        other = self._owner(channel_id)
        return self._policy if other is None else other.policy

    def _other(self, merchant_id: str, shop_id: str) -> Router | None:
        """The shop's, else its merchant's, else None: the service's own."""
        if not self._others:
            return None
        return self._others.get((merchant_id, shop_id)) or self._others.get((merchant_id, WHOLE_MERCHANT))

    def _owner(self, channel_id: str) -> Router | None:
        """Who learns about a channel: its merchant's policy, whichever shop's payment went there."""
        if not self._others:
            return None
        merchant_id = self._merchant_of(channel_id)
        return None if merchant_id is None else self._others.get((merchant_id, WHOLE_MERCHANT))
