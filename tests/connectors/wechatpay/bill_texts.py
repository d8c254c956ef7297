"""A day's trade bill as WeChat writes it, made by hand: one sale, one refund, one sale with a coupon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.connectors.wechatpay.fake_wechat import APPID, MCHID

DAY = "2026-11-11"
TOTAL_COLUMNS = (
    "总交易单数",
    "应结订单总金额",
    "退款总金额",
    "充值券退款总金额",
    "手续费总金额",
    "订单总金额",
    "申请退款总金额",
)

SALE: Mapping[str, str] = {
    "交易时间": "2026-11-11 20:37:05",
    "公众账号ID": APPID,
    "商户号": MCHID,
    "特约商户号": "0",
    "设备号": "",
    "微信订单号": "4200001234202611111234567890",
    "商户订单号": "A01K9VQ3T7WX5ZC8N2M4R6H0BD",
    "用户标识": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    "交易类型": "NATIVE",
    "交易状态": "SUCCESS",
    "付款银行": "OTHERS",
    "货币种类": "CNY",
    "应结订单金额": "129.00",
    "代金券金额": "0.00",
    "微信退款单号": "0",
    "商户退款单号": "0",
    "退款金额": "0.00",
    "充值券退款金额": "0.00",
    "退款类型": "",
    "退款状态": "",
    "商品名称": "口红 #520 玫瑰豆沙",
    "商户数据包": "",
    "手续费": "0.77000",
    "费率": "0.60%",
    "订单金额": "129.00",
    "申请退款金额": "0.00",
    "费率备注": "",
}
COLUMNS = tuple(SALE)
REFUND: Mapping[str, str] = {
    **SALE,
    "交易时间": "2026-11-11 21:00:00",
    "交易状态": "REFUND",
    "应结订单金额": "0.00",
    "微信退款单号": "50000709672026111111908420722",
    "商户退款单号": "R01K9VQ3T7WX5ZC8N2M4R6H0BE",
    "退款金额": "29.00",
    "退款类型": "ORIGINAL",
    "退款状态": "SUCCESS",
    "手续费": "-0.17000",
    "订单金额": "0.00",
    "申请退款金额": "29.00",
}
COUPON: Mapping[str, str] = {
    **SALE,
    "交易时间": "2026-11-11 23:59:59",
    "微信订单号": "4200001234202611111234567899",
    "商户订单号": "A01K9VQ3T7WX5ZC8N2M4R6H0BX",
    "应结订单金额": "7.00",
    "代金券金额": "3.00",
    "手续费": "0.04000",
    "订单金额": "10.00",
}
ROWS = (SALE, REFUND, COUPON)
TOTALS = ("3", "136.00", "29.00", "0.00", "0.64000", "139.00", "29.00")


def line(values: Sequence[str]) -> str:
    return ",".join("`" + value for value in values)


def row(values: Mapping[str, str]) -> str:
    return line([values[name] for name in COLUMNS])


def bill(
    rows: Sequence[Mapping[str, str] | str] = ROWS,
    totals: Sequence[str] = TOTALS,
    *,
    columns: Sequence[str] = COLUMNS,
    end: str = "\r\n",
    bom: bytes = b"\xef\xbb\xbf",
) -> bytes:
    """The file's bytes; a row given as text is taken as it is."""
    lines = [",".join(columns), *(r if isinstance(r, str) else row(r) for r in rows)]
    return bom + "".join(text + end for text in [*lines, ",".join(TOTAL_COLUMNS), line(totals)]).encode()
