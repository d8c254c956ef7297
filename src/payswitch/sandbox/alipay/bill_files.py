"""Alipay's trade bill: an archive of two GBK files, at an address that works for half a minute."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from payswitch.kit.clock import beijing
from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.alipay import fields, trades, views
from payswitch.sandbox.alipay.codes import Refused, business
from payswitch.sandbox.bills import BillDesk, BillRow, Readiness
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.world import AccountSpec

BILL_FILE_PATH = "/downloadBillFile.resource"
ADDRESS_LIFE_MS = 30_000
"""How long `bill_download_url` works (official)."""
DETAIL_COLUMNS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
SUMMARY_COLUMNS = (
    "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,"
    "卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_NOTHING = "0.00"
_RULE = "-" * 41


class _GbkName(zipfile.ZipInfo):
    """A file name in GBK without the flag that would say UTF-8, as Alipay's archives have it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - the standard library's own name
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


class BillFiles:
    """One account's bills that were asked for and can be fetched for a while."""

    def __init__(self, core: SandboxCore, account: AccountSpec, seller_id: str, desk: BillDesk) -> None:
        self._core = core
        self._account = account
        self._seller_id = seller_id
        self._desk = desk
        self._offered: dict[str, tuple[int, bytes]] = {}

    def offer(self, biz: fields.Biz) -> str:
        """The address of the day's bill. Refused as the gateway refuses."""
        kind = fields.required_text(biz, "bill_type", limit=20)
        text = fields.required_text(biz, "bill_date", limit=15)
        if kind != "trade" or not _DAY.fullmatch(text):
            raise _bad_arguments()
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise _bad_arguments() from error
        readiness = self._desk.readiness(day)
        if readiness is Readiness.TOO_EARLY:
            raise _bad_arguments()
        rows = self._desk.rows(self._account, day)
        if not rows or readiness is Readiness.CREATING:
            raise business("isp.bill_not_exist")
        return self._keep(day, _archive(self._seller_id, day, rows, made_at_ms=self._core.clock.now_ms()))

    def fetch(self, token: str) -> bytes | None:
        """None when the address was never given out, or has expired."""
        until_ms, content = self._offered.get(token, (0, b""))
        return content if until_ms > self._core.clock.now_ms() else None

    def _keep(self, day: date, content: bytes) -> str:
        now_ms = self._core.clock.now_ms()
        self._offered = {token: kept for token, kept in self._offered.items() if kept[0] > now_ms}
        token = self._core.ids.nonce()
        self._offered[token] = (now_ms + ADDRESS_LIFE_MS, content)
        asked = {
            "bizType": "trade",
            "userId": f"{self._seller_id}0156",
            "fileType": "csv.zip",
            "bizDates": f"{day:%Y%m%d}",
            "downloadFileName": f"{self._seller_id}0156_{day:%Y%m%d}.csv.zip",
            "fileId": token,
        }
        return f"{self._account.base_url}{BILL_FILE_PATH}?{urlencode(asked)}"


def _bad_arguments() -> Refused:
    return business("isv.invalid_arguments")


def _archive(seller_id: str, day: date, rows: Sequence[BillRow], *, made_at_ms: int) -> bytes:
    name = f"{seller_id}0156_{day:%Y%m%d}_业务明细"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for file_name, lines in (
            (f"{name}.csv", _details(seller_id, day, rows, made_at_ms)),
            (f"{name}(汇总).csv", _summary(seller_id, day, rows, made_at_ms)),
        ):
            info = _GbkName(file_name, date_time=(day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(info, "".join(f"{line}\r\n" for line in lines).encode("gbk", "replace"))
    return made.getvalue()


def _head(title: str, seller_id: str, day: date, what: str) -> list[str]:
    end = day + timedelta(days=1)
    return [
        title,
        f"#账号：[{seller_id}0156]",
        f"#起始日期：[{_chinese(day)} 00:00:00]   终止日期：[{_chinese(end)} 00:00:00]",
        f"#{_RULE}{what}列表{_RULE[1:]}",
    ]


def _chinese(day: date) -> str:
    """Not with strftime, whose non-ASCII characters depend on the machine's locale."""
    return f"{day.year}年{day.month:02d}月{day.day:02d}日"


def _made(made_at_ms: int) -> str:
    made = beijing(made_at_ms)
    return f"#导出时间：[{_chinese(made.date())} {made:%H:%M:%S}]"


def _details(seller_id: str, day: date, rows: Sequence[BillRow], made_at_ms: int) -> list[str]:
    lines = [*_head("#支付宝业务明细查询", seller_id, day, "业务明细"), DETAIL_COLUMNS]
    lines += [_detail(row) for row in rows]
    payments = [row.amount_fen for row in rows if row.refund is None]
    refunds = [row.amount_fen for row in rows if row.refund is not None]
    return [
        *lines,
        f"#{_RULE}业务明细列表结束{_RULE[5:]}",
        f"#交易合计：{len(payments)}笔，商家实收共{yuan_from_fen(sum(payments))}元，商家优惠共0.00元",
        f"#退款合计：{len(refunds)}笔，商家实收退款共{_yuan(-sum(refunds))}元，商家优惠退款共0.00元",
        _made(made_at_ms),
    ]


def _yuan(fen: int) -> str:
    return f"-{yuan_from_fen(-fen)}" if fen < 0 else yuan_from_fen(fen)


def _detail(row: BillRow) -> str:
    """Numbers and names are padded with a tab, amounts mostly not; a fee leaves the account, so it is negative."""
    order, refund = row.order, row.refund
    amount = _yuan(row.amount_fen if refund is None else -row.amount_fen)
    return ",".join(
        [
            f"{trades.trade_no(order)}\t",
            f"{order.channel_order_no}\t",
            "交易" if refund is None else "退款",
            f"\t{order.subject}",
            views.wire_time(trades.scanned_at_ms(order)),
            views.wire_time(row.at_ms),
            *["\t"] * 4,
            f"\t{views.buyer_logon_id(order.payer)}",
            *(amount, amount),
            *[_NOTHING] * 5,
            "",
            f"{_NOTHING}\t",
            _NOTHING,
            "\t" if refund is None else f"{trades.request_no(refund)}\t",
            _yuan(-row.fee_fen),
            _NOTHING,
            "",
        ]
    )


def _summary(seller_id: str, day: date, rows: Sequence[BillRow], made_at_ms: int) -> list[str]:
    payments = [row for row in rows if row.refund is None]
    refunds = [row for row in rows if row.refund is not None]
    net_fen = sum(row.amount_fen for row in payments) - sum(row.amount_fen for row in refunds)
    fees_fen = sum(row.fee_fen for row in rows)
    total = ",".join(
        [
            *("合计\t", "\t", f"{len(payments)}\t", f"{len(refunds)}\t"),
            *(_yuan(net_fen), _yuan(net_fen)),
            *[_NOTHING] * 3,
            *(_yuan(-fees_fen), _NOTHING, _yuan(net_fen - fees_fen)),
        ]
    )
    return [
        *_head("#支付宝业务汇总查询", seller_id, day, "业务汇总"),
        SUMMARY_COLUMNS,
        total,
        f"#{_RULE}业务汇总列表结束{_RULE[5:]}",
        _made(made_at_ms),
    ]
