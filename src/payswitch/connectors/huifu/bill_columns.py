"""What the columns of Huifu's trade bill are called.

The names are not published where we could read them [M]: these are the usual words of Huifu's interfaces, and each can
be set with the account key `bill_columns`.
"""

from __future__ import annotations

from typing import Final

import msgspec

EXAMPLE: Final = "amount=交易金额; fee=手续费"


class BillColumns(msgspec.Struct, frozen=True, kw_only=True):
    """Our word -> the bill's. Refunds are rows of their own, with the payment's numbers in the `original_` columns."""

    merchant: str = "商户号"
    kind: str = "交易类型"
    status: str = "交易状态"
    number: str = "请求流水号"
    """Our own number: of the payment, or of the refund."""
    transaction: str = "全局流水号"
    """Huifu's `hf_seq_id`: of the payment, or of the refund."""
    original_number: str = "原请求流水号"
    original_transaction: str = "原全局流水号"
    amount: str = "交易金额"
    fee: str = "手续费金额"
    at: str = "交易时间"


def read_columns(text: str, problems: list[str]) -> BillColumns:
    """`amount=交易金额; fee=手续费`: only what differs. Adds what is wrong with it to the problems."""
    names: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(";"))):
        word, _, name = (piece.strip() for piece in part.partition("="))
        if word not in BillColumns.__struct_fields__ or not name or word in names:
            known = ", ".join(BillColumns.__struct_fields__)
            problems.append(
                f"bill_columns: {part!r} is not one of {known} with a column's name, like {EXAMPLE} / "
                f"bill_columns 须为“字段=列名”，以分号分隔，例如 {EXAMPLE}"
            )
            continue
        names[word] = name
    columns = BillColumns(**names)
    if not problems and len(set(msgspec.structs.astuple(columns))) != len(BillColumns.__struct_fields__):
        problems.append("bill_columns: two fields have the same column / bill_columns 中有两个字段使用了同一列")
    return columns
