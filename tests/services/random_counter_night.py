"""A random night at a shop that also scans payment codes and debits signed cards."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from payswitch.domain.channel import CredentialKind, Environment, Method
from payswitch.domain.payment import Attempt, AttemptState, PaymentFile
from payswitch.services import confirming
from payswitch.services.commands import ConfirmPayment, PaymentAnswer
from payswitch.services.context import Context
from payswitch.services.lifecycle import DEAD
from tests.services.debit_channel import SMS_CODE
from tests.services.fate import Fate
from tests.services.harness import SHOP, command
from tests.services.moody_channel import MoodyDirectory
from tests.services.moody_debits import DebitDirectory, MoodyDebits
from tests.services.night_books import Books
from tests.services.random_night import LIFE_S, RandomNight


class DebitBooks(Books):
    """The invariants, and those of debits."""

    SHOWN = frozenset({*Books.SHOWN, AttemptState.UNKNOWN, AttemptState.FAILED})
    """A shown SMS order may be debited, and refused for good."""

    def _check_attempt(self, file: PaymentFile, attempt: Attempt) -> None:
        super()._check_attempt(file, attempt)
        if attempt.state is AttemptState.UNKNOWN:
            self._fate.must(attempt.due_at_ms is not None, "an unknown debit that nobody asks about")
            self._fate.must(attempt.debit_at_ms is not None, "unknown without a debit")
        others = [a for a in file.attempts if a.attempt_id != attempt.attempt_id]
        if attempt.state is AttemptState.UNKNOWN:
            begun = [a for a in others if a.created_at_ms > (attempt.debit_at_ms or 0) and a.state not in DEAD]
            self._fate.must(not begun, "something was begun while a debit was unknown")
        channel = self._channels[attempt.channel_id]
        if isinstance(channel, MoodyDebits) and attempt.state is AttemptState.FAILED:
            order = channel.orders.get(attempt.channel_order_no)
            self._fate.must(order is None or order.state != "paid", "a debit was called failed that took the money")


class CounterNight(RandomNight):
    """See `RandomNight`."""

    def __init__(self, seed: int, folder: Path, *, template: Path) -> None:
        super().__init__(seed, folder, template=template)
        self._codes = 0

    def make_directory(self, fate: Fate) -> MoodyDirectory:
        return DebitDirectory(fate, self)

    def make_books(self) -> Books:
        return DebitBooks(self.fate, self.directory.moody, self.shop.heard)

    def attempt_of(self, channel_id: str, channel_order_no: str) -> Attempt | None:
        """As last committed."""
        for file in self.books.seen.values():
            for attempt in file.attempts:
                if (attempt.channel_id, attempt.channel_order_no) == (channel_id, channel_order_no):
                    return attempt
        return None

    def _new_code(self) -> str:
        """The wallet shows another one."""
        self._codes += 1
        return f"13{self._codes:016d}"

    async def _timed(self, work: Callable[[Context], Coroutine[Any, Any, PaymentAnswer]], order: str) -> PaymentAnswer:
        """The half second is for codes to scan (`RandomNight` holds it); a wish may have to wait for a debit."""
        return await self.ask(work)

    async def _customer(self, number: str) -> None:
        if self.fate.chance(0.3):
            await super()._customer(number)
        elif self.fate.chance(0.5):
            await self._at_the_counter(number)
        else:
            await self._with_a_card(number)

    async def _at_the_counter(self, number: str) -> None:
        """The cashier scans; after a no, or no answer, a new code is shown for the same order."""
        await self.clock.sleep(self.dice.uniform(0, 20))
        code = self._new_code()
        for _ in range(self.dice.randint(1, 5)):
            order = command(number, expires_in_s=LIFE_S, environment=None, payment_code=code)
            self.orders_made[number] = order
            for _ in range(self.dice.choice((1, 1, 2))):
                self.fate.spawn(self._quietly(self.creating(order, None)))
            await self.clock.sleep(self.dice.choice((0.0, 0.3, 3.0, 12.0)))
            code = self._new_code() if self.fate.chance(0.6) else code
        self._afterwards(number)

    async def _with_a_card(self, number: str) -> None:
        """Quick pay, with codes mistyped, typed twice and on two devices."""
        await self.clock.sleep(self.dice.uniform(0, 20))
        methods = self.dice.choice(((Method.QUICKPAY,), (Method.QUICKPAY, Method.ALIPAY)))
        order = command(number, expires_in_s=LIFE_S, environment=Environment.MOBILE, methods=methods)
        self.orders_made[number] = order
        await self._once(number, self.creating(order, None))
        for _ in range(self.dice.randint(1, 5)):
            payment_id = self._payment_of(number)
            if payment_id is None:
                return
            code = SMS_CODE if self.fate.chance(0.6) else "000000"
            for _ in range(self.dice.choice((1, 1, 2))):
                self.fate.spawn(self._confirms(payment_id, code))
            await self.clock.sleep(self.dice.choice((0.0, 0.3, 3.0, 12.0)))
            if self.fate.chance(0.2):
                self.fate.spawn(self._quietly(lambda ctx, pid=payment_id: confirming.resend_sms(ctx, SHOP, pid)))
            if self.fate.chance(0.2):
                self.fate.spawn(self._switches(number, payment_id))
        self._afterwards(number)

    async def _confirms(self, payment_id: str, code: str) -> None:
        wish = ConfirmPayment(sms_code=code) if self.fate.chance(0.9) else ConfirmPayment(payment_code=self._new_code())
        await self._quietly(lambda ctx: confirming.confirm_payment(ctx, SHOP, payment_id, wish))

    def _payment_of(self, number: str) -> str | None:
        found = [f.payment.payment_id for f in self.books.seen.values() if f.payment.out_trade_no == number]
        return found[0] if found else None

    def _afterwards(self, number: str) -> None:
        payment_id = self._payment_of(number)
        if payment_id is None:
            return
        self.fate.spawn(self._looks(number, payment_id))
        if self.fate.chance(0.25):
            self.fate.spawn(self._cancels(number, payment_id))
        if self.fate.chance(0.8):
            self.fate.spawn(self._refunds(payment_id))

    async def _pay(self, attempt: Attempt) -> None:
        """Nothing can be scanned where an SMS was sent."""
        if attempt.credential is None or attempt.credential.kind is not CredentialKind.SMS:
            await super()._pay(attempt)
