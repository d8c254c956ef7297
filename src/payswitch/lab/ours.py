"""Our contender: the production router through its public interface, fed as the services feed it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from payswitch.domain.channel import (
    Capability,
    Channel,
    Closing,
    CredentialKind,
    Environment,
    MaintenanceWindow,
    Method,
    Product,
)
from payswitch.domain.customer import Customer
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.lab.contender import Answer, Ask, Pick
from payswitch.lab.world import World
from payswitch.routing.planner import Router
from payswitch.routing.policy import Policy
from payswitch.routing.request import (
    CallObservation,
    Candidate,
    ChannelBook,
    ExposedObservation,
    FinalObservation,
    RouteRequest,
)
from payswitch.routing.segments import Segments, segments_of

BEGIN_MS: Final = 1_731_328_620_000
"""2024-11-11 20:37 in Beijing, a whole minute: when every world begins."""
_BEIJING: Final = timezone(timedelta(hours=8))
_PRODUCT: Final = Product.ALIPAY_PRECREATE
"""Any push product that is made by a server will do: all channels of the lab offer this one."""
_CAPABILITY: Final = Capability(
    product=_PRODUCT,
    method=Method.ALIPAY,
    push=True,
    server_created=True,
    environments=frozenset({Environment.DESKTOP}),
    closing=Closing.YES,
    credential=CredentialKind.QR,
)
DEVICES: Final = ("android", "ios", "desktop")
_OUTCOMES: Final = {
    Answer.MADE: Outcome(kind=OutcomeKind.ACCEPTED),
    Answer.TIMEOUT: Outcome(kind=OutcomeKind.UNKNOWN, code="timeout"),
    Answer.ERROR: Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="BANK_ERROR"),
}


class Ours:
    """`payswitch.routing.planner.Router` with a policy, in a world."""

    def __init__(self, world: World, policy: Policy) -> None:
        self._router = Router(policy)
        self._ids = [f"channel-{number:02d}" for number in range(world.channels)]
        self._numbers = {channel_id: number for number, channel_id in enumerate(self._ids)}
        self._upstreams = [f"acquirer-{traits.acquirer}" for traits in world.traits]
        self._book = ChannelBook(
            channels=tuple(self._channel(world, number) for number in range(world.channels)),
            capabilities={"lab": {_PRODUCT: _CAPABILITY}},
        )

    def _channel(self, world: World, number: int) -> Channel:
        return Channel(
            channel_id=self._ids[number],
            merchant_id="lab",
            connector="lab",
            name=self._ids[number],
            products=frozenset({_PRODUCT}),
            upstream=self._upstreams[number],
            maintenance=tuple(
                MaintenanceWindow(start=_beijing(outage.start_s), end=_beijing(outage.end_s))
                for outage in world.maintenance
                if outage.channel == number
            ),
        )

    def order(self, ask: Ask) -> Sequence[Pick]:
        request = RouteRequest(
            payment_id=f"pay_{ask.payment}",
            merchant_id="lab",
            shop_id="lab",
            amount_fen=ask.amount_fen,
            environment=Environment.DESKTOP,
            customer=Customer(device=DEVICES[ask.device]),
            bank=_bank(ask),
            failed=frozenset((self._ids[number], _PRODUCT) for number in ask.tried),
            failed_upstreams=frozenset(self._upstreams[number] for number in ask.tried),
        )
        at_ms = _at_ms(ask.now_s)
        self._router.note_create("lab", at_ms)
        plan = self._router.plan(request, self._book, now_ms=at_ms, salt=f"{request.payment_id}/{len(ask.tried)}")
        picks = [Pick(self._numbers[found.channel_id], found.soft_limit_ms) for found in plan.candidates]
        return picks if plan.shadow is None else [*picks, *self._beside(plan.shadow, at_ms)]

    def _beside(self, shadow: Candidate, at_ms: int) -> list[Pick]:
        """Made if the budget for orders beside one allows it, as by the services."""
        if self._router.may_hedge("lab", "lab", at_ms):
            return [Pick(self._numbers[shadow.channel_id], shadow.soft_limit_ms, beside=True)]
        self._router.leave_shadow(shadow, at_ms)
        return []

    def saw_call(self, now_s: float, ask: Ask, channel: int, answer: Answer, latency_ms: float) -> None:
        self._router.observe_call(
            CallObservation(
                at_ms=_at_ms(now_s),
                channel_id=self._ids[channel],
                product=_PRODUCT,
                outcome=_OUTCOMES[answer],
                latency_ms=latency_ms,
                segments=_segments(ask),
            )
        )

    def saw_exposed(self, now_s: float, ask: Ask, channel: int) -> None:
        self._router.observe_exposed(
            ExposedObservation(
                at_ms=_at_ms(now_s), channel_id=self._ids[channel], product=_PRODUCT, segments=_segments(ask)
            )
        )

    def saw_final(self, now_s: float, ask: Ask, channel: int, *, paid: bool, payer_side: bool, waited_s: float) -> None:
        self._router.observe_final(
            FinalObservation(
                at_ms=_at_ms(now_s),
                channel_id=self._ids[channel],
                product=_PRODUCT,
                paid=paid,
                payer_side=payer_side,
                waited_ms=int(waited_s * 1_000),
                segments=_segments(ask),
            )
        )


def _at_ms(now_s: float) -> int:
    return BEGIN_MS + int(now_s * 1_000)


def _beijing(at_s: float) -> str:
    moment = datetime.fromtimestamp(BEGIN_MS / 1_000 + at_s, UTC).astimezone(_BEIJING)
    return f"{moment:%Y-%m-%d %H:%M}"


def _bank(ask: Ask) -> str:
    return f"bank-{ask.bank}"


def _segments(ask: Ask) -> Segments:
    return segments_of(ask.amount_fen, DEVICES[ask.device], _bank(ask))
