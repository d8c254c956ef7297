"""What the gateway can say: statuses, refusals, and reading amounts and times of a request."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from payswitch.kit.clock import BEIJING, beijing

Form = Mapping[str, str]
Fields = dict[str, str]

SUCCESS = "0000"
NOT_EXIST = "1001"
SMS_SENT = "1999"
PROCESSING = "2008"
NOT_PAID = "3088"
UNDONE = "3050"
"""The payment was cancelled."""
CONTROLLED = "3889"
REPEATED = "3888"
OTHER = "3999"

_AMOUNT = re.compile(r"[1-9][0-9]{0,11}")
_NUMBER = re.compile(r"[0-9A-Za-z_\-]{1,32}")


class NotUnderstood(Exception):
    """`retcode=FAIL`: the message itself is wrong."""

    def __init__(self, message: str, *, signed: bool = True) -> None:
        super().__init__(message)
        self.message = message
        self.signed = signed


class Refused(Exception):
    """`retcode=SUCCESS` and a `trxstatus` that is none: the message was understood, the transaction is refused."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def required(form: Form, name: str) -> str:
    value = form.get(name, "")
    if not value:
        raise NotUnderstood(f"参数错误:{name}不能为空")
    return value


def number(form: Form, name: str) -> str:
    value = required(form, name)
    if not _NUMBER.fullmatch(value):
        raise NotUnderstood(f"参数错误:{name}格式不正确")
    return value


def amount(form: Form, name: str) -> int:
    value = required(form, name)
    if not _AMOUNT.fullmatch(value):
        raise NotUnderstood(f"参数错误:{name}须为大于0的整数，单位为分")
    return int(value)


def wire_time(at_ms: int) -> str:
    return f"{beijing(at_ms):%Y%m%d%H%M%S}"


def read_time(text: str, name: str) -> int:
    try:
        return int(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).timestamp()) * 1_000
    except (ValueError, OverflowError) as error:
        raise NotUnderstood(f"参数错误:{name}格式不正确") from error


def minutes(form: Form, name: str, default: int, most: int) -> int:
    text = form.get(name, "") or str(default)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= most:
        raise NotUnderstood(f"参数错误:{name}须为1到{most}的整数")
    return int(text)
