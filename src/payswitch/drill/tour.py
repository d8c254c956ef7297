"""全渠道巡检: every product of every channel is paid once and refunded, through the real service and the real wires.

One shop, all its contracts; a policy with one rule per channel sends each payment where this tour wants it. At the end
the three books are compared, as after any night.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from payswitch.domain.channel import CredentialKind, Environment, Method, Product
from payswitch.domain.payment import PaymentState, RefundState
from payswitch.drill.client import DrillError, one_reason
from payswitch.drill.contracts import BANK_CHANNELS
from payswitch.drill.customers import CODE_WALLETS, CardOffice, SignedCard, apple_session_wish, read, scan_and_pay
from payswitch.drill.settling import Settling
from payswitch.drill.stage import Stage, plan_of_night
from payswitch.drill.tour_legs import Leg, Stop, TourResult
from payswitch.drill.views import CodeView, PaymentView
from payswitch.drill.watching import Watcher
from payswitch.kit.clock import Clock

AMOUNT_FEN: Final = 25_800
"""Enough for instalments, below every limit, and even, so that half of it is whole fen."""
_AT_ONCE: Final = 6
_PATIENCE_S: Final = 60.0
_SETTLE_S: Final = 90.0
_LOOK_S: Final = 0.2
_EXPIRES_IN_S: Final = 300
_IDENTITIES: Final = {
    "openid": "oTour" + "0" * 23,
    "buyer_id": "2088000000000001",
    "client_ip": "203.0.113.9",
}


Done = Callable[[PaymentView], bool]


def _all_refunded(view: PaymentView) -> bool:
    return bool(view.refunds) and all(refund.state is RefundState.SUCCEEDED for refund in view.refunds)


class _Offer(msgspec.Struct, frozen=True, kw_only=True):
    product: Product
    method: Method
    credential: CredentialKind
    channels: tuple[str, ...]


class _Place(msgspec.Struct, frozen=True, kw_only=True):
    environment: Environment
    offers: tuple[_Offer, ...]


class _Capabilities(msgspec.Struct, frozen=True, kw_only=True):
    data: tuple[_Place, ...]


def tour_policy(channel_ids: Sequence[str]) -> str:
    """One rule per channel: a payment that says so goes there and nowhere else."""
    rules = [
        {
            "name": f"tour-{channel_id}",
            "when": {"metadata": {"tour": channel_id}},
            "then": {"only": {"channels": [channel_id]}},
        }
        for channel_id in channel_ids
    ]
    policy = {"version": "tour", "split": {"best": 100, "warm": 0, "explore": 0}, "rules": rules, "on_request": []}
    return msgspec.json.encode(policy).decode()


async def run_tour(folder: Path, seed: int, clock: Clock, watcher: Watcher, database: str | None = None) -> TourResult:
    """Start everything, make the tour, compare the books. DrillError when a part of the stage breaks."""
    watcher.phase("准备密钥 / making keys")
    plan = plan_of_night(folder, "tour", seed, database)
    plan = replace(plan, policy=tour_policy(plan.station.channel_ids))
    watcher.phase("启动服务与沙箱 / starting service and sandbox")
    with one_reason():
        async with Stage(plan, clock) as stage:
            return await Tour(stage, clock, watcher).run()


class Tour:
    """One tour over a stage that runs."""

    def __init__(self, stage: Stage, clock: Clock, watcher: Watcher) -> None:
        self._stage = stage
        self._clock = clock
        self._watcher = watcher
        self._cards: dict[str, SignedCard] = {}
        self._slots = asyncio.Semaphore(_AT_ONCE)

    async def run(self) -> TourResult:
        stops = await self._stops()
        await self._sign_cards(stops)
        self._watcher.phase("逐个支付并退款 / paying and refunding, one after the other", len(stops))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._visit(stop)) for stop in stops]
        legs = [task.result() for task in tasks]
        orders = {leg.payment_id: AMOUNT_FEN for leg in legs if leg.payment_id is not None}
        settled = await Settling(self._stage, self._clock, self._watcher).run(orders, _SETTLE_S)
        return TourResult(
            drill="all-channels",
            channels=len({stop.channel_id for stop in stops}),
            connectors=len({stop.connector for stop in stops}),
            stops=len(stops),
            paid=sum(leg.paid_ms is not None for leg in legs),
            refunded=sum(leg.refunded_fen > 0 for leg in legs),
            books_equal=not settled.differences,
            legs=legs,
            differences=settled.differences,
        )

    async def _stops(self) -> list[Stop]:
        """Every product of every channel, in the first environment where it works."""
        places = read(await self._stage.switch.get("/v1/capabilities"), _Capabilities, "read what the channels can do")
        world = self._stage.plan.station.world
        found: dict[tuple[str, Product], Stop] = {}
        for place in places.data:
            for offer in place.offers:
                for channel_id in offer.channels:
                    stop = Stop(
                        channel_id=channel_id,
                        connector=world.account(channel_id).family,
                        product=offer.product,
                        method=offer.method,
                        environment=place.environment,
                        credential=offer.credential,
                    )
                    found.setdefault((channel_id, offer.product), stop)
        order = {channel_id: n for n, channel_id in enumerate(self._stage.plan.station.channel_ids)}
        return sorted(found.values(), key=lambda stop: (order[stop.channel_id], stop.product))

    async def _sign_cards(self, stops: Sequence[Stop]) -> None:
        office = CardOffice(self._stage.switch, self._stage.sandbox)
        banks = {channel_id: bank for bank, channel_id in BANK_CHANNELS.items()}
        for number, stop in enumerate(stops, start=1):
            if stop.product is Product.QUICKPAY_CARD:
                self._cards[stop.channel_id] = await office.sign(banks[stop.channel_id], number)

    async def _visit(self, stop: Stop) -> Leg:
        async with self._slots:
            self._stage.require_alive()
            leg = await self._leg(stop)
        self._watcher.step(f"{stop.channel_id} · {stop.product}", ok=not leg.problem)
        if leg.problem:
            self._watcher.say(f"{stop.channel_id} {stop.product}: {leg.problem}")
        return leg

    async def _leg(self, stop: Stop) -> Leg:
        leg = Leg(stop=stop)
        try:
            begun = self._clock.monotonic_ms()
            payment = read(await self._stage.switch.create(await self._order(stop)), PaymentView, "create")
            leg = msgspec.structs.replace(
                leg, payment_id=payment.payment_id, begun_ms=self._clock.monotonic_ms() - begun
            )
            begun = self._clock.monotonic_ms()
            await self._pay(stop, payment)
            await self._until(payment.payment_id, lambda view: view.state is PaymentState.SUCCEEDED, "paid")
            leg = msgspec.structs.replace(leg, paid_ms=self._clock.monotonic_ms() - begun)
            return msgspec.structs.replace(leg, refunded_fen=await self._refund(stop, payment.payment_id))
        except DrillError as error:
            return msgspec.structs.replace(leg, problem=str(error))

    async def _order(self, stop: Stop) -> Mapping[str, object]:
        card = self._cards.get(stop.channel_id)
        customer = {**_IDENTITIES, "customer_id": card.customer_id if card else "tour"}
        order: dict[str, object] = {
            "out_trade_no": f"tour-{stop.name}"[:64],
            "amount_fen": AMOUNT_FEN,
            "subject": "巡检商品 / Tour goods",
            "environment": stop.environment,
            "products": [stop.product],
            "customer": customer,
            "metadata": {"tour": stop.channel_id},
            "expires_in_s": _EXPIRES_IN_S,
        }
        if stop.method is Method.HUABEI:
            order["instalments"] = 3
        wallet = CODE_WALLETS.get(stop.product)
        if wallet is not None:
            del order["environment"]
            order["payment_code"] = await self._stage.sandbox.payment_code(wallet, stop.name)
        if card is not None:
            order["agreement_id"] = card.agreement_id
        if stop.product is Product.APPLEPAY_WEB:
            del order["environment"]
        return order

    async def _pay(self, stop: Stop, payment: PaymentView) -> None:
        """What the customer does after the order was placed; nothing for a code that was debited with it."""
        if stop.product in CODE_WALLETS:
            return
        if stop.product is Product.APPLEPAY_WEB:
            await self._pay_with_apple(stop, payment)
            return
        code = payment.credential
        if code is None or code.channel_id != stop.channel_id:
            raise DrillError(f"a credential of {code.channel_id if code else 'nobody'} instead of {stop.channel_id}")
        if code.kind is CredentialKind.SMS:
            await self._type_sms(stop, payment)
        else:
            await self._scan(stop, code)

    async def _scan(self, stop: Stop, code: CodeView) -> None:
        if not await scan_and_pay(self._stage.sandbox, code, stop.method, stop.name):
            raise DrillError("no wallet could pay what was shown")

    async def _type_sms(self, stop: Stop, payment: PaymentView) -> None:
        sms_code = await self._stage.sandbox.newest_sms(self._cards[stop.channel_id].mobile)
        path = f"/v1/payments/{payment.payment_id}/confirm"
        read(await self._stage.switch.post(path, {"sms_code": sms_code}), PaymentView, "confirm with the SMS code")

    async def _pay_with_apple(self, stop: Stop, payment: PaymentView) -> None:
        """The page opens Apple's sheet with a merchant session; the phone signs; the page sends the token."""
        path = f"/v1/payments/{payment.payment_id}"
        world = self._stage.plan.station.world
        wish = apple_session_wish(world.account(stop.channel_id).connector_account())
        read(await self._stage.switch.post(f"{path}/apple-pay-session", wish), msgspec.Raw, "open an Apple Pay session")
        token = await self._stage.sandbox.apple_pay_token(stop.channel_id, AMOUNT_FEN)
        consent = {"apple_pay_token": token, "environment": stop.environment}
        read(await self._stage.switch.post(f"{path}/confirm", consent), PaymentView, "debit the Apple Pay token")

    async def _refund(self, stop: Stop, payment_id: str) -> int:
        """Half of it; all of it where the channel gives back only the whole."""
        path = f"/v1/payments/{payment_id}/refunds"
        for amount_fen in (AMOUNT_FEN // 2, AMOUNT_FEN):
            wish = {"refund_no": f"r-{stop.name}"[:64], "amount_fen": amount_fen, "reason": "七天无理由"}
            answer = await self._stage.switch.post(path, wish)
            if answer.status == 422 and amount_fen < AMOUNT_FEN:
                continue
            if answer.status != 201:
                raise DrillError(
                    f"refund refused: HTTP {answer.status}: {answer.body[:300].decode('utf-8', 'replace')}"
                )
            await self._until(payment_id, _all_refunded, "refunded")
            return amount_fen
        return 0

    async def _until(self, payment_id: str, done: Done, what: str) -> None:
        end_ms = self._clock.monotonic_ms() + _PATIENCE_S * 1_000
        while True:
            view = await self._stage.switch.payment(payment_id)
            if view is not None and done(view):
                return
            if self._clock.monotonic_ms() >= end_ms:
                state = view.state.value if view is not None else "unreadable"
                raise DrillError(f"not {what} within {_PATIENCE_S:g} s; the payment is {state}")
            await self._clock.sleep(_LOOK_S)
