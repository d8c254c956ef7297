"""A day's bill as UnionPay writes it, by this file's own copy of the published columns."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from collections.abc import Mapping, Sequence

from tests.connectors.unionpay.world import MER_ID, ORDER_NO, QUERY_ID, REFUND_NO, REFUND_QUERY_ID

COLUMNS: Sequence[tuple[str, int]] = (
    ("交易代码", 3),
    ("代理机构标识码", 11),
    ("发送机构标识码", 11),
    ("系统跟踪号", 6),
    ("交易传输时间", 10),
    ("帐号", 19),
    ("交易金额", 12),
    ("商户类别", 4),
    ("终端类型", 2),
    ("查询流水号", 21),
    ("支付方式（旧）", 2),
    ("商户订单号", 32),
    ("支付卡类型", 2),
    ("原始交易的系统跟踪号", 6),
    ("原始交易日期时间", 10),
    ("商户手续费", 13),
    ("结算金额", 13),
    ("支付方式", 4),
    ("集团商户代码", 15),
    ("交易类型", 2),
    ("交易子类", 2),
    ("业务类型", 6),
    ("帐号类型", 2),
    ("账单类型", 4),
    ("账单号码", 32),
    ("交互方式", 1),
    ("原交易查询流水号", 21),
    ("商户代码", 15),
    ("分账入账方式", 1),
    ("二级商户代码", 15),
    ("二级商户简称", 32),
    ("二级商户分账入账金额", 13),
    ("清算净额", 13),
    ("终端号", 8),
    ("商户自定义域", 32),
    ("优惠金额", 13),
    ("发票金额", 13),
    ("分期付款附加手续费", 12),
    ("分期付款期数", 2),
    ("交易介质", 1),
    ("原始交易订单号", 32),
    ("保留使用", 98),
)

PAYMENT = {
    "交易代码": "S22",
    "系统跟踪号": "784649",
    "交易传输时间": "1111203719",
    "帐号": "6222021234567890123",
    "交易金额": "000000129900",
    "查询流水号": QUERY_ID,
    "商户订单号": ORDER_NO,
    "商户手续费": "D000000000779",
    "结算金额": "C000000129121",
    "交易类型": "01",
    "交易子类": "01",
    "业务类型": "000201",
    "商户代码": MER_ID,
    "二级商户简称": "秋冬服饰",
    "清算净额": "C000000129121",
}
REFUND = {
    **PAYMENT,
    "交易代码": "S56",
    "交易传输时间": "1111213700",
    "交易金额": "000000000050",
    "查询流水号": REFUND_QUERY_ID,
    "商户订单号": REFUND_NO,
    "商户手续费": "C000000000000",
    "结算金额": "D000000000050",
    "交易类型": "04",
    "交易子类": "00",
    "原交易查询流水号": QUERY_ID,
    "原始交易订单号": ORDER_NO,
}


def line(fields: Mapping[str, str], **changes: str) -> bytes:
    values = {**fields, **changes}
    return b" ".join(values.get(name, "").encode("gbk").ljust(width) for name, width in COLUMNS)


def zipped(files: Mapping[str, bytes]) -> bytes:
    store = io.BytesIO()
    with zipfile.ZipFile(store, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return store.getvalue()


def file_content(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data)).decode()


ZM = f"INN26111188ZM_{MER_ID}"
ZME = f"INN26111188ZME_{MER_ID}"


def bill(*lines: bytes, adjustments: bytes = b"", line_end: bytes = b"\r\n") -> str:
    files = {ZM: line_end.join(lines) + line_end, ZME: adjustments, f"RNM26111188_{MER_ID}": b"summary"}
    return file_content(zipped(files))
