"""Whatever bytes come in, nothing is raised, nothing is believed without a signature, and no secret goes out."""

from __future__ import annotations

import asyncio
import base64
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.connectors.wechatpay.conftest import CHANNEL
from tests.connectors.wechatpay.fake_wechat import API_V3_KEY, FakeWechat, account, private_pem
from tests.connectors.wechatpay.orders import NOW_MS, REF, REFUND, order

from payswitch.connectors.transport import HttpAnswer
from payswitch.connectors.wechatpay import CONNECTOR
from payswitch.domain.channel import Product
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import NotifyRequest
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import ManualClock
from payswitch.kit.crypto import aes_gcm_encrypt
from payswitch.kit.ids import SeededIds

CLOCK = ManualClock(NOW_MS)
WECHAT = FakeWechat(CLOCK)
CLIENT: ChannelClient = CONNECTOR.open(CHANNEL, account("both"), transport=WECHAT, clock=CLOCK, ids=SeededIds())
SECRETS = [API_V3_KEY, *private_pem("merchant").split("\n")[1:-2]]

FIELDS = ["code", "message", "code_url", "prepay_id", "h5_url", "out_trade_no", "trade_state", "amount", "total"]
FIELDS += ["refund", "resource", "ciphertext", "nonce", "event_type", "status", "out_refund_no", "data", "serial_no"]
HEADER_NAMES = [
    "request-id",
    *(f"wechatpay-{name}" for name in ("signature", "timestamp", "nonce", "serial", "signature-type")),
]

BODIES = st.one_of(
    st.binary(max_size=400),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(FIELDS),
                inner,
                max_size=6,
            )
        ),
        max_leaves=12,
    ).map(lambda value: json.dumps(value).encode("utf-8", "surrogatepass")),
)
HEADERS = st.dictionaries(
    st.sampled_from(HEADER_NAMES),
    st.text(max_size=60) | st.sampled_from([str(NOW_MS // 1_000), account("both")["wechatpay_public_key_id"]]),
)
DEEP = b'{"amount":' * 100_000


async def outcomes_of(answer: HttpAnswer) -> list[Outcome]:
    WECHAT.answers = [lambda _: answer] * 5
    return [
        (await CLIENT.create(order(Product.WECHAT_JSAPI), 400)).outcome,
        (await CLIENT.query(REF, 400)).outcome,
        await CLIENT.close(REF, 400),
        (await CLIENT.refund(REFUND, 400)).outcome,
        (await CLIENT.query_refund(REFUND, 400)).outcome,
    ]


@settings(max_examples=60, deadline=None)
@given(status=st.integers(100, 599), headers=HEADERS, body=BODIES)
@example(status=200, headers={}, body=DEEP)
def test_unsigned_answers(status: int, headers: dict[str, str], body: bytes) -> None:
    answer = HttpAnswer(status=status, headers=headers, body=body, latency_ms=1.0)
    for outcome in asyncio.run(outcomes_of(answer)):
        assert outcome.kind not in (OutcomeKind.ACCEPTED, OutcomeKind.PAID, OutcomeKind.PENDING, OutcomeKind.NOT_FOUND)
        assert all(secret not in repr(outcome) for secret in SECRETS)


@settings(max_examples=60, deadline=None)
@given(status=st.sampled_from([200, 204, 400, 404, 500]), body=BODIES)
@example(status=200, body=DEEP)
@example(status=500, body=DEEP)
def test_signed_answers(status: int, body: bytes) -> None:
    for outcome in asyncio.run(outcomes_of(WECHAT.signed(status, body))):
        assert isinstance(outcome.kind, OutcomeKind)


@settings(max_examples=60, deadline=None)
@given(headers=HEADERS, body=BODIES)
@example(headers={}, body=DEEP)
def test_unsigned_notifications(headers: dict[str, str], body: bytes) -> None:
    request = NotifyRequest(method="POST", path="/notify/wechat-main", query="a=b", headers=headers, body=body)
    answer = CLIENT.read_notify(request)
    assert answer.outcome.kind is OutcomeKind.UNTRUSTED
    assert answer.order is None
    assert answer.refund is None


@settings(max_examples=60, deadline=None)
@given(body=BODIES)
@example(body=DEEP)
def test_signed_notifications(body: bytes) -> None:
    answer = CLIENT.read_notify(WECHAT.posted(body))
    assert answer.order is None
    assert answer.refund is None
    assert CLIENT.acknowledge(False).status == 400


@settings(max_examples=60, deadline=None)
@given(event=st.sampled_from(["TRANSACTION.SUCCESS", "REFUND.SUCCESS", "X"]), plain=BODIES)
def test_whatever_was_encrypted(event: str, plain: bytes) -> None:
    sealed = aes_gcm_encrypt(API_V3_KEY.encode(), b"fdasflkja484", plain, b"")
    resource = {
        "algorithm": "AEAD_AES_256_GCM",
        "nonce": "fdasflkja484",
        "ciphertext": base64.b64encode(sealed).decode(),
    }
    answer = CLIENT.read_notify(WECHAT.posted(json.dumps({"event_type": event, "resource": resource}).encode()))
    if answer.order is not None:
        assert not answer.order.merchant_ok, "only a message that names our merchant and app is ours"
