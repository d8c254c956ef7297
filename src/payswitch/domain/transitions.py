"""The state machines, as data. `advance()` is the only way a state changes.

Each table has a cell for every state and every event: the next state, `STAYS` (legal, changes nothing: the news
is old or repeated) or `FORBIDDEN` (a bug: raises). Diagrams in the docs are generated from these tables, and
every cell is tested.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, StrEnum
from typing import Final, Generic, TypeVar

from payswitch.domain.payment import AttemptState, PaymentState, RefundState

S = TypeVar("S", bound=StrEnum)
E = TypeVar("E", bound=StrEnum)


class Cell(Enum):
    STAYS = "stays"
    FORBIDDEN = "forbidden"


STAYS: Final = Cell.STAYS
FORBIDDEN: Final = Cell.FORBIDDEN


class ForbiddenTransition(Exception):
    """The code tried a move that the table forbids. Never caught and ignored: it is a bug."""

    def __init__(self, machine: str, state: StrEnum, event: StrEnum) -> None:
        super().__init__(f"{machine}: {event.value!r} is forbidden in state {state.value!r}")
        self.machine = machine
        self.state = state
        self.event = event


class Machine(Generic[S, E]):
    """One state machine: its table, its terminal states."""

    def __init__(self, name: str, table: Mapping[S, Mapping[E, S | Cell]], terminal: frozenset[S]) -> None:
        self.name = name
        self.table = table
        self.terminal = terminal


def advance(machine: Machine[S, E], state: S, event: E) -> S:
    """The state after `event`. Raises ForbiddenTransition for a cell that must never be reached."""
    cell = machine.table[state][event]
    if cell is STAYS:
        return state
    if cell is FORBIDDEN:
        raise ForbiddenTransition(machine.name, state, event)
    return cell


class PaymentEvent(StrEnum):
    LAUNCH = "launch"
    """An attempt was committed."""
    SUCCEED = "succeed"
    """A verified success of one of its attempts; the winner if the payment had none."""
    BEGIN_CLOSE = "begin_close"
    """Expired or cancelled: no new attempts; the live ones are being killed."""
    CONFIRM_CLOSED = "confirm_closed"
    """Every exposed or unknown attempt is dead: confirmed by its channel, or past its deadline and a final query."""


class AttemptEvent(StrEnum):
    SEND = "send"
    """The create call is about to leave."""
    ACCEPT = "accept"
    """The channel made the order (push), or the credential was signed locally."""
    EXPOSE = "expose"
    """The credential is committed to be shown to the customer."""
    SUCCEED = "succeed"
    """Verified: money arrived for this number."""
    REFUSE = "refuse"
    """A definite no before the customer could pay, or the request never left."""
    DEBIT = "debit"
    """Pull only: the call that may take the money is about to leave. Nobody knows until a definite answer."""
    ASK_AGAIN = "ask_again"
    """Pull only: the consent was wrong (a mistyped SMS code), nothing was debited; another one may be given."""
    DISCARD = "discard"
    """Push, never exposed: nobody can pay it, we go on without it."""
    BEGIN_CLOSE = "begin_close"
    """Exposed: query, close, query is under way."""
    CONFIRM_CLOSED = "confirm_closed"
    """The channel confirms it dead, or its deadline and the final query are past."""


class RefundEvent(StrEnum):
    SEND = "send"
    ACCEPT = "accept"
    """The channel took it and is working."""
    SUCCEED = "succeed"
    FAIL = "fail"
    """A definite no: nothing was paid back, and nothing will be by this number."""
    BECOME_ABNORMAL = "become_abnormal"
    """A person must act (card void, balance short for long)."""


_P = PaymentState
_PE = PaymentEvent

PAYMENT: Final = Machine[PaymentState, PaymentEvent](
    "payment",
    {
        _P.CREATED: {
            _PE.LAUNCH: _P.PENDING,
            _PE.SUCCEED: FORBIDDEN,
            _PE.BEGIN_CLOSE: _P.CLOSING,
            _PE.CONFIRM_CLOSED: FORBIDDEN,
        },
        _P.PENDING: {
            _PE.LAUNCH: STAYS,
            _PE.SUCCEED: _P.SUCCEEDED,
            _PE.BEGIN_CLOSE: _P.CLOSING,
            _PE.CONFIRM_CLOSED: FORBIDDEN,
        },
        _P.CLOSING: {
            _PE.LAUNCH: FORBIDDEN,
            _PE.SUCCEED: _P.SUCCEEDED,
            _PE.BEGIN_CLOSE: STAYS,
            _PE.CONFIRM_CLOSED: _P.CLOSED,
        },
        _P.SUCCEEDED: {
            _PE.LAUNCH: FORBIDDEN,
            _PE.SUCCEED: STAYS,
            _PE.BEGIN_CLOSE: STAYS,
            _PE.CONFIRM_CLOSED: STAYS,
        },
        _P.CLOSED: {
            _PE.LAUNCH: FORBIDDEN,
            _PE.SUCCEED: STAYS,
            _PE.BEGIN_CLOSE: STAYS,
            _PE.CONFIRM_CLOSED: STAYS,
        },
    },
    terminal=frozenset({_P.SUCCEEDED, _P.CLOSED}),
)

_A = AttemptState
_AE = AttemptEvent

ATTEMPT: Final = Machine[AttemptState, AttemptEvent](
    "attempt",
    {
        _A.CREATED: {
            _AE.SEND: _A.SUBMITTED,
            _AE.ACCEPT: FORBIDDEN,
            _AE.EXPOSE: FORBIDDEN,
            # The row of a sent attempt may still say "created": only the result of the call is committed.
            _AE.SUCCEED: _A.SUCCEEDED,
            _AE.REFUSE: _A.FAILED,
            _AE.DEBIT: _A.UNKNOWN,
            _AE.ASK_AGAIN: FORBIDDEN,
            _AE.DISCARD: _A.DISCARDED,
            _AE.BEGIN_CLOSE: FORBIDDEN,
            _AE.CONFIRM_CLOSED: FORBIDDEN,
        },
        _A.SUBMITTED: {
            _AE.SEND: STAYS,
            _AE.ACCEPT: _A.READY,
            _AE.EXPOSE: FORBIDDEN,
            _AE.SUCCEED: _A.SUCCEEDED,
            _AE.REFUSE: _A.FAILED,
            _AE.DEBIT: FORBIDDEN,
            _AE.ASK_AGAIN: FORBIDDEN,
            _AE.DISCARD: _A.DISCARDED,
            _AE.BEGIN_CLOSE: FORBIDDEN,
            _AE.CONFIRM_CLOSED: FORBIDDEN,
        },
        _A.READY: {
            _AE.SEND: FORBIDDEN,
            _AE.ACCEPT: STAYS,
            _AE.EXPOSE: _A.EXPOSED,
            _AE.SUCCEED: _A.SUCCEEDED,
            _AE.REFUSE: _A.FAILED,
            _AE.DEBIT: FORBIDDEN,
            _AE.ASK_AGAIN: FORBIDDEN,
            _AE.DISCARD: _A.DISCARDED,
            _AE.BEGIN_CLOSE: FORBIDDEN,
            _AE.CONFIRM_CLOSED: FORBIDDEN,
        },
        _A.EXPOSED: {
            _AE.SEND: FORBIDDEN,
            _AE.ACCEPT: STAYS,
            _AE.EXPOSE: STAYS,
            _AE.SUCCEED: _A.SUCCEEDED,
            _AE.REFUSE: _A.FAILED,
            # Created without a debit, then the customer typed the code of the SMS.
            _AE.DEBIT: _A.UNKNOWN,
            _AE.ASK_AGAIN: STAYS,
            # An exposed attempt can be paid by a customer: it is closed and watched, never dropped.
            _AE.DISCARD: FORBIDDEN,
            _AE.BEGIN_CLOSE: _A.CLOSING,
            _AE.CONFIRM_CLOSED: FORBIDDEN,
        },
        _A.CLOSING: {
            _AE.SEND: FORBIDDEN,
            _AE.ACCEPT: STAYS,
            _AE.EXPOSE: FORBIDDEN,
            _AE.SUCCEED: _A.SUCCEEDED,
            _AE.REFUSE: FORBIDDEN,
            _AE.DEBIT: FORBIDDEN,
            _AE.ASK_AGAIN: FORBIDDEN,
            _AE.DISCARD: FORBIDDEN,
            _AE.BEGIN_CLOSE: STAYS,
            _AE.CONFIRM_CLOSED: _A.CLOSED,
        },
        _A.UNKNOWN: {
            _AE.SEND: FORBIDDEN,
            _AE.ACCEPT: FORBIDDEN,
            _AE.EXPOSE: FORBIDDEN,
            _AE.SUCCEED: _A.SUCCEEDED,
            _AE.REFUSE: _A.FAILED,
            _AE.DEBIT: FORBIDDEN,
            _AE.ASK_AGAIN: _A.EXPOSED,
            _AE.DISCARD: FORBIDDEN,
            _AE.BEGIN_CLOSE: FORBIDDEN,
            _AE.CONFIRM_CLOSED: _A.CLOSED,
        },
        _A.SUCCEEDED: {
            _AE.SEND: FORBIDDEN,
            # The notification may overtake the answer of the create call: late news about it changes nothing.
            _AE.ACCEPT: STAYS,
            _AE.EXPOSE: STAYS,
            _AE.SUCCEED: STAYS,
            _AE.REFUSE: STAYS,
            _AE.DEBIT: FORBIDDEN,
            _AE.ASK_AGAIN: STAYS,
            _AE.DISCARD: STAYS,
            _AE.BEGIN_CLOSE: STAYS,
            _AE.CONFIRM_CLOSED: STAYS,
        },
        # From failed, discarded and closed only a verified success leads out: as winner or surplus.
        _A.FAILED: {
            _AE.SEND: FORBIDDEN,
            _AE.ACCEPT: STAYS,
            _AE.EXPOSE: FORBIDDEN,
            _AE.SUCCEED: _A.SUCCEEDED,
            _AE.REFUSE: STAYS,
            _AE.DEBIT: FORBIDDEN,
            _AE.ASK_AGAIN: STAYS,
            _AE.DISCARD: STAYS,
            _AE.BEGIN_CLOSE: STAYS,
            _AE.CONFIRM_CLOSED: STAYS,
        },
        _A.DISCARDED: {
            _AE.SEND: FORBIDDEN,
            _AE.ACCEPT: STAYS,
            _AE.EXPOSE: FORBIDDEN,
            _AE.SUCCEED: _A.SUCCEEDED,
            _AE.REFUSE: STAYS,
            _AE.DEBIT: FORBIDDEN,
            _AE.ASK_AGAIN: STAYS,
            _AE.DISCARD: STAYS,
            _AE.BEGIN_CLOSE: STAYS,
            _AE.CONFIRM_CLOSED: STAYS,
        },
        _A.CLOSED: {
            _AE.SEND: FORBIDDEN,
            _AE.ACCEPT: STAYS,
            _AE.EXPOSE: FORBIDDEN,
            _AE.SUCCEED: _A.SUCCEEDED,
            _AE.REFUSE: STAYS,
            _AE.DEBIT: FORBIDDEN,
            _AE.ASK_AGAIN: STAYS,
            _AE.DISCARD: STAYS,
            _AE.BEGIN_CLOSE: STAYS,
            _AE.CONFIRM_CLOSED: STAYS,
        },
    },
    terminal=frozenset({_A.SUCCEEDED, _A.FAILED, _A.DISCARDED, _A.CLOSED}),
)

_R = RefundState
_RE = RefundEvent

REFUND: Final = Machine[RefundState, RefundEvent](
    "refund",
    {
        _R.CREATED: {
            _RE.SEND: _R.SUBMITTED,
            _RE.ACCEPT: FORBIDDEN,
            # A notification can arrive for a refund whose row still says "created" after a crash.
            _RE.SUCCEED: _R.SUCCEEDED,
            _RE.FAIL: _R.FAILED,
            _RE.BECOME_ABNORMAL: _R.ABNORMAL,
        },
        _R.SUBMITTED: {
            _RE.SEND: STAYS,
            _RE.ACCEPT: _R.PROCESSING,
            _RE.SUCCEED: _R.SUCCEEDED,
            _RE.FAIL: _R.FAILED,
            _RE.BECOME_ABNORMAL: _R.ABNORMAL,
        },
        _R.PROCESSING: {
            _RE.SEND: STAYS,
            _RE.ACCEPT: STAYS,
            _RE.SUCCEED: _R.SUCCEEDED,
            _RE.FAIL: _R.FAILED,
            _RE.BECOME_ABNORMAL: _R.ABNORMAL,
        },
        _R.ABNORMAL: {
            _RE.SEND: STAYS,
            _RE.ACCEPT: _R.PROCESSING,
            _RE.SUCCEED: _R.SUCCEEDED,
            _RE.FAIL: _R.FAILED,
            _RE.BECOME_ABNORMAL: STAYS,
        },
        _R.SUCCEEDED: dict.fromkeys(_RE, STAYS),
        _R.FAILED: {
            _RE.SEND: FORBIDDEN,
            _RE.ACCEPT: STAYS,
            # Money moved after all: never deny it.
            _RE.SUCCEED: _R.SUCCEEDED,
            _RE.FAIL: STAYS,
            _RE.BECOME_ABNORMAL: STAYS,
        },
    },
    terminal=frozenset({_R.SUCCEEDED, _R.FAILED}),
)
