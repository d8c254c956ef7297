"""What is done after each outcome of a call, as tables: the services act on them, the explanation shows them.

One source, so that what a recorded plan promises is what happens. A *push* order moves no money until the customer has
seen its credential: nearly everything may be switched. The call of a *debit* may have taken the money: only a definite
"nothing was taken" may be switched.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from payswitch.domain.outcome import Outcome, OutcomeKind


class Next(StrEnum):
    """What to do after the answer of one create call."""

    SHOW = "show"
    """Expose the credential."""
    AGAIN = "again"
    """Once more on the same channel with the same number."""
    SWITCH = "switch"
    """The next candidate."""
    OTHER_METHOD = "other_method"
    """The next candidate of another method, once; never another account of the same method."""
    STOP = "stop"
    """The customer must choose: nothing is switched silently."""


TIMED_OUT: Final = frozenset({"timeout", "connect_timeout", "pool_timeout"})
"""A channel that was silent for its whole soft limit is not asked again while the customer waits."""
SHOW_KINDS: Final = frozenset({OutcomeKind.ACCEPTED})


def next_step(outcome: Outcome, *, tries: int) -> Next:
    """The table of design.md, section 2, for a push order that nobody has seen."""
    if outcome.kind in SHOW_KINDS:
        return Next.SHOW
    if outcome.kind is OutcomeKind.REFUSED_PAYER:
        return Next.STOP
    if outcome.kind is OutcomeKind.REFUSED_RISK:
        return Next.OTHER_METHOD
    if outcome.kind is OutcomeKind.NOT_SENT or outcome.transient:
        return Next.AGAIN if tries == 1 and outcome.code not in TIMED_OUT else Next.SWITCH
    return Next.SWITCH


class After(StrEnum):
    """What the answer of a debit allows."""

    DONE = "done"
    """Paid."""
    ASK_AGAIN = "ask_again"
    """Only the code was wrong: the same order takes another one."""
    NEXT = "next"
    """Nothing was taken: another channel may try."""
    STOP = "stop"
    """The customer's wallet or bank, or risk control, said no: the customer must choose."""
    CONFIRMING = "confirming"
    """Not known. Nothing else may be begun."""


NOT_TAKEN: Final = frozenset(
    {
        OutcomeKind.NOT_SENT,
        OutcomeKind.REFUSED_CHANNEL,
        OutcomeKind.REFUSED_LIMIT,
        OutcomeKind.REFUSED_CONFIG,
        OutcomeKind.REFUSED_ORDER,
        OutcomeKind.CLOSED,
    }
)
"""Proof that this number took nothing and never will, for a reason that is not the customer's: another channel may."""

CUSTOMERS_NO: Final = frozenset({OutcomeKind.REFUSED_PAYER, OutcomeKind.REFUSED_RISK})


def after_debit(outcome: Outcome) -> After:
    """The table of design.md, section 2, for a call that may have taken the money."""
    if outcome.kind is OutcomeKind.PAID:
        return After.DONE
    if outcome.kind in CUSTOMERS_NO:
        return After.ASK_AGAIN if outcome.ask_consent else After.STOP
    return After.NEXT if outcome.kind in NOT_TAKEN else After.CONFIRMING


PUSH: Final = "push"
DEBIT: Final = "debit"

STEPS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    PUSH: {
        Next.SHOW: ("出示支付凭证", "show the credential to the customer"),
        Next.AGAIN: ("同一渠道同一单号再试一次，再不行则切换", "once more on the same channel, then switch"),
        Next.SWITCH: ("切换到下一个渠道", "switch to the next channel"),
        Next.OTHER_METHOD: (
            "改用另一种支付方式，仅一次，不换账户",
            "one other method, once; never another account",
        ),
        Next.STOP: ("停止，由顾客选择", "stop: the customer chooses"),
    },
    DEBIT: {
        After.DONE: ("支付完成", "paid"),
        After.ASK_AGAIN: ("验证码有误，请顾客重新输入", "only the code was wrong: ask the customer for another"),
        After.NEXT: ("确定未扣款，换下一个渠道", "nothing was taken: the next channel"),
        After.STOP: ("停止，由顾客选择", "stop: the customer chooses"),
        After.CONFIRMING: (
            "结果未知：查询，必要时冲正，期间不另起扣款",
            "not known: query, at last reverse; nothing else is begun before",
        ),
    },
}
"""One line per step, in Chinese and English."""


class Line(msgspec.Struct, frozen=True):
    """One step with the outcomes that lead to it."""

    step: str
    outcomes: tuple[str, ...]
    chinese: str
    english: str


def table_of(steps: str) -> tuple[Line, ...]:
    """What is done on each class of outcome, for the table that a candidate of a recorded plan names."""
    return _TABLES[steps]


def _table(steps: str) -> tuple[Line, ...]:
    found: dict[str, list[str]] = {}
    for name, outcome in _examples(steps):
        step = next_step(outcome, tries=1) if steps == PUSH else after_debit(outcome)
        found.setdefault(step, []).append(name)
    texts = STEPS[steps]
    return tuple(Line(step, tuple(found[step]), *texts[step]) for step in texts if step in found)


def _examples(steps: str) -> list[tuple[str, Outcome]]:
    """Every class of outcome under its name; where a step depends on more than the kind, the classes apart."""
    examples = []
    for kind in OutcomeKind:
        examples.append((f"{kind}", Outcome(kind=kind)))
        if steps == PUSH and kind is OutcomeKind.NOT_SENT:
            examples.append((f"{kind} (timed out)", Outcome(kind=kind, code="timeout")))
        elif steps == PUSH and kind in (OutcomeKind.REFUSED_CHANNEL, OutcomeKind.UNKNOWN):
            examples.append((f"{kind} (passing)", Outcome(kind=kind, transient=True)))
        elif steps == DEBIT and kind is OutcomeKind.REFUSED_PAYER:
            examples.append((f"{kind} (wrong code)", Outcome(kind=kind, ask_consent=True)))
    return examples


_TABLES: Final = {steps: _table(steps) for steps in STEPS}
