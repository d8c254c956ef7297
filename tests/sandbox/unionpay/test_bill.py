"""The daily settlement file, opened the way the published interface describes it."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Callable

import pytest
from tests.sandbox.unionpay.merchant import FILES, Merchant

WIDTHS = [
    *(3, 11, 11, 6, 10, 19, 12, 4, 2, 21, 2, 32, 2, 6, 10, 13, 13, 4, 15, 2, 2),
    *(6, 2, 4, 32, 1, 21, 15, 1, 15, 32, 13, 13, 8, 32, 13, 13, 12, 2, 1, 32, 98),
]
TO_MIDNIGHT_S = 12_180
"""From 20:37 to the next day's first minute."""


def opened(answer: dict[str, str]) -> tuple[str, list[list[str]]]:
    """The inner file's name, and its lines as columns."""
    packed = zlib.decompress(base64.b64decode(answer["fileContent"], validate=True))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        (name,) = archive.namelist()
        lines = archive.read(name).split(b"\r\n")
    assert lines.pop() == b""
    return name, [_columns(line) for line in lines]


def _columns(line: bytes) -> list[str]:
    assert len(line) == sum(WIDTHS) + len(WIDTHS) - 1
    columns, at = [], 0
    for width in WIDTHS:
        columns.append(line[at : at + width].decode("gbk").strip())
        assert line[at + width : at + width + 1] in (b" ", b"")
        at += width + 1
    return columns


async def test_a_day_with_a_payment_and_a_refund(merchant: Merchant, sleeping: Callable[[], int]) -> None:
    started = merchant.now()
    await merchant.pay(await merchant.app(reqReserved="直播间"))
    await merchant.app("UNPAID0001")
    await merchant.debit(merchant.shown(), "REVERSED01")
    await merchant.reverse("REVERSED01")
    number = (await merchant.query())["queryId"]
    refund = await merchant.give_back(number, 2_900)
    await merchant.settled(sleeping)
    merchant.clock.advance(seconds=TO_MIDNIGHT_S)

    answer = await merchant.bill("1109")
    assert (answer["respCode"], answer["fileName"]) == ("00", f"{merchant.keys.mer_id}_20261109.zip")
    name, (paid, back) = opened(answer)
    assert name == f"INN26110900ZM_{merchant.keys.mer_id}"
    assert (paid[0], paid[3], paid[4], paid[6]) == ("S22", number[14:20], started[4:], "000000012900")
    assert (paid[9], paid[11], paid[19], paid[27]) == (number, "ORDER00001", "01", merchant.keys.mer_id)
    assert (paid[15], paid[16], paid[32]) == ("D000000000077", "C000000012823", "C000000012823")
    assert paid[34] == "直播间"
    assert paid[41] == "C000000012900"
    assert (back[6], back[9], back[11], back[19]) == ("000000002900", refund["queryId"], "REFUND0001", "04")
    assert (back[15], back[16], back[26], back[40]) == ("C000000000017", "D000000002883", number, "ORDER00001")


async def test_money_after_eleven_stands_in_the_next_days_file(merchant: Merchant) -> None:
    merchant.clock.advance(seconds=8_580)
    await merchant.pay(await merchant.app())
    merchant.clock.advance(seconds=3_600)
    assert (await merchant.bill("1109"))["respCode"] == "98"
    merchant.clock.advance(seconds=86_400)
    _, lines = opened(await merchant.bill("1110"))
    assert [line[11] for line in lines] == ["ORDER00001"]


async def test_there_is_no_file_yet_nor_for_a_day_without_trade(merchant: Merchant) -> None:
    await merchant.pay(await merchant.app())
    for day in ("1109", "1108", "1231", "0230"):
        answer = await merchant.bill(day)
        assert (answer["respCode"], "fileContent" in answer) == ("98", False)


async def test_a_file_can_be_ready_at_once_and_wrong_on_purpose(merchant: Merchant) -> None:
    """It then agrees with itself, but not with the books: what a reconciliation must find."""
    for number in ("ORDER00001", "ORDER00002"):
        await merchant.pay(await merchant.app(number))
    edits = [
        {"channel_order_no": "ORDER00001", "change": "drop"},
        {"channel_order_no": "ORDER00002", "change": "amount", "by_fen": -1},
    ]
    address = merchant.sandbox.base_url + "/_sandbox/bills/unionpay"
    async with merchant.sandbox.session.put(address, json={"edits": edits, "at_once": True}) as answer:
        assert answer.status == 200
    _, (line,) = opened(await merchant.bill("1109"))
    assert (line[11], line[6], line[16]) == ("ORDER00002", "000000012899", "C000000012822")


async def test_another_merchants_money_is_not_in_it(merchant: Merchant, other_merchant: Merchant) -> None:
    await merchant.pay(await merchant.app())
    merchant.clock.advance(seconds=TO_MIDNIGHT_S)
    assert (await other_merchant.bill("1109"))["respCode"] == "98"
    assert (await merchant.bill("1109"))["respCode"] == "00"


@pytest.mark.parametrize(
    ("change", "code"), [({"settleDate": "20261109"}, "10"), ({"settleDate": ""}, "13"), ({"fileType": "01"}, "10")]
)
async def test_a_question_that_is_malformed(merchant: Merchant, change: dict[str, str], code: str) -> None:
    message = merchant.message("76", "01", "000000", fileType="00", settleDate="1109")
    assert (await merchant.call(FILES, message | change))["respCode"] == code
