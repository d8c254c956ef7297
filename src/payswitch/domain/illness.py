"""演练: how a channel of the sandbox is made ill, so that one can watch the traffic move. Never a real channel."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class IllnessKind(StrEnum):
    """What is wrong with it. The values are the sandbox's own (`sandbox/faults.py`)."""

    LATENCY = "latency"
    """Answers come late, by `ms`."""
    HANG = "hang"
    """Takes requests and never answers."""
    REFUSE = "refuse"
    """Drops every connection."""
    HTTP_5XX = "http_5xx"
    """Its edge answers 502."""
    BUSY = "error_code"
    """Says that it is busy, in its own words."""
    WALLET_ERROR = "wallet_error"
    """Gives credentials that customers cannot pay."""


class FaultSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that the sandbox plays, whoever has set it."""

    account: str
    kind: str
    share: float
    ms: int
    active: bool
    struck: int
    """How many calls it has hit."""
