"""Money is integer 分 (fen) inside PaySwitch. Yuan strings exist only on the wires that want them."""

from __future__ import annotations

import re

_YUAN = re.compile(r"(?P<yuan>0|[1-9][0-9]{0,11})(?:\.(?P<fen>[0-9]{1,2}))?")


def yuan_from_fen(amount_fen: int) -> str:
    """`1` -> `"0.01"`, `129900` -> `"1299.00"`. Never a float: 分 must survive the trip."""
    if amount_fen < 0:
        raise ValueError(f"amount must not be negative: {amount_fen} fen")
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"


def fen_from_yuan(text: str) -> int:
    """`"0.01"` -> `1`, `"12"` -> `1200`, `"12.5"` -> `1250`.

    Raises ValueError for anything else (signs, spaces, exponents, a third decimal): an amount that is not
    exactly readable must never be guessed.
    """
    match = _YUAN.fullmatch(text)
    if match is None:
        raise ValueError(f"not an amount in yuan with at most two decimals: {text!r}")
    fen = (match["fen"] or "").ljust(2, "0")
    return int(match["yuan"]) * 100 + int(fen)
