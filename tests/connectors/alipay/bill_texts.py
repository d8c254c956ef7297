"""A day's trade bill as Alipay writes it, made by hand: one sale, one refund, one sale with a voucher."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

from tests.connectors.alipay.world import SELLER_ID

DAY = "2026-11-11"
SALE: Mapping[str, str] = {
    "支付宝交易号": "2026111122001456231400000001\t",
    "商户订单号": "PS202611112037A1\t",
    "业务类型": "交易\t",
    "商品名称": "秋冬外套 一件",
    "创建时间": "2026-11-11 20:37:05",
    "完成时间": "2026-11-11 20:37:19",
    "门店编号": "\t",
    "门店名称": "\t",
    "操作员": "\t",
    "终端号": "\t",
    "对方账户": "**红(137****2600)\t",
    "订单金额（元）": "1299.00",
    "商家实收（元）": "1299.00",
    "支付宝红包（元）": "0.00",
    "集分宝（元）": "0.00",
    "支付宝优惠（元）": "0.00",
    "商家优惠（元）": "0.00",
    "券核销金额（元）": "0.00",
    "券名称": "",
    "商家红包消费金额（元）": "0.00\t",
    "卡消费金额（元）": "0.00",
    "退款批次号/请求号": "\t",
    "服务费（元）": "-7.79",
    "分润（元）": "0.00",
    "备注": "",
}
COLUMNS = tuple(SALE)
REFUND: Mapping[str, str] = {
    **SALE,
    "业务类型": "退款\t",
    "完成时间": "2026-11-11 21:00:00",
    "订单金额（元）": "-299.00",
    "商家实收（元）": "-299.00",
    "退款批次号/请求号": "PS202611112037R1\t",
    "服务费（元）": "1.79",
}
VOUCHER: Mapping[str, str] = {
    **SALE,
    "支付宝交易号": "2026111122001456231400000002\t",
    "商户订单号": "PS202611112359A2\t",
    "完成时间": "2026-11-11 23:59:59",
    "订单金额（元）": "10.00",
    "商家实收（元）": "7.00",
    "商家优惠（元）": "3.00",
    "券名称": "双十一",
    "服务费（元）": "-0.04",
}
ROWS = (SALE, REFUND, VOUCHER)
PAYMENT_TOTAL = "#交易合计：2笔，商家实收共1306.00元，商家优惠共3.00元"
REFUND_TOTAL = "#退款合计：1笔，商家实收退款共-299.00元，商家优惠退款共0.00元"
RULE = "-" * 40
SUMMARY_COLUMNS = (
    *(
        "门店编号",
        "门店名称",
        "交易订单总笔数",
        "退款订单总笔数",
        "订单金额（元）",
        "商家实收（元）",
        "支付宝优惠（元）",
    ),
    *("商家优惠（元）", "卡消费金额（元）", "服务费（元）", "分润（元）", "实收净额（元）"),
)
SUMMARY_ALL = ("合计\t", "\t", "2", "1", "1309.00", "1306.00", "0.00", "3.00", "0.00", "-6.04", "0.00", "1299.96")
ACCOUNT = f"#账号：[{SELLER_ID}0156]"
DATES = "#起始日期：[2026年11月11日 00:00:00]   终止日期：[2026年11月12日 00:00:00]"


def text(lines: Sequence[str], end: str = "\r\n") -> bytes:
    return "".join(line + end for line in lines).encode("gb18030")


def row(values: Mapping[str, str]) -> str:
    return ",".join(values[name] for name in COLUMNS)


def details(
    rows: Sequence[Mapping[str, str] | str] = ROWS,
    totals: Sequence[str] = (PAYMENT_TOTAL, REFUND_TOTAL),
    *,
    columns: Sequence[str] = COLUMNS,
    account: str = ACCOUNT,
    dates: str = DATES,
    end: str = "\r\n",
) -> bytes:
    """业务明细; a row given as text is taken as it is."""
    lines = ["#支付宝业务明细查询", account, dates, f"#{RULE}业务明细列表{RULE}", ",".join(columns)]
    lines += [r if isinstance(r, str) else row(r) for r in rows]
    lines += [f"#{RULE}业务明细列表结束{RULE}", *totals, "#导出时间：[2026年11月12日 09:12:44]"]
    return text(lines, end)


def summary(rows: Sequence[Sequence[str]] = (SUMMARY_ALL,), *, dates: str = DATES) -> bytes:
    """业务明细(汇总)."""
    lines = ["#支付宝业务汇总查询", ACCOUNT, dates, f"#{RULE}业务汇总列表{RULE}", ",".join(SUMMARY_COLUMNS)]
    lines += [",".join(values) for values in rows]
    return text([*lines, f"#{RULE}业务汇总列表结束{RULE}", "#导出时间：[2026年11月12日 09:12:44]"])


def archive(*files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for n, content in enumerate(files):
            packed.writestr(f"{n}.csv", content)
    return made.getvalue()
