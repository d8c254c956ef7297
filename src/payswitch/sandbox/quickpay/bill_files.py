"""The daily bill: a zip archive with one GBK file, at an address that works for two minutes.

Columns and their order: Allinpay's product documents, 对账单明细.
"""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, datetime

from payswitch.kit.clock import beijing
from payswitch.kit.money import yuan_from_fen
from payswitch.sandbox.bills import BillDesk, BillRow, Readiness
from payswitch.sandbox.core import SandboxCore
from payswitch.sandbox.quickpay import words
from payswitch.sandbox.quickpay.merchant import Merchant
from payswitch.sandbox.quickpay.views import CANCELLED, masked_payer
from payswitch.sandbox.quickpay.words import Fields, Form, NotUnderstood

FILE_PATH = "/cusapi/trxfile/file"
ADDRESS_LIFE_MS = 120_000
COLUMNS = (
    *("商户号", "门店名称", "终端号", "交易时间", "交易类型", "交易批次号", "凭证号", "参考号", "卡号", "卡类别"),
    *("发卡行机构代码", "发卡行名称", "交易金额", "手续费", "交易日期", "交易单号", "订单号", "商户备注", "对接应用号"),
    *("原始金额", "结算金额", "产品类型", "分期贴息", "交易完成时间", "持卡人姓名", "持卡人身份证", "分期数"),
    *("优惠金额", "实付金额", "原交易单", "渠道交易类型", "出金方账户名称", "门店编号", "交易完成日期"),
)
_TYPES = {
    "wechat": "微信支付",
    "alipay": "支付宝支付",
    "unionpay": "银联扫码支付",
    "ecny": "数字货币支付",
    "quickpay": "快捷支付",
}


class BillFiles:
    """All merchants' bills that were asked for and can be fetched for a while."""

    def __init__(self, core: SandboxCore, desk: BillDesk) -> None:
        self._core = core
        self._desk = desk
        self._offered: dict[str, tuple[int, bytes]] = {}

    def offer(self, merchant: Merchant, form: Form) -> Fields:
        """`trxfile/get`: where the day's file is."""
        try:
            day = datetime.strptime(words.required(form, "date"), "%Y%m%d").date()  # noqa: DTZ007 - a day, no moment
        except ValueError as error:
            raise NotUnderstood("参数错误:date格式不正确") from error
        rows = self._desk.rows(merchant.spec, day)
        if not rows or self._desk.readiness(day) is not Readiness.READY:
            raise NotUnderstood("对账文件不存在")
        now_ms = self._core.clock.now_ms()
        self._offered = {token: kept for token, kept in self._offered.items() if kept[0] > now_ms}
        token = self._core.ids.nonce()
        self._offered[token] = (now_ms + ADDRESS_LIFE_MS, _archive(merchant, day, rows))
        return {"url": f"{merchant.spec.base_url}{FILE_PATH}?token={token}"}

    def fetch(self, token: str) -> bytes | None:
        """None when the address was never given out, or has expired."""
        until_ms, content = self._offered.get(token, (0, b""))
        return content if until_ms > self._core.clock.now_ms() else None


def _archive(merchant: Merchant, day: date, rows: list[BillRow]) -> bytes:
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    table.writeheader()
    table.writerows(_row(merchant, row) for row in rows)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(f"{merchant.keys.cusid}_{day:%Y%m%d}.csv", text.getvalue().encode("gbk", "replace"))
    return made.getvalue()


def _row(merchant: Merchant, row: BillRow) -> dict[str, str]:
    order, refund, at = row.order, row.refund, beijing(row.at_ms)
    amount = _yuan(row.amount_fen if refund is None else -row.amount_fen)
    kind = _TYPES[order.product.partition("_")[0]]
    if refund is not None:
        kind += "撤销" if CANCELLED in refund.extra else "退货"
    return {
        "商户号": merchant.keys.cusid,
        "门店名称": merchant.spec.name,
        "交易时间": f"{at:%H:%M:%S}",
        "交易类型": kind,
        "卡号": masked_payer(order),
        "交易金额": amount,
        "手续费": _yuan(row.fee_fen),
        "交易日期": f"{at:%Y-%m-%d}",
        "交易单号": (refund.refund_id if refund is not None else order.transaction_id) or "",
        "订单号": refund.out_refund_no if refund is not None else order.channel_order_no,
        "商户备注": order.subject,
        "对接应用号": merchant.keys.appid,
        "原始金额": amount,
        "结算金额": _yuan((row.amount_fen if refund is None else -row.amount_fen) - row.fee_fen),
        "交易完成时间": f"{at:%H:%M:%S}",
        "持卡人姓名": "**红" if order.product.startswith("quickpay") else "",
        "原交易单": (order.transaction_id or "") if refund is not None else "",
        "交易完成日期": f"{at:%Y-%m-%d}",
    }


def _yuan(fen: int) -> str:
    return f"-{yuan_from_fen(-fen)}" if fen < 0 else yuan_from_fen(fen)
