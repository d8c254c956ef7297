"""The morning after, at a platform without bills: its list of orders is read to the end of the day, or not at all."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.connectors.epay.world import CHANNEL, KEY, PID, FakeEpay, account, http, open_client, order, silence
from tests.sandbox.support import RunningSandbox, running_sandbox

from payswitch.connectors.aiohttp_transport import AiohttpTransport
from payswitch.connectors.contract import AccountProblem
from payswitch.connectors.epay import CONNECTOR
from payswitch.connectors.transport import HttpAnswer
from payswitch.domain.bill import BillAnswer, BillKind, BillLine, BillSource
from payswitch.domain.outcome import OutcomeKind
from payswitch.kit.clock import ManualClock, SystemClock
from payswitch.kit.ids import SystemIds
from payswitch.sandbox.epay.accounts import epay_account
from payswitch.sandbox.world import World

K = OutcomeKind
DAY = "2026-11-11"
VERSIONS = ("1", "2")


def beijing_ms(*moment: int) -> int:
    return int((datetime(*moment, tzinfo=UTC) - timedelta(hours=8)).timestamp()) * 1_000  # type: ignore[misc]


class Platform(FakeEpay):
    """Lists these orders, newest first, `most` at a time; its clock is the operator's."""

    def __init__(self, version: str, rows: list[dict[str, Any]], most: int = 50) -> None:
        super().__init__(version)
        self.rows = rows
        self.most = most
        self.by_page = version == "1"
        self.replies = [self._list]

    def _check(self, request: Any) -> None:
        """The signature's own stories stand elsewhere; here it is another morning."""

    def answer(self, fields: Mapping[str, Any], signer: str = "platform") -> HttpAnswer:
        """Lists are not signed."""
        signed = super().answer({name: value for name, value in fields.items() if name != "data"}, signer)
        return http(json.dumps(json.loads(signed.body) | {"data": fields.get("data")}).encode())

    def _list(self, request: Mapping[str, str]) -> Any:
        start = (int(request["page"]) - 1) * self.most if self.by_page else int(request["offset"])
        rows = self.rows[start : start + min(self.most, int(request["limit"]))]
        return self.answer({"code": self.yes, "msg": "ok", "data": rows, "timestamp": str(MORNING_MS // 1_000)})


MORNING_MS = beijing_ms(2026, 11, 12, 10, 30)
_BASE = FakeEpay("1").order()


def row(n: int, moment: str = f"{DAY} 20:37:19", **changes: Any) -> dict[str, Any]:
    numbers = {"trade_no": f"2026{n:013d}", "out_trade_no": f"PS{n:012d}"}
    return {
        k: v for k, v in (_BASE | numbers | {"addtime": moment, "endtime": moment} | changes).items() if k != "code"
    }


async def listed(platform: Platform, day: str = DAY, now_ms: int = MORNING_MS, **changes: str) -> BillAnswer:
    client = open_client(account(platform.version, **changes), platform, ManualClock(now_ms))
    assert isinstance(client, BillSource)
    return await client.download_bill(day, 5_000)


@pytest.mark.parametrize("version", VERSIONS)
async def test_the_days_payments_come_in_the_normal_form_and_are_said_to_be_a_listing(version: str) -> None:
    rows = [
        row(3, "2026-11-12 00:00:00"),
        row(2),
        row(1, f"{DAY} 00:00:00", money="0.01"),
        row(0, "2026-11-10 23:59:59"),
    ]
    answer = await listed(Platform(version, rows))
    assert (answer.outcome.kind, answer.outcome.code) == (K.ACCEPTED, "listing_not_settlement")
    assert "不含手续费和退款" in answer.outcome.message
    assert [(line.channel_order_no, line.amount_fen) for line in answer.lines] == [
        ("PS000000000001", 1),
        ("PS000000000002", 129_900),
    ]
    assert answer.lines[1] == BillLine(
        kind=BillKind.PAYMENT,
        channel_order_no="PS000000000002",
        transaction_id="20260000000000002",
        amount_fen=129_900,
        fee_fen=0,
        at_ms=beijing_ms(2026, 11, 11, 20, 37, 19),
    )


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("most", [50, 20])
@pytest.mark.parametrize("count", [0, 1, 19, 20, 49, 50, 51, 100, 120])
async def test_page_by_page_nothing_is_lost(version: str, most: int, count: int) -> None:
    """Whatever the platform's own limit is, smaller than what was asked for or not."""
    platform = Platform(version, [row(n) for n in reversed(range(count))], most)
    answer = await listed(platform)
    assert answer.outcome.kind is K.ACCEPTED, answer.outcome
    assert len(answer.lines) == count


async def test_the_list_is_read_no_further_than_the_day_needs() -> None:
    rows = [row(n, f"{DAY} 12:00:00") for n in range(50)] + [row(n, "2026-11-08 12:00:00") for n in range(50, 400)]
    platform = Platform("1", rows)
    assert len((await listed(platform)).lines) == 50
    assert len(platform.requests) == 2


async def test_an_order_made_the_evening_before_and_paid_after_midnight_is_found() -> None:
    answer = await listed(Platform("1", [row(1, f"{DAY} 00:03:00", addtime="2026-11-10 23:58:00")]))
    assert len(answer.lines) == 1


async def test_a_list_longer_than_allowed_is_no_half_bill() -> None:
    platform = Platform("1", [row(n) for n in range(500)])
    answer = await listed(platform, list_pages="3")
    assert (answer.outcome.kind, answer.outcome.code, answer.lines) == (K.UNKNOWN, "too_many_pages", ())
    assert len(platform.requests) == 3
    assert "list_pages" in answer.outcome.message


async def test_a_platform_that_knows_no_pages_is_noticed() -> None:
    platform = Platform("1", [row(n) for n in range(50)])
    platform.by_page = False
    platform.replies = [lambda _: platform.answer({"code": 1, "data": platform.rows})]
    answer = await listed(platform)
    assert (answer.outcome.kind, answer.outcome.code, answer.lines) == (K.UNKNOWN, "same_page", ())


async def test_an_order_that_slips_onto_the_next_page_counts_once() -> None:
    rows = [row(n) for n in reversed(range(60))]
    platform = Platform("1", rows)
    first, second = rows[:50], rows[49:]
    platform.replies = [lambda _, page=page: platform.answer({"code": 1, "data": page}) for page in (first, second)]
    assert len((await listed(platform)).lines) == 60


@pytest.mark.parametrize("status", [0, 2, 3, 4])
async def test_only_money_that_came_is_in_it(status: int) -> None:
    answer = await listed(Platform("1", [row(1, status=status)]))
    assert len(answer.lines) == (1 if status == 2 else 0)
    assert ("1 frozen" in answer.outcome.message) == (status in (3, 4))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"money": "1299.001"}, "unreadable_amount"),
        ({"money": "0.00"}, "unreadable_amount"),
        ({"endtime": None}, "unreadable_time"),
        ({"endtime": "yesterday"}, "unreadable_time"),
        ({"status": 7}, "unknown_status"),
        ({"pid": 4711}, "wrong_merchant"),
        ({"out_trade_no": ""}, "unreadable_number"),
        ({"trade_no": None}, "unreadable_number"),
    ],
)
async def test_one_row_that_is_not_understood_makes_it_worthless(changes: dict[str, Any], code: str) -> None:
    answer = await listed(Platform("1", [row(2), row(1, **changes)]))
    assert (answer.outcome.kind, answer.outcome.code, answer.lines) == (K.UNTRUSTED, code, ())
    assert answer.outcome.message.startswith("page 1 row 2: ")


@pytest.mark.parametrize("data", [None, "x", [1], {"a": 1}])
async def test_a_page_without_a_list_proves_nothing(data: object) -> None:
    platform = Platform("1", [])
    platform.answers({"code": 1, "data": data})
    assert (await listed(platform)).outcome.kind is K.UNKNOWN


async def test_trouble_on_any_page_is_told_and_gives_no_lines() -> None:
    platform = Platform("1", [row(n) for n in range(80)])
    for trouble, kind in ((silence(), K.UNKNOWN), (silence(sent=False), K.NOT_SENT), (http(b"", 502), K.UNKNOWN)):
        platform.replies = [platform._list, lambda _, trouble=trouble: trouble]
        answer = await listed(platform)
        assert (answer.outcome.kind, answer.lines) == (kind, ())


async def test_a_refusal_never_quotes_the_key() -> None:
    platform = Platform("1", [])
    platform.refuses(f"密钥错误 {KEY}")
    answer = await listed(platform)
    assert answer.outcome.kind is K.REFUSED_CONFIG
    assert KEY not in repr(answer)


async def test_a_list_under_a_strangers_signature_is_not_believed() -> None:
    platform = Platform("2", [])
    platform.answers({"code": 0, "data": [row(1)], "timestamp": str(MORNING_MS // 1_000)}, signer="stranger")
    assert (await listed(platform)).outcome.kind is K.UNTRUSTED


@pytest.mark.parametrize(
    ("day", "kind"), [("2026-11-12", K.PENDING), ("2026-13-01", K.REFUSED_CONFIG), ("", K.REFUSED_CONFIG)]
)
async def test_a_day_that_is_not_over_or_none_is_not_asked_for(day: str, kind: OutcomeKind) -> None:
    platform = Platform("1", [])
    assert (await listed(platform, day)).outcome.kind is kind
    assert platform.requests == []


@pytest.mark.parametrize("pages", ["0", "-1", "many", "10000"])
def test_a_bad_number_of_pages_is_told(pages: str) -> None:
    with pytest.raises(AccountProblem, match="list_pages must be a number"):
        open_client(account("1", list_pages=pages), FakeEpay("1"))


# -- against the sandbox's platform --------------------------------------------------------------------------------


@pytest.fixture
async def sandbox() -> AsyncIterator[RunningSandbox]:
    address = "http://127.0.0.1:1"
    accounts = [epay_account(version, address, version=version) for version in VERSIONS]
    evening = ManualClock(beijing_ms(2026, 11, 11, 20, 37))
    async with running_sandbox(World(base_url=address, accounts=accounts), clock=evening) as running:
        yield running


@pytest.mark.parametrize("version", VERSIONS)
async def test_an_evenings_payments_stand_in_the_sandboxs_list(sandbox: RunningSandbox, version: str) -> None:
    transport = AiohttpTransport(clock=SystemClock())
    await transport.open()
    clock = sandbox.core.clock
    assert isinstance(clock, ManualClock)
    table = sandbox.world.account(version).connector_account()
    client = CONNECTOR.open(CHANNEL, table, transport=transport, clock=clock, ids=SystemIds())
    try:
        for n in range(3):
            now_ms = clock.now_ms()
            wish = order(
                channel_order_no=f"PS2026111120370{n}",
                amount_fen=100 + n,
                created_at_ms=now_ms,
                expires_at_ms=now_ms + 900_000,
                notify_url="http://127.0.0.1:1/notify",
            )
            made = await client.create(wish, 5_000)
            assert made.credential is not None, made.outcome
            if n:
                assert (await sandbox.pay(made.credential.content, wallet="alipay"))["result"] == "paid"
        clock.advance(seconds=86_400)
        assert isinstance(client, BillSource)
        answer = await client.download_bill(DAY, 5_000)
        assert answer.outcome.code == "listing_not_settlement", answer.outcome
        assert [(line.channel_order_no, line.amount_fen) for line in answer.lines] == [
            ("PS20261111203701", 101),
            ("PS20261111203702", 102),
        ]
        assert (await client.download_bill("2026-11-10", 5_000)).lines == ()
        edits = [
            {"channel_order_no": "PS20261111203701", "change": "drop"},
            {"channel_order_no": "PS20261111203702", "change": "amount", "by_fen": -1},
        ]
        async with sandbox.session.put(f"{sandbox.base_url}/_sandbox/bills/epay", json={"edits": edits}) as said:
            assert said.status == 200
        wrong = (await client.download_bill(DAY, 5_000)).lines
        assert [(line.channel_order_no, line.amount_fen) for line in wrong] == [("PS20261111203702", 101)]
    finally:
        await transport.aclose()


def test_the_numbers_of_this_file_are_the_worlds() -> None:
    assert str(row(1)["pid"]) == PID
