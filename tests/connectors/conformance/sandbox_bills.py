"""A sandbox account's daily bill as a subject of the conformance suite."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from tests.connectors.conformance.accounts import ACCOUNTS
from tests.connectors.conformance.sandbox_subjects import SandboxPushSubject, Stage, elsewhere, open_client
from tests.sandbox.support import until

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.conformance import BusyDay, ref_of
from payswitch.connectors.registry import CONNECTORS
from payswitch.connectors.transport import MAX_ANSWER_BYTES, HttpAnswer, HttpTransport, SendFailure
from payswitch.domain.bill import BillSource
from payswitch.domain.channel_client import ChannelClient
from payswitch.domain.exchange import RefundOrder
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import BEIJING, beijing

UNPROTECTED = frozenset({"epay"})
"""Connectors whose bill nothing protects but TLS: neither hash, checksum nor signature."""
WITHOUT_REFUNDS = frozenset({"epay"})
_EVENING = time(20, 37)


class Meddler(AiohttpTransport):
    """A line on which somebody changes one byte in the middle of every file. The channel's own small answers, which say
    where a file is, pass."""

    def __init__(self, inner: HttpTransport) -> None:
        self._inner = inner

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        timeout_ms: int,
        max_bytes: int = MAX_ANSWER_BYTES,
    ) -> HttpAnswer | SendFailure:
        answer = await self._inner.send(
            method, url, headers=headers, body=body, timeout_ms=timeout_ms, max_bytes=max_bytes
        )
        if isinstance(answer, SendFailure) or answer.headers.get("content-type", "").startswith("application/json"):
            return answer
        return HttpAnswer(
            status=answer.status, headers=answer.headers, body=_meddled(answer.body), latency_ms=answer.latency_ms
        )


def _meddled(body: bytes) -> bytes:
    """One letter or digit near the middle is another one: a form stays a form, and means something else."""
    for place in range(len(body) // 2, len(body)):
        if body[place : place + 1].isalnum() and b"%" not in body[place - 2 : place]:
            return body[:place] + (b"B" if body[place : place + 1] == b"A" else b"A") + body[place + 1 :]
    return body


class SandboxBillSubject:
    """See `payswitch.connectors.conformance.BillSubject`. The evening is tomorrow's at 20:37, far from every channel's
    end of a day, whatever the machine's clock says."""

    def __init__(self, stage: Stage, account_id: str) -> None:
        self._stage = stage
        self._account_id = account_id
        self._connector = CONNECTORS[ACCOUNTS[account_id]]
        now = beijing(stage.clock.now_ms())
        evening = datetime.combine(now.date() + timedelta(days=1), _EVENING, tzinfo=BEIJING)
        stage.clock.ahead_ms += int((evening - now).total_seconds() * 1_000)
        self._day = evening.date()
        spec = stage.sandbox.world.account(account_id)
        account = spec.connector_account()
        self.client = _source(open_client(self._connector, spec, account, stage))
        nowhere = elsewhere(account, stage.sandbox.world)
        self.stranded = _source(open_client(self._connector, spec, nowhere, stage))
        self.tampered: BillSource | None = None
        if self._connector.name not in UNPROTECTED:
            meddled = Stage(stage.sandbox, stage.inbox, Meddler(stage.transport), stage.clock)
            self.tampered = _source(open_client(self._connector, spec, account, meddled))

    async def quiet_day(self) -> str:
        return f"{self._day - timedelta(days=2)}"

    async def busy_day(self) -> BusyDay:
        """Two payments, half of the second one back; then it is the next afternoon."""
        product = min(product for product, row in self._connector.capabilities.items() if row.push)
        subject = SandboxPushSubject(self._stage, self._account_id, product)
        payments, refunds = {}, {}
        for _ in range(2):
            order = subject.new_order()
            await subject.pay(await subject.client.create(order, 5_000))
            payments[order.channel_order_no] = order.amount_fen
        fact = await subject.client.query(ref_of(order), 5_000)
        refund = RefundOrder(
            order=ref_of(order, fact.transaction_id),
            out_refund_no="R" + order.channel_order_no[1:],
            amount_fen=order.amount_fen // 2,
            reason="七天无理由",
            notify_url=order.notify_url,
            created_at_ms=self._stage.clock.now_ms(),
        )
        taken = await subject.client.refund(refund, 5_000)
        assert taken.outcome.kind in (OutcomeKind.PAID, OutcomeKind.PENDING), taken
        # Some bills list a refund on the day it was asked for, some on the day it was done.
        entry = self._stage.sandbox.core.ledger.find(self._account_id, order.channel_order_no)
        assert entry is not None
        await until(lambda: all(refund.settled_at_ms for refund in entry.refunds))
        if self._connector.name not in WITHOUT_REFUNDS:
            refunds[refund.out_refund_no] = refund.amount_fen
        self._stage.clock.ahead_ms += 17 * 3_600_000
        return BusyDay(day=f"{self._day}", payments=payments, refunds=refunds)


def _source(client: ChannelClient) -> BillSource:
    assert isinstance(client, BillSource)
    return client
