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
    ERROR_CODE = "error_code"
    """Refuses with a code of its own: by default the one that says that it is busy."""
    MALFORMED = "malformed"
    """Answers break off in the middle."""
    BAD_SIGNATURE = "bad_signature"
    """Answers are signed by somebody else."""
    UNKNOWN_SERIAL = "unknown_serial"
    """Answers name a key that nobody has heard of."""
    SIGNATURE_PROBE = "signature_probe"
    """WeChat's own test: answers whose signature says of itself that it is wrong."""
    WALLET_ERROR = "wallet_error"
    """Gives credentials that customers cannot pay."""
    NOTIFY_LOST = "notify_lost"
    """A try to notify never leaves."""
    NOTIFY_LATE = "notify_late"
    """The first try to notify waits `delay_s`."""
    NOTIFY_DUPLICATE = "notify_duplicate"
    """The same message arrives `times` more."""
    NOTIFY_FORGED = "notify_forged"
    """A stranger's message arrives before the real one."""
    NOTIFY_PROBE = "notify_probe"
    """WeChat's own test, with a notification."""
    NOTIFY_WRONG_AMOUNT = "notify_wrong_amount"
    """A properly signed message names another amount."""


class FaultSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that the sandbox plays, whoever has set it."""

    account: str
    """A channel's id, or `*`: all of them."""
    kind: str
    share: float
    ms: int
    active: bool
    struck: int
    """How many calls it has hit."""
    left_s: float | None = None
    """How long until it is over by itself; None: it stays until somebody ends it."""
    banks: list[str] | None = None
    """Only payments with these banks' cards; None: everybody's."""
    min_fen: int | None = None
    max_fen: int | None = None
    product: str | None = None
    code: str = ""
    when: str = "before"
    """`after`: the order was made all the same (of `hang`, `http_5xx`) ..."""
    created: bool = False
    """... and the same of `error_code`."""
    times: int = 1
    delay_s: float = 0.0

    @property
    def over(self) -> bool:
        """Whether its time has passed."""
        return self.left_s == 0.0


class SandboxAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One account that the sandbox plays."""

    account: str
    """The channel's id."""
    call_banks: list[str]
    """Banks that its calls tell (of a signed card)."""
    wallet_banks: list[str]
    """Banks whose cards may stand behind a wallet that pays here."""


class SandboxBank(msgspec.Struct, frozen=True, kw_only=True):
    """A bank whose customers the sandbox can single out."""

    bank: str
    """Its short name: `icbc`."""
    name: str
    """In Chinese, as on the card."""


class SandboxWorld(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the sandbox can make ill."""

    accounts: list[SandboxAccount]
    banks: list[SandboxBank]

    def account(self, channel_id: str) -> SandboxAccount | None:
        return next((one for one in self.accounts if one.account == channel_id), None)
