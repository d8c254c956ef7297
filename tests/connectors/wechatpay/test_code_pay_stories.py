"""付款码 against the sandbox, over real HTTP and mutual TLS: what happens at a counter, told to the end."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest
from tests.connectors.wechatpay.conftest import CHANNEL
from tests.connectors.wechatpay.orders import NOW_MS, REFUND, order
from tests.sandbox.support import RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.connectors.wechatpay.client import WechatPayClient
from payswitch.domain.bill import BillKind
from payswitch.domain.channel import Product
from payswitch.domain.exchange import DebitOrder, OrderFact, OrderRef
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.kit.secrets import Secret
from payswitch.sandbox.wechatpay.accounts import another_sub_merchant, wechat_partner_account
from payswitch.sandbox.world import World, wechat_account

K = OutcomeKind
ORDER = order(Product.WECHAT_CODE)
REF = OrderRef(
    channel_order_no=ORDER.channel_order_no, product=Product.WECHAT_CODE, amount_fen=12_900, created_at_ms=NOW_MS
)
LOST_MS = 300
MODES = ("own", "partner", "partner-without-sub-appid")


@pytest.fixture(scope="module")
def world() -> World:
    address = "http://127.0.0.1:1"
    own = wechat_account("own", address, platform_certificate=False, public_key=True)
    partner = wechat_partner_account("partner", address)
    lean = another_sub_merchant(partner, "partner-without-sub-appid", sub_appid=False)
    other = wechat_account("other", address, platform_certificate=False, public_key=True)
    return World(base_url=address, accounts=[own, partner, lean, other])


@pytest.fixture
async def sandbox(world: World, clock: ManualClock) -> AsyncIterator[RunningSandbox]:
    async with running_sandbox(world, clock=clock) as running:
        yield running


@pytest.fixture
async def transport() -> AsyncIterator[AiohttpTransport]:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    yield transport
    await transport.aclose()


class Counter:
    """A shop's counter: its client, its customers, and the channel's books."""

    def __init__(self, sandbox: RunningSandbox, transport: AiohttpTransport, clock: ManualClock, mode: str) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self.table = sandbox.world.account(mode).connector_account()
        self._transport = transport
        self.client = self.open()

    def open(self, **changes: str) -> WechatPayClient:
        client = CONNECTOR.open(
            CHANNEL, {**self.table, **changes}, transport=self._transport, clock=self.clock, ids=SystemIds()
        )
        assert isinstance(client, WechatPayClient)
        return client

    async def code(self, **wish: object) -> str:
        url, body = f"{self.sandbox.base_url}/_sandbox/payment-codes", {"wallet": "wechat", **wish}
        async with self.sandbox.session.post(url, json=body) as answer:
            return str((await answer.json())["code"])

    async def debit(self, code: str, timeout_ms: int = 5_000) -> OrderFact:
        return await self.client.debit(DebitOrder(order=ORDER, consent=Secret(code)), timeout_ms)

    async def query(self) -> OrderFact:
        return await self.client.query(REF, 5_000)

    async def reverse(self, timeout_ms: int = 5_000) -> Outcome:
        return await self.client.reverse(REF, timeout_ms)

    async def kept_fen(self) -> int:
        """What the channel's own books hold for the shop."""
        kept = 0
        for entry in await self.sandbox.ledger():
            if entry["paid_at_ms"] is not None:
                kept += entry["amount_fen"] - sum(refund["amount_fen"] for refund in entry["refunds"])
        return kept

    async def lose(self, operation: str, when: str) -> None:
        """Calls of this kind get no answer; `after`: they are done all the same."""
        await self.sandbox.set_faults({"kind": "hang", "operations": [operation], "when": when})


@pytest.fixture(params=MODES)
def counter(
    request: pytest.FixtureRequest, sandbox: RunningSandbox, transport: AiohttpTransport, clock: ManualClock
) -> Counter:
    return Counter(sandbox, transport, clock, request.param)


@pytest.fixture
def own(sandbox: RunningSandbox, transport: AiohttpTransport, clock: ManualClock) -> Counter:
    return Counter(sandbox, transport, clock, "own")


def assert_is_paid(fact: OrderFact) -> None:
    assert fact.outcome.kind is K.PAID, fact
    assert (fact.channel_order_no, fact.amount_fen, fact.currency) == (ORDER.channel_order_no, 12_900, "CNY")
    assert fact.merchant_ok
    assert str(fact.transaction_id).startswith("4200")
    assert fact.paid_at_ms is not None


async def test_paid_at_once(counter: Counter) -> None:
    assert_is_paid(await counter.debit(await counter.code()))
    assert_is_paid(await counter.query())
    assert await counter.kept_fen() == 12_900


async def test_the_customer_types_the_password_and_pays(counter: Counter) -> None:
    code = await counter.code(ask_above_fen=0)
    assert (await counter.debit(code)).outcome.kind is K.PENDING
    assert (await counter.query()).outcome.kind is K.PENDING
    assert (await counter.sandbox.pay(code))["result"] == "paid"
    assert_is_paid(await counter.query())


async def test_the_customer_walks_away_and_the_debit_is_reversed(counter: Counter) -> None:
    code = await counter.code(ask_above_fen=0)
    await counter.debit(code)
    assert (await counter.reverse()).kind is K.PENDING, "not within 15 s: call again"
    counter.clock.advance(seconds=45)
    assert (await counter.reverse()).kind is K.CLOSED
    fact = await counter.query()
    assert (fact.outcome.kind, fact.outcome.code) == (K.CLOSED, "REVOKED")
    assert (await counter.sandbox.pay(code))["result"] == "closed", "nothing can be paid under this number any more"


async def test_the_customer_says_no(own: Counter) -> None:
    code = await own.code(ask_above_fen=0)
    await own.debit(code)
    url = f"{own.sandbox.base_url}/_sandbox/payment-codes/decline"
    async with own.sandbox.session.post(url, json={"code": code}) as answer:
        assert answer.status == 200
    fact = await own.query()
    assert (fact.outcome.kind, fact.outcome.code) == (K.CLOSED, "PAYERROR")


@pytest.mark.parametrize("how", ["hang", "http_5xx", "malformed", "SYSTEMERROR", "BANKERROR"])
async def test_the_answer_is_lost_and_the_money_was_taken(own: Counter, how: str) -> None:
    """Asked, it is found; reversed all the same, it is given back."""
    code = await own.code()
    fault = {"kind": how, "when": "after"} if how.islower() else {"kind": "error_code", "code": how, "created": True}
    await own.sandbox.set_faults({**fault, "operations": ["debit"]})
    fact = await own.debit(code, LOST_MS)
    assert (fact.outcome.kind, fact.outcome.transient) == (K.UNKNOWN, False)
    assert_is_paid(await own.query())
    own.clock.advance(seconds=45)
    assert (await own.reverse()).kind is K.CLOSED
    assert await own.kept_fen() == 0, "paid and given back"
    assert (await own.query()).outcome.kind is K.CLOSED
    assert (await own.reverse()).kind is K.CLOSED, "once more is harmless"
    assert await own.kept_fen() == 0


@pytest.mark.parametrize("how", ["hang", "http_5xx", "refuse", "SYSTEMERROR", "BANKERROR"])
async def test_the_answer_is_lost_and_nothing_was_taken(own: Counter, how: str) -> None:
    code = await own.code()
    fault = {"kind": how} if how.islower() else {"kind": "error_code", "code": how}
    await own.sandbox.set_faults({**fault, "operations": ["debit"]})
    assert (await own.debit(code, LOST_MS)).outcome.kind is K.UNKNOWN
    assert (await own.query()).outcome.kind is K.NOT_FOUND
    own.clock.advance(seconds=45)
    assert (await own.reverse()).kind is K.PENDING, "the debit could still be on its way"
    own.clock.advance(seconds=20)
    assert (await own.reverse()).kind is K.CLOSED, "now WeChat would refuse it"
    assert (await own.query()).outcome.kind is K.NOT_FOUND
    assert await own.kept_fen() == 0


async def test_a_debit_that_arrives_after_its_time_is_refused_by_the_channel(own: Counter) -> None:
    """What makes "no such order" final: the life of a debit is written in it."""
    code = await own.code(valid_s=600)
    debit = DebitOrder(order=ORDER, consent=Secret(code))
    held: list[tuple[str, bytes]] = []

    class Slow:
        async def send(self, method: str, url: str, *, headers: object, body: bytes, **_: object) -> object:
            held.append((url, body))
            raise TimeoutError

    slow = CONNECTOR.open(CHANNEL, own.table, transport=Slow(), clock=own.clock, ids=SystemIds())  # type: ignore[arg-type]
    assert isinstance(slow, WechatPayClient)
    with pytest.raises(TimeoutError):
        await slow.debit(debit, 5_000)
    own.clock.advance(seconds=65)
    assert (await own.reverse()).kind is K.CLOSED
    (url, body) = held[0]
    async with own.sandbox.session.post(url, data=body) as answer:
        assert b"PARAM_ERROR" in await answer.read()
    assert await own.kept_fen() == 0


async def test_the_reversal_is_lost_too(own: Counter) -> None:
    await own.lose("debit", "after")
    await own.debit(await own.code(), LOST_MS)
    own.clock.advance(seconds=45)
    await own.lose("reverse", "before")
    assert (await own.reverse(LOST_MS)).kind is K.UNKNOWN
    assert await own.kept_fen() == 12_900
    await own.lose("reverse", "after")
    assert (await own.reverse(LOST_MS)).kind is K.UNKNOWN
    assert await own.kept_fen() == 0
    await own.sandbox.set_faults()
    assert (await own.reverse()).kind is K.CLOSED


async def test_a_reversal_that_wants_to_be_called_again(own: Counter) -> None:
    await own.debit(await own.code())
    own.clock.advance(seconds=45)
    await own.sandbox.set_faults({"kind": "error_code", "code": "SYSTEMERROR", "operations": ["reverse"]})
    assert (await own.reverse()).kind is K.PENDING, "recall=Y"
    await own.sandbox.set_faults()
    assert (await own.reverse()).kind is K.CLOSED


@pytest.mark.parametrize("operation", ["debit", "query", "reverse"])
async def test_a_forged_answer_is_not_believed(own: Counter, operation: str) -> None:
    code = await own.code()
    await own.sandbox.set_faults({"kind": "bad_signature", "operations": [operation]})
    outcomes = {"debit": (await own.debit(code)).outcome, "query": (await own.query()).outcome}
    own.clock.advance(seconds=45)
    outcomes["reverse"] = await own.reverse()
    assert (outcomes[operation].kind, outcomes[operation].code) == (K.UNTRUSTED, "bad_signature")


async def test_a_forged_refusal_does_not_let_the_shop_try_elsewhere(own: Counter) -> None:
    """A refusal proves that nothing was taken: only a genuine one may."""
    refusal = {"kind": "error_code", "code": "NOTENOUGH", "operations": ["debit"], "created": True}
    await own.sandbox.set_faults(refusal, {"kind": "bad_signature", "operations": ["debit"]})
    assert (await own.debit(await own.code())).outcome.kind is K.UNTRUSTED
    assert await own.kept_fen() == 12_900


async def test_a_poor_customer_a_used_code_and_one_that_is_nobodys(own: Counter) -> None:
    poor = (await own.debit(await own.code(balance_fen=12_899, payer="小明"))).outcome
    assert (poor.kind, poor.ask_consent) == (K.REFUSED_PAYER, False)
    nobody = (await own.debit("139999999999999999")).outcome
    assert (nobody.kind, nobody.code, nobody.ask_consent) == (K.REFUSED_PAYER, "AUTH_CODE_INVALID", True)
    code = await own.code(payer="小明")
    assert_is_paid(await own.debit(code))
    second = DebitOrder(order=msgspec.structs.replace(ORDER, channel_order_no="A-SECOND"), consent=Secret(code))
    used = (await own.client.debit(second, 5_000)).outcome
    assert (used.kind, used.code, used.ask_consent) == (K.REFUSED_PAYER, "AUTHCODEEXPIRE", True)
    assert await own.kept_fen() == 12_900


async def test_the_same_debit_twice_takes_the_money_once_and_is_no_refusal(own: Counter) -> None:
    code = await own.code()
    await own.debit(code)
    again = (await own.debit(code)).outcome
    assert (again.kind, again.code) == (K.UNKNOWN, "ORDERPAID")
    assert await own.kept_fen() == 12_900


async def test_money_goes_back_over_api_v3(counter: Counter) -> None:
    """One ledger: an order that V2 took is refunded and asked about by its number or WeChat's."""
    fact = await counter.debit(await counter.code())
    ref = msgspec.structs.replace(REF, transaction_id=fact.transaction_id)
    for wanted in (
        msgspec.structs.replace(REFUND, order=ref),
        msgspec.structs.replace(REFUND, order=REF, out_refund_no="R-SECOND"),
    ):
        taken = await counter.client.refund(wanted, 5_000)
        assert taken.outcome.kind is K.PENDING, taken
        seen = await counter.client.query_refund(wanted, 5_000)
        assert (seen.outcome.kind, seen.amount_fen) == (K.PENDING, 2_900)
    assert (await counter.query()).outcome.kind is K.PAID, "it was paid; its refunds are facts of their own"
    counter.clock.advance(seconds=45)
    outcome = await counter.reverse()
    assert (outcome.kind, outcome.code) == (K.UNKNOWN, "TRADE_STATE_ERROR")


async def test_the_days_bill_tells_of_a_debit_and_its_reversal(counter: Counter) -> None:
    fact = await counter.debit(await counter.code())
    counter.clock.advance(seconds=45)
    await counter.reverse()
    url = f"{counter.sandbox.base_url}/_sandbox/bills/wechatpay"
    async with counter.sandbox.session.put(url, json={"at_once": True}) as answer:
        assert answer.status == 200
    bill = await counter.client.download_bill("2026-11-11", 5_000)
    assert bill.outcome.kind is K.ACCEPTED, bill
    assert [(line.kind, line.amount_fen, line.transaction_id) for line in bill.lines] == [
        (BillKind.PAYMENT, 12_900, fact.transaction_id),
        (BillKind.REFUND, 12_900, fact.transaction_id),
    ]


async def test_somebody_elses_certificate_reverses_nothing(own: Counter, sandbox: RunningSandbox) -> None:
    await own.debit(await own.code())
    own.clock.advance(seconds=45)
    other = sandbox.world.account("other").connector_account()
    names = ("merchant_certificate", "merchant_private_key", "merchant_serial_no")
    stolen = own.open(**{name: other[name] for name in names})
    outcome = await stolen.reverse(REF, 5_000)
    assert (outcome.kind, outcome.message) == (K.REFUSED_CONFIG, "证书验证失败")
    plain = own.open(base_url_tls=sandbox.base_url)
    assert (await plain.reverse(REF, 5_000)).kind is K.UNKNOWN, "the plain port knows nobody"
    untrusted = own.open(ca_certificate="")
    assert (await untrusted.reverse(REF, 5_000)).kind is K.NOT_SENT
    assert await own.kept_fen() == 12_900


async def test_a_wrong_key_is_our_mistake_and_takes_nothing(own: Counter) -> None:
    wrong = own.open(api_v2_key="0" * 32)
    fact = await wrong.debit(DebitOrder(order=ORDER, consent=Secret(await own.code())), 5_000)
    assert (fact.outcome.kind, fact.outcome.message) == (K.REFUSED_CONFIG, "签名错误")
    assert await own.kept_fen() == 0
