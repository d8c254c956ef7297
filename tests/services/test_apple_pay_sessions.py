"""The page asks for a merchant session, the customer looks at the phone, and the token goes where it can be opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from payswitch.connectors.applepay.products import CAPABILITIES
from payswitch.domain.channel import Channel, Environment, Method, Product
from payswitch.domain.errors import PaySwitchError
from payswitch.domain.exchange import MerchantSession
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.domain.payment import PaymentState
from payswitch.services.checkout.applepay import merchant_session
from payswitch.services.commands import ConfirmPayment, OpenApplePaySession
from payswitch.services.payments import confirming, payments
from tests.services.debit_channel import DebitChannel
from tests.services.fake_channel import FakeChannel
from tests.services.harness import SHOP, Night, night

SESSION = b'{"merchantSessionIdentifier": "SSH1",  "signature":"30"}'
TOKEN = '{"paymentData": {"data": "secret"}, "paymentMethod": {"network": "ChinaUnionPay"}}'
ASK = OpenApplePaySession(
    validation_url="https://apple-pay-gateway.apple.com/paymentservices/startSession", domain="pay.shop.example"
)


class AppleChannel(DebitChannel):
    """Gives sessions as it is told."""

    def __init__(self, channel_id: str, shop: Night) -> None:
        super().__init__(channel_id, shop.clock)
        self.answer = MerchantSession(outcome=Outcome(kind=OutcomeKind.ACCEPTED), session=SESSION)
        self.asked: list[tuple[str, str]] = []

    async def merchant_session(self, validation_url: str, domain: str, timeout_ms: int) -> MerchantSession:
        self.asked.append((validation_url, domain))
        return self.answer


def add(shop: Night, channel_id: str, client: FakeChannel, *, tier: int = 1, **changes: object) -> None:
    fields = {
        "channel_id": channel_id,
        "merchant_id": "m-1",
        "connector": "applepay",
        "name": channel_id,
        "products": frozenset({Product.APPLEPAY_WEB}),
        "upstream": "unionpay",
        "tier": tier,
    }
    shop.directory.install(Channel(**(fields | changes)), client, CAPABILITIES)  # type: ignore[arg-type]


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Night]:
    async with night(tmp_path) as wired:
        yield wired


@pytest.fixture
def apple(shop: Night) -> AppleChannel:
    """The merchant's two channels for Apple Pay; the better one is not the first."""
    better = AppleChannel("apple-better", shop)
    add(shop, "apple-a-spare", AppleChannel("apple-a-spare", shop), tier=2)
    add(shop, "apple-better", better, tier=1)
    return better


async def waiting(shop: Night, **changes: object) -> str:
    """A payment on the checkout page: nothing has been launched."""
    answer = await shop.order(environment=None, **changes)
    return answer.file.payment.payment_id


async def test_the_page_gets_apples_session_as_it_is(shop: Night, apple: AppleChannel) -> None:
    payment_id = await waiting(shop)
    assert await merchant_session(shop.ctx, SHOP, payment_id, ASK) == SESSION
    assert apple.asked == [(ASK.validation_url, ASK.domain)]


async def test_the_token_is_debited_at_the_channel_of_its_session_whatever_routing_prefers(
    shop: Night, apple: AppleChannel
) -> None:
    for n in range(8):
        payment_id = await waiting(shop, number=f"order-{n}")
        await merchant_session(shop.ctx, SHOP, payment_id, ASK)
        command = ConfirmPayment(apple_pay_token=TOKEN, environment=Environment.MOBILE)
        answer = await confirming.confirm_payment(shop.ctx, SHOP, payment_id, command)
        assert answer.file.payment.state is PaymentState.SUCCEEDED
        assert [attempt.channel_id for attempt in answer.file.attempts] == ["apple-better"]
    assert apple.seen_consents == [TOKEN] * 8


async def test_a_token_never_goes_on_to_an_acquirer_who_cannot_open_it(shop: Night, apple: AppleChannel) -> None:
    payment_id = await waiting(shop)
    apple.debit_script.append(Outcome(kind=OutcomeKind.REFUSED_CHANNEL, code="02"))
    command = ConfirmPayment(apple_pay_token=TOKEN, environment=Environment.MOBILE)
    with pytest.raises(PaySwitchError) as caught:
        await confirming.confirm_payment(shop.ctx, SHOP, payment_id, command)
    assert caught.value.kind.code == "channels_unavailable"
    file = await shop.file(payment_id)
    assert [attempt.channel_id for attempt in file.attempts] == ["apple-better"]


@pytest.mark.parametrize("field", ["validation_url", "domain"])
async def test_what_the_page_sent_wrong_is_told_by_its_field(shop: Night, apple: AppleChannel, field: str) -> None:
    outcome = Outcome(kind=OutcomeKind.REFUSED_CONFIG, code=field, message="not Apple's / 不是 Apple 的")
    apple.answer = MerchantSession(outcome=outcome)
    with pytest.raises(PaySwitchError) as caught:
        await merchant_session(shop.ctx, SHOP, await waiting(shop), ASK)
    assert caught.value.kind.code == "invalid_request"
    assert caught.value.errors == [{"field": field, "message": outcome.message}]
    assert not await shop.ctx.store.list_incidents(limit=10)


async def test_apples_refusal_of_our_registration_reaches_the_operator_once(shop: Night, apple: AppleChannel) -> None:
    words = "not registered for domain=pay.shop.example"
    apple.answer = MerchantSession(outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code="http_400", message=words))
    payment_id = await waiting(shop)
    for _ in range(3):
        with pytest.raises(PaySwitchError) as caught:
            await merchant_session(shop.ctx, SHOP, payment_id, ASK)
        assert caught.value.kind.code == "channels_unavailable"
    (incident,) = await shop.ctx.store.list_incidents(limit=10)
    assert (incident.kind, incident.channel_id) == ("apple_pay_session_refused", "apple-better")
    assert words in incident.detail


async def test_apple_in_trouble_is_no_incident(shop: Night, apple: AppleChannel) -> None:
    apple.answer = MerchantSession(outcome=Outcome(kind=OutcomeKind.UNKNOWN, code="timeout"))
    with pytest.raises(PaySwitchError) as caught:
        await merchant_session(shop.ctx, SHOP, await waiting(shop), ASK)
    assert caught.value.kind.code == "channels_unavailable"
    assert not await shop.ctx.store.list_incidents(limit=10)


async def test_a_shop_without_apple_pay_is_told_so(shop: Night) -> None:
    with pytest.raises(PaySwitchError) as caught:
        await merchant_session(shop.ctx, SHOP, await waiting(shop), ASK)
    assert caught.value.kind.code == "no_candidate"


async def test_a_switched_off_channel_serves_nobody(shop: Night) -> None:
    add(shop, "apple-off", AppleChannel("apple-off", shop), enabled=False)
    with pytest.raises(PaySwitchError) as caught:
        await merchant_session(shop.ctx, SHOP, await waiting(shop), ASK)
    assert caught.value.kind.code == "no_candidate"


async def test_a_connector_that_opens_no_sessions_is_not_asked(shop: Night) -> None:
    add(shop, "apple-deaf", DebitChannel("apple-deaf", shop.clock))
    with pytest.raises(PaySwitchError) as caught:
        await merchant_session(shop.ctx, SHOP, await waiting(shop), ASK)
    assert caught.value.kind.code == "no_candidate"


async def test_a_payment_for_other_methods_gets_no_session(shop: Night, apple: AppleChannel) -> None:
    with pytest.raises(PaySwitchError) as caught:
        await merchant_session(shop.ctx, SHOP, await waiting(shop, methods=(Method.WECHAT,)), ASK)
    assert caught.value.kind.code == "no_candidate"
    assert not apple.asked


async def test_nothing_is_opened_for_a_payment_that_is_over(shop: Night, apple: AppleChannel) -> None:
    paid = await waiting(shop, number="order-paid")
    command = ConfirmPayment(apple_pay_token=TOKEN, environment=Environment.MOBILE)
    await confirming.confirm_payment(shop.ctx, SHOP, paid, command)
    cancelled = await waiting(shop, number="order-cancelled")
    await payments.cancel_payment(shop.ctx, SHOP, cancelled)
    for payment_id in (paid, cancelled):
        with pytest.raises(PaySwitchError) as caught:
            await merchant_session(shop.ctx, SHOP, payment_id, ASK)
        assert caught.value.kind.code == "wrong_state"
    assert not apple.asked


async def test_nothing_is_opened_while_a_debit_is_not_settled(shop: Night, apple: AppleChannel) -> None:
    payment_id = await waiting(shop)
    apple.debit_script.append(Outcome(kind=OutcomeKind.UNKNOWN, code="05"))
    command = ConfirmPayment(apple_pay_token=TOKEN, environment=Environment.MOBILE)
    await confirming.confirm_payment(shop.ctx, SHOP, payment_id, command)
    with pytest.raises(PaySwitchError) as caught:
        await merchant_session(shop.ctx, SHOP, payment_id, ASK)
    assert caught.value.kind.code == "payment_confirming"
