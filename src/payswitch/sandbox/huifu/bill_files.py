"""Huifu's daily trade bill: a list of files with their addresses, each a zip archive with one CSV file.

The list's form is that of Huifu's documents. The columns' names are not published where they could be read: these are
the usual words of Huifu's interfaces, and another guess would be as good.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable
from datetime import date, timedelta

from payswitch.kit.clock import beijing
from payswitch.kit.durations import MINUTE_MS
from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.bills import BillDesk, BillRow, Readiness
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.huifu import requests
from payswitch.sandbox.huifu.codes import Refused
from payswitch.sandbox.huifu.envelope import CallBody
from payswitch.sandbox.huifu.merchant import Merchant
from payswitch.sandbox.huifu.trades import moment

FILE_QUERY_PATH = "/v2/trade/check/filequery"
BILL_FILE_PATH = "/sandbox-huifu/bill/"
ADDRESS_LIFE_MS = 10 * MINUTE_MS
"""How long a download address works; that it ends is documented, not when."""
TRADE_BILL = "TRADE_BILL"
MOST_ROWS = 400_000
"""A file with more is split (documented)."""
COLUMNS = (
    "商户号",
    "交易日期",
    "请求流水号",
    "全局流水号",
    "原请求流水号",
    "原全局流水号",
    "交易类型",
    "交易状态",
    "交易金额",
    "手续费金额",
    "交易时间",
    "商品描述",
)


class BillFiles:
    """Bills that were asked for and can be fetched for a while."""

    def __init__(self, core: SandboxCore, desk: BillDesk) -> None:
        self._core = core
        self._desk = desk
        self._offered: dict[str, tuple[int, bytes]] = {}
        self.most_rows = MOST_ROWS

    def offer(self, merchant: Merchant, call: CallBody) -> dict[str, object]:
        """`file_details` when there is something to fetch, `task_details` when the day's file was made or is being."""
        requests.required(call, "req_seq_id", "file_date")
        requests.req_date(call)
        file_date = requests.req_date(call, "file_date")
        if call.text("bill_type") not in ("", TRADE_BILL):
            raise Refused("10000000", "沙箱只支持TRADE_BILL")
        day = date(int(file_date[:4]), int(file_date[4:6]), int(file_date[6:])) - timedelta(days=1)
        readiness = self._desk.readiness(day)
        answer: dict[str, object] = {"resp_code": "00000000", "resp_desc": "查询成功"}
        if readiness is Readiness.TOO_EARLY:
            return answer
        name = f"{file_date}_{merchant.keys.huifu_id}_order"
        made = readiness is Readiness.READY
        task = {"huifu_id": merchant.keys.huifu_id, "data_date": f"{day:%Y%m%d}", "bill_type": TRADE_BILL}
        answer["task_details"] = [task | {"file_name": f"{name}.zip", "task_stat": "S" if made else "P"}]
        if made:
            answer["file_details"] = self._files(merchant, day, file_date, name)
        return answer

    def _files(self, merchant: Merchant, day: date, file_date: str, name: str) -> list[dict[str, str]]:
        rows = self._desk.rows(merchant.spec, day)
        parts = [rows[start : start + self.most_rows] for start in range(0, len(rows), self.most_rows)]
        details = []
        for n, part in enumerate(parts):
            token = self._keep(_archive(f"{name}_{n}.csv", merchant.keys.huifu_id, part))
            details.append(
                {
                    "huifu_id": merchant.keys.huifu_id,
                    "file_date": file_date,
                    "file_id": token,
                    "file_Name": f"{name}.zip",
                    "bill_type": TRADE_BILL,
                    "download_url": f"{merchant.spec.base_url}{BILL_FILE_PATH}{token}",
                }
            )
        return details

    def _keep(self, content: bytes) -> str:
        now_ms = self._core.clock.now_ms()
        self._offered = {token: kept for token, kept in self._offered.items() if kept[0] > now_ms}
        token = self._core.ids.nonce()
        self._offered[token] = (now_ms + ADDRESS_LIFE_MS, content)
        return token

    def fetch(self, token: str) -> bytes | None:
        """None when the address was never given out, or has expired."""
        until_ms, content = self._offered.get(token, (0, b""))
        return content if until_ms > self._core.clock.now_ms() else None


def _archive(name: str, huifu_id: str, rows: Iterable[BillRow]) -> bytes:
    """The same content gives the same bytes: no time of making inside."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows(_cells(huifu_id, row) for row in rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), text.getvalue().encode("utf-8-sig"))
    return packed.getvalue()


def _cells(huifu_id: str, row: BillRow) -> list[str]:
    """Long numbers carry a tab, as in files that are made for spreadsheets."""
    order, refund = row.order, row.refund
    own = (order.channel_order_no, order.extra["hf_seq_id"])
    day = f"{beijing(row.at_ms):%Y%m%d}"
    amounts = [yuan_from_fen(row.amount_fen), ("-" if row.fee_fen < 0 else "") + yuan_from_fen(abs(row.fee_fen))]
    tail = ["交易成功", *amounts, moment(row.at_ms), order.subject]
    if refund is None:
        return [huifu_id, day, *(f"{number}\t" for number in own), "", "", order.extra["trade_type"], *tail]
    numbers = (refund.out_refund_no, refund.refund_id, *own)
    return [huifu_id, day, *(f"{number}\t" for number in numbers), "交易退款", *tail]
