"""顾客: what the customer of one order does, with the shop's program between them and the switch."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from payswitch.domain.changes import StorageUnavailable
from payswitch.domain.channel import Environment, Method
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.payment import PaymentFile, PaymentState
from payswitch.services.checkout import checkouts
from payswitch.services.commands import PaymentAnswer
from payswitch.services.context import Context
from tests.services.debit_channel import SMS_CODE
from tests.simulation.channels import SignedPage
from tests.simulation.faults import Fault, Rare
from tests.simulation.life import Killed
from tests.simulation.orders import AMOUNT_FEN, Order, Shown

WISHES: tuple[tuple[str, ...], ...] = ((), (), ("wechat",), ("alipay",), ("unionpay",), ("huabei",))


class Customers(Order):
    """Everybody around one order: the customer, and their family's phones."""

    _codes = 0
    """Payment codes shown so far."""

    async def comes(self) -> None:
        await asyncio.sleep(self.dice.uniform(0, 20))
        kind = self.dice.random()
        if kind < 0.6:
            await self._at_a_desk()
        elif kind < 0.8:
            await self._at_the_counter()
        else:
            await self._with_a_card()

    # --- push: a code to scan ----------------------------------------------------------------------------------------

    async def _at_a_desk(self) -> None:
        environment = self.dice.choice(("desktop", "desktop", None))
        self.wish = self.basket(environment=environment)
        if not await self.place():
            return
        habits = [
            self._pays,
            self._pays_everything,
            self._switches,
            self._switches_and_pays_both,
            self._opens_the_checkout,
            self._looks,
            self._asks_again,
            self._goes_away,
        ]
        for _ in range(self.dice.randint(2, 9)):
            await asyncio.sleep(self.dice.choice((0.0, 0.05, 0.1, 0.3, 5.0, 20.0)))
            habit = self.dice.choice(habits)
            for _ in range(2 if self.fate.strikes(Fault.DOUBLE_CLICK, 0.3) else 1):
                self.fate.spawn(habit())
        self._afterwards()

    def _afterwards(self) -> None:
        if self.payment_id is None:
            return
        self.fate.spawn(self._looks())
        if self.fate.strikes(Fault.LAST_SECOND, 0.5):
            self.fate.spawn(self._pays_at_the_last_second())
        if self.fate.chance(0.25):
            self.fate.spawn(self._cancels())
        if self.fate.chance(0.8):
            self.fate.spawn(self._refunds())

    async def _asks_again(self) -> None:
        await self.create(key=f"again-{self.number}")

    async def _switches(self) -> None:
        await self.on_payment("switchPayment", {"methods": self.dice.choice(WISHES)}, timed=True)

    async def _switches_and_pays_both(self) -> None:
        """Presses "another way", and then somebody pays the old code as well."""
        await self._switches()
        if self.fate.strikes(Fault.OLD_CODE, 0.7):
            for shown in self.in_hand[-2:]:
                self.fate.spawn(self._pay(shown))

    async def _goes_away(self) -> None:
        self.in_hand.clear()

    async def _opens_the_checkout(self) -> None:
        """The hosted page, on one device or two."""
        file = self._file()
        if file is None:
            return
        token = file.payment.checkout_token
        methods = self.dice.choice(((), (Method.WECHAT,), (Method.ALIPAY,)))
        for _ in range(2 if self.fate.strikes(Fault.TWO_DEVICES, 0.5) else 1):
            self.fate.spawn(self._one_device(token, methods))

    async def _one_device(self, token: str, methods: tuple[Method, ...]) -> None:
        def press(ctx: Context) -> Coroutine[Any, Any, PaymentAnswer]:
            return checkouts.start(
                ctx,
                token,
                environment=Environment.DESKTOP,
                user_agent="Mozilla/5.0",
                client_ip="203.0.113.9",
                methods=methods,
            )

        async def start() -> None:
            answer = await self.waits(lambda: self.night.ask(press))
            if answer is not None and answer.attempt_id is not None:
                attempt = answer.file.attempt(answer.attempt_id)
                credential = attempt.credential
                assert credential is not None, "a shown attempt without a credential"
                self.in_hand.append(Shown({"channel_id": attempt.channel_id, "content": credential.content}))

        await self._quietly(start)

    async def _quietly(self, work: Callable[[], Awaitable[object]]) -> None:
        try:
            await work()
        except (PaySwitchError, StorageUnavailable, Killed):
            return

    def _file(self) -> PaymentFile | None:
        return None if self.payment_id is None else self.night.books.seen.get(self.payment_id)

    async def _looks(self) -> None:
        """The page polls."""
        file = self._file()
        if file is None:
            return
        token = file.payment.checkout_token
        for _ in range(3):
            await self._quietly(lambda: self.night.ask(lambda ctx: checkouts.check(ctx, token)))
            await self.on_payment("getPayment")
            await asyncio.sleep(1)

    async def _cancels(self) -> None:
        await asyncio.sleep(self.dice.uniform(0, 40))
        reply = await self.on_payment("cancelPayment")
        if reply is not None:
            late = reply.status == 409 or reply.view.get("state") == "succeeded"
            self.fate.meet(Rare.CANCEL_CAME_TOO_LATE if late else Rare.CANCELLED)

    # --- paying ------------------------------------------------------------------------------------------------------

    async def _pays(self) -> None:
        """The newest code; or one that was left long ago."""
        if not self.in_hand:
            return
        old = self.fate.strikes(Fault.OLD_CODE, 0.5)
        await self._pay(self.dice.choice(self.in_hand) if old else self.in_hand[-1])

    async def _pays_everything(self) -> None:
        """A family with several phones."""
        several = self.fate.strikes(Fault.TWO_DEVICES, 0.8)
        for shown in self.in_hand if several else self.in_hand[-1:]:
            self.fate.spawn(self._pay(shown))

    async def _pays_at_the_last_second(self) -> None:
        file = self._file()
        if file is None or not self.in_hand:
            return
        left_s = (file.payment.expires_at_ms - self.fate.clock.true_ms()) / 1_000
        await asyncio.sleep(max(0.0, left_s - self.dice.uniform(0.01, 1.0)))
        if self.in_hand:
            await self._pay(self.in_hand[-1], at_once=True)

    async def _pay(self, shown: Shown, *, at_once: bool = False) -> None:
        """Scan, look, type the password. The channel takes the money if its books allow it."""
        fate = self.fate
        if not at_once:
            await asyncio.sleep(self.dice.choice((0.0, 0.05, 0.3, 5.0)))
        channel = self.night.street.opened(shown.channel_id)
        if isinstance(channel, SignedPage):
            attempt = self.night.books.attempt_of(shown.channel_id, shown.number)
            assert attempt is not None, "a signed address that was never committed"
            channel.opens(shown.number, int(shown.content.split()[1]), attempt.deadline_ms)
        order = channel.orders.get(shown.number)
        if order is None:
            return
        if order.state == "unborn" and order.payable(fate.clock.true_ms()):
            order.state = "open"
            await asyncio.sleep(0.0 if at_once else self.dice.choice((0.0, 0.1, 5.0)))
        certain = False
        if not order.payable(fate.clock.true_ms()):
            just_closed = order.state == "closed" and fate.clock.true_ms() - order.changed_at_ms < 10_000
            if not (just_closed and fate.strikes(Fault.PAID_AFTER_CLOSE, 0.5)):
                return
            certain = order.impossible = True
        certain = certain or order.endless
        order.becomes("paid", fate.clock.true_ms())
        fate.note(shown.channel_id, f"is paid for {shown.number}")
        if certain:
            await self.night.told_for_certain(shown.channel_id, shown.number)
        else:
            news = f"v{order.version} paid {shown.number} {order.amount_fen}"
            await self.night.channel_notifies(shown.channel_id, news)

    # --- pull: payment codes and signed cards ------------------------------------------------------------------------

    def _new_code(self) -> str:
        """The wallet shows another one."""
        self._codes += 1
        return f"13{int(self.number[-1]):02d}{self._codes:014d}"

    async def _at_the_counter(self) -> None:
        """The cashier scans; after a no, or no answer, a new code is shown for the same order."""
        self.keeps_promise = False
        code = self._new_code()
        self.wish = self.basket()
        for _ in range(self.dice.randint(1, 5)):
            for _ in range(2 if self.fate.strikes(Fault.DOUBLE_CLICK, 0.4) else 1):
                self.fate.spawn(self.create(payment_code=code))
            await asyncio.sleep(self.dice.choice((0.0, 0.3, 3.0, 12.0)))
            code = self._new_code() if self.fate.chance(0.6) else code
        self._afterwards()

    async def _with_a_card(self) -> None:
        """Quick pay, with codes mistyped, typed twice and on two devices."""
        self.keeps_promise = False
        methods = self.dice.choice((["quickpay"], ["quickpay", "alipay"]))
        self.wish = self.basket(environment="mobile", methods=methods)
        await self.create()
        for _ in range(self.dice.randint(1, 5)):
            code = "000000" if self.fate.strikes(Fault.WRONG_SMS, 0.6) else SMS_CODE
            for _ in range(2 if self.fate.strikes(Fault.TWO_DEVICES, 0.4) else 1):
                self.fate.spawn(self._confirms(code))
            await asyncio.sleep(self.dice.choice((0.0, 0.3, 3.0, 12.0)))
            if self.fate.chance(0.2):
                self.fate.spawn(self.on_payment("resendSms"))
            if self.fate.chance(0.2):
                self.fate.spawn(self._switches())
            if self.payment_id is None:
                await self.create()
        self._afterwards()

    async def _confirms(self, code: str) -> None:
        wish = {"sms_code": code} if self.fate.chance(0.9) else {"payment_code": self._new_code()}
        await self.on_payment("confirmPayment", wish)

    # --- money back --------------------------------------------------------------------------------------------------

    async def _refunds(self) -> None:
        """As soon as it is paid; with the same number twice at once, or again after an error, as shops do."""
        for _ in range(60):
            await asyncio.sleep(self.dice.choice((0.1, 2.0)))
            file = self._file()
            if file is None:
                return
            if file.payment.state is PaymentState.SUCCEEDED:
                break
        for i in range(self.dice.randint(1, 3)):
            wish = {"refund_no": f"r-{self.number}-{i}", "amount_fen": self.dice.choice((AMOUNT_FEN, 5_000, 1))}
            self.fate.spawn(self._refund_twice(wish))
            await asyncio.sleep(self.dice.choice((0.0, 0.0, 5.0)))

    async def _refund_twice(self, wish: dict[str, object]) -> None:
        times = 2 if self.fate.strikes(Fault.TWO_REQUESTS_AT_ONCE, 0.6) else 1
        asked = await asyncio.gather(*(self.on_payment("createRefund", wish) for _ in range(times)))
        answers = [answer for answer in asked if answer is not None]
        made = {answer.view["refund_id"] for answer in answers if answer.status < 300}
        denied = [answer for answer in answers if 400 <= answer.status < 500]
        self.fate.must(len(made) <= 1, "one number, two refunds")
        self.fate.must(not made or not denied, f"a refund that was made is denied: {denied}")
