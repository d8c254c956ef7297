"""Query parameters of the list operations: declared once, checked and documented from the declaration."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from payswitch.domain.payment import PaymentState
from payswitch.entry.api.decode import FieldErrors
from payswitch.entry.api.limits import NUMBER, VISIBLE

IDENTIFIER = "[0-9A-Za-z_-]{1,64}"
MOST_PER_PAGE = 100
PER_PAGE = 20


@dataclass(frozen=True)
class Parameter:
    """One query parameter. Exactly one of `pattern`, `choices` and `most` says what it may be."""

    name: str
    meaning: str
    pattern: str | None = None
    choices: type[StrEnum] | None = None
    most: int | None = None
    """A whole number from 1 to this."""
    required: bool = False
    wanted: tuple[str, str] = ("1 to 64 of 0-9 A-Z a-z _ -", "1 到 64 个字母、数字、下划线或减号")
    """What fits the pattern, in words."""

    def schema(self) -> dict[str, Any]:
        if self.choices is not None:
            return {"type": "string", "enum": [choice.value for choice in self.choices]}
        if self.most is not None:
            return {"type": "integer", "minimum": 1, "maximum": self.most, "default": PER_PAGE}
        return {"type": "string", "pattern": f"^{self.pattern}$"}

    def read(self, text: str, errors: FieldErrors) -> Any:
        if self.choices is not None:
            if text in {choice.value for choice in self.choices}:
                return self.choices(text)
            allowed = ", ".join(self.choices)
            errors.add(self.name, f"must be one of {allowed}", f"只能取 {allowed}")
        elif self.most is not None:
            if re.fullmatch("[1-9][0-9]{0,3}", text) and int(text) <= self.most:
                return int(text)
            errors.add(self.name, f"must be a whole number from 1 to {self.most}", f"须为 1 到 {self.most} 的整数")
        elif re.fullmatch(self.pattern or "", text):
            return text
        else:
            errors.add(self.name, f"must be {self.wanted[0]}", f"须为 {self.wanted[1]}")
        return None


LIMIT = Parameter("limit", "How many at most, newest first", most=MOST_PER_PAGE)
BEFORE_PAYMENT = Parameter("before", "A payment id: only older ones", pattern=IDENTIFIER)
BEFORE_EVENT = Parameter("before", "An event id: only older ones", pattern=IDENTIFIER)
REASON = Parameter(
    "reason",
    "Why; kept in the trail",
    pattern=f"(?=.{{1,200}}$){VISIBLE}",
    wanted=("1 to 200 characters, not only blanks", "1 到 200 个字符，不能只有空白"),
)
PRODUCTS = Parameter(
    "products",
    "Products, separated by commas; left out: all",
    pattern="[a-z0-9_]{1,40}(?:,[a-z0-9_]{1,40}){0,60}",
    wanted=("names of products, separated by commas", "支付产品名称，以逗号分隔"),
)
OF_PAYMENT = Parameter("payment_id", "Only events of this payment", pattern=IDENTIFIER)
OF_CUSTOMER = Parameter(
    "customer_id",
    "The shop's own id of the customer",
    pattern=f"(?=.{{1,64}}$){VISIBLE}",
    required=True,
    wanted=("1 to 64 characters, not only blanks", "1 到 64 个字符，不能只有空白"),
)
STATE = Parameter("state", "Only payments in this state", choices=PaymentState)
TRADE_NO = Parameter("out_trade_no", "Only the payment with this 商户订单号", pattern=NUMBER)


def read_query(text: bytes, parameters: Sequence[Parameter]) -> Mapping[str, Any]:
    """Values by name. Raises `invalid_request` with everything that is wrong; an unknown name is wrong, too."""
    known = {parameter.name: parameter for parameter in parameters}
    values: dict[str, Any] = {}
    errors = FieldErrors()
    for name, value in parse_qsl(text.decode("latin-1"), keep_blank_values=True):
        if name not in known:
            errors.add("query", "has a parameter that is not known here", "含有未知的查询参数")
        elif name in values:
            errors.add(name, "is given twice", "重复出现")
        else:
            values[name] = known[name].read(value, errors)
    for parameter in parameters:
        if parameter.required and parameter.name not in values:
            errors.add(parameter.name, "is required", "必填")
    errors.raise_if_any()
    return values
