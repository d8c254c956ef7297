"""Whatever bytes arrive: no exception, no money believed, no secret repeated."""

from __future__ import annotations

import asyncio
import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.connectors.epay.world import KEY, VERSIONS, http, order, order_ref, private_pem, refund_order, shop_with_epay

from payswitch.domain.exchange import NotifyRequest
from payswitch.domain.outcome import Outcome, OutcomeKind

CLIENTS = {version: shop_with_epay(version) for version in VERSIONS}
FIELDS = ["code", "msg", "payurl", "qrcode", "status", "money", "out_trade_no", "sign", "timestamp", "pay_type"]
FIELDS += ["pay_info", "refundmoney", "endtime", "pid", "trade_no"]
VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
BODIES = st.one_of(
    st.binary(max_size=300),
    st.dictionaries(st.sampled_from(FIELDS), VALUES | st.lists(VALUES, max_size=3), max_size=8).map(
        lambda value: json.dumps(value).encode("utf-8", "surrogatepass")
    ),
)
DEEP = b'{"code":' * 100_000


async def outcomes(version: str, status: int, body: bytes) -> list[Outcome]:
    client, epay = CLIENTS[version]
    epay.breaks(http(body, status))
    return [
        (await client.create(order(), 400)).outcome,
        (await client.query(order_ref(), 400)).outcome,
        await client.close(order_ref(), 400),
        (await client.refund(refund_order(), 400)).outcome,
        (await client.query_refund(refund_order(), 400)).outcome,
    ]


@settings(max_examples=60, deadline=None)
@given(version=st.sampled_from(VERSIONS), status=st.sampled_from([200, 200, 200, 302, 403, 500]), body=BODIES)
@example(version="1", status=200, body=DEEP)
@example(version="2", status=200, body=DEEP)
@example(version="1", status=200, body=b'{"code":NaN}')
@example(version="1", status=200, body=b'{"code":"1","payurl":"\\ud800://"}')
def test_answers(version: str, status: int, body: bytes) -> None:
    for outcome in asyncio.run(outcomes(version, status, body)):
        assert outcome.kind is not OutcomeKind.PAID
        if version == "2":
            assert outcome.kind not in (OutcomeKind.ACCEPTED, OutcomeKind.PENDING, OutcomeKind.NOT_FOUND)
        assert KEY not in repr(outcome)
        assert private_pem("merchant")[100:140] not in repr(outcome)


@settings(max_examples=80, deadline=None)
@given(
    version=st.sampled_from(VERSIONS),
    method=st.sampled_from(["GET", "POST", "PUT", ""]),
    query=st.text(max_size=200),
    body=BODIES,
)
@example(version="1", method="GET", query="sign=" + "\ud800", body=b"")
@example(version="2", method="GET", query="sign=%ED%A0%80&pid=1001", body=b"")
def test_notifications(version: str, method: str, query: str, body: bytes) -> None:
    client, _ = CLIENTS[version]
    answer = client.read_notify(NotifyRequest(method=method, path="/n", query=query, headers={}, body=body))
    assert answer.outcome.kind in (OutcomeKind.UNTRUSTED, OutcomeKind.REFUSED_CONFIG)
    assert (answer.order, answer.refund) == (None, None)
