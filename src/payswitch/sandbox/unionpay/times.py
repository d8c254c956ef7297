"""UnionPay's times: Beijing wall time without separators, and days that end at 23:00."""

from __future__ import annotations

import re
from datetime import datetime

from payswitch.kit.clock import BEIJING, beijing
from payswitch.kit.durations import HOUR_MS

_CUT_MS = HOUR_MS
"""The settlement day ends at 23:00: an hour added makes it a calendar day."""
_SHAPE = re.compile(r"[0-9]{14}")


def wire_time(ms: int) -> str:
    """`yyyyMMddHHmmss`, as `txnTime` and `payTimeout` have it."""
    return f"{beijing(ms):%Y%m%d%H%M%S}"


def parse_ms(text: str) -> int | None:
    """Unix milliseconds, or None for what is no such time."""
    if not _SHAPE.fullmatch(text):
        return None
    try:
        return int(datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING).timestamp() * 1_000)
    except ValueError:
        return None


def settle_day(ms: int) -> str:
    """The day (`yyyyMMdd`) with whose money this moment's is settled."""
    return f"{beijing(ms + _CUT_MS):%Y%m%d}"


def settle_date(ms: int) -> str:
    """`settleDate`, which has no year: `MMdd`."""
    return settle_day(ms)[4:]
