"""黑盒核查: whether a history is one that a correct payment switch could have given.

Pure, and independent of the switch: it knows the public API's words and nothing of how they come about. Everything that
it finds is a promise broken towards a shop or a customer.
"""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tests.blackbox.history import Call, Hearing, History, Row

RANK = {"created": 0, "pending": 1, "closing": 2, "succeeded": 3, "closed": 3}
TOLD_BY = {"payment.succeeded": "succeeded", "payment.closed": "closed"}
FIXED = ("payment_id", "out_trade_no", "amount_fen", "currency", "subject", "created_at", "checkout_url")
"""What every answer about a payment says alike, for ever."""
NOT_SETTLED = ("abnormal", "failed")
"""A refund that a person was told of: its money may still be here."""


class Violation(msgspec.Struct, frozen=True):
    """One broken promise."""

    rule: str
    about: str
    detail: str

    def __str__(self) -> str:
        return f"{self.rule} {self.about}: {self.detail}"


def judge(history: History) -> list[Violation]:
    """Every violation in it; empty for a legal history."""
    events = _Events.read(history.hearings)
    found = [*_one_payment_per_number(history.calls), *_same_request_same_answer(history.calls)]
    found += [*_forward_only(history, events), *_nothing_shown_after_the_end(history)]
    found += [*_events_in_order(history, events), *_money(history), *_refunds_once(history.calls)]
    return found


# --- what the API said ----------------------------------------------------------------------------------------------


def _payments(calls: Sequence[Call]) -> Iterator[tuple[Call, Mapping[str, Any]]]:
    """The answers that show a payment."""
    for call in calls:
        if call.done and "out_trade_no" in call.view:
            yield call, call.view


def _one_payment_per_number(calls: Sequence[Call]) -> Iterator[Violation]:
    by_number: dict[str, str] = {}
    by_id: dict[str, str] = {}
    for _, view in _payments(calls):
        number, payment_id = view["out_trade_no"], view["payment_id"]
        if by_number.setdefault(number, payment_id) != payment_id:
            yield Violation("one_payment_per_number", number, f"{by_number[number]} and {payment_id}")
        if by_id.setdefault(payment_id, number) != number:
            yield Violation("one_number_per_payment", payment_id, f"{by_id[payment_id]} and {number}")


def _same_request_same_answer(calls: Sequence[Call]) -> Iterator[Violation]:
    """One key, or one number, is one request: repeated it gives the same payment, with other content nothing."""
    bodies: dict[tuple[str, str], str] = {}
    answers: dict[str, dict[str, Any]] = {}
    for call, view in _payments(calls):
        fixed = {name: view[name] for name in FIXED}
        if answers.setdefault(view["payment_id"], fixed) != fixed:
            yield Violation("same_answer", view["payment_id"], f"{answers[view['payment_id']]} and {fixed}")
        if call.what != "create":
            continue
        names = [("number", call.out_trade_no)] + ([("key", call.key)] if call.key is not None else [])
        for name in names:
            if bodies.setdefault(name, call.body_digest) != call.body_digest:
                yield Violation("other_body_refused", name[1], f"two bodies under one {name[0]} were both accepted")


def _refunds_once(calls: Sequence[Call]) -> Iterator[Violation]:
    made: dict[tuple[str, str], tuple[str, int]] = {}
    for call in calls:
        if call.what == "refund" and call.done:
            view = call.view
            it = (view["refund_id"], view["amount_fen"])
            if made.setdefault((view["payment_id"], view["refund_no"]), it) != it:
                yield Violation("one_refund_per_number", view["refund_no"], f"{made} and {it}")


class _Told(msgspec.Struct):
    """What somebody knew of one payment from a moment on."""

    at_ms: float
    state: str
    winner: str | None = None


def _forward_only(history: History, events: _Events) -> Iterator[Violation]:
    """Whoever asks after an answer (or a webhook) was heard never hears of an earlier state, nor of another end."""
    told: dict[str, list[_Told]] = defaultdict(list)
    asked: dict[str, list[tuple[float, Mapping[str, Any]]]] = defaultdict(list)
    for call, view in _payments(history.calls):
        if call.answered_ms is not None:
            told[view["payment_id"]].append(_Told(call.answered_ms, view["state"], view["winner_attempt_id"]))
            asked[view["payment_id"]].append((call.called_ms, view))
    for event in events.first:
        if event.type in TOLD_BY:
            told[event.payment_id].append(_Told(event.at_ms, TOLD_BY[event.type]))
    for payment_id, view in history.finals.items():
        asked[payment_id].append((float("inf"), view))
    for payment_id, known in told.items():
        known.sort(key=lambda one: one.at_ms)
        yield from _backwards(payment_id, known, asked[payment_id])
        ends = {one.state for one in known if RANK[one.state] == 3}
        if len(ends) > 1:
            yield Violation("one_end", payment_id, f"told {sorted(ends)}")
        winners = {one.winner for one in known if one.winner is not None}
        if len(winners) > 1:
            yield Violation("one_winner", payment_id, f"told {sorted(winners)}")


def _backwards(
    payment_id: str, known: Sequence[_Told], asked: Sequence[tuple[float, Mapping[str, Any]]]
) -> Iterator[Violation]:
    moments = [one.at_ms for one in known]
    highest: list[_Told] = []
    for one in known:
        before = highest[-1] if highest else one
        highest.append(one if RANK[one.state] > RANK[before.state] else before)
    for called_ms, view in asked:
        # Strictly before: what was answered in the very millisecond of the call may have crossed it.
        place = bisect.bisect_left(moments, called_ms)
        if place and RANK[view["state"]] < RANK[highest[place - 1].state]:
            yield Violation("forward_only", payment_id, f"{highest[place - 1].state}, later {view['state']}")


def _nothing_shown_after_the_end(history: History) -> Iterator[Violation]:
    """A code shown for a decided payment would be paid twice."""
    for _, view in _payments(history.calls):
        if RANK[view["state"]] == 3 and view.get("credential"):
            yield Violation("nothing_shown_after_the_end", view["payment_id"], f"a credential while {view['state']}")


# --- what the shop was told -----------------------------------------------------------------------------------------


class _Event(msgspec.Struct, frozen=True):
    """An event at the moment at which the shop first heard it."""

    at_ms: float
    event_id: str
    type: str
    sequence: int
    payment_id: str
    amount_fen: int
    body: bytes


class _Events(msgspec.Struct):
    first: list[_Event]
    changed: list[str]
    """Ids that came with two different bodies."""

    @staticmethod
    def read(hearings: Sequence[Hearing]) -> _Events:
        known: dict[str, _Event] = {}
        changed = []
        for hearing in hearings:
            if hearing.event_id in known:
                if known[hearing.event_id].body != hearing.body:
                    changed.append(hearing.event_id)
                continue
            body = msgspec.json.decode(hearing.body)
            known[hearing.event_id] = _Event(
                hearing.at_ms,
                hearing.event_id,
                body["type"],
                body["sequence"],
                body["data"]["payment_id"],
                body["data"]["amount_fen"],
                hearing.body,
            )
        return _Events(list(known.values()), changed)


def _events_in_order(history: History, events: _Events) -> Iterator[Violation]:
    for event_id in events.changed:
        yield Violation("same_bytes", event_id, "one event came with two bodies")
    heard: dict[str, list[_Event]] = defaultdict(list)
    for event in events.first:
        heard[event.payment_id].append(event)
    for payment_id, told in heard.items():
        numbers = [event.sequence for event in told]
        if numbers != sorted(set(numbers)):
            yield Violation("events_in_order", payment_id, f"heard as {numbers}")
        if numbers != list(range(1, len(numbers) + 1)) and not history.undeliverable:
            yield Violation("no_event_lost", payment_id, f"heard {numbers}")
    for payment_id, view in history.finals.items():
        yield from _told_the_end(payment_id, view, heard.get(payment_id, []), excused=bool(history.undeliverable))


def _told_the_end(
    payment_id: str, view: Mapping[str, Any], told: Sequence[_Event], *, excused: bool
) -> Iterator[Violation]:
    kinds = [event.type for event in told]
    for kind, state in TOLD_BY.items():
        wanted = view["state"] == state
        if kinds.count(kind) > wanted:
            yield Violation("true_news", payment_id, f"{kinds.count(kind)} times {kind}, it is {view['state']}")
        elif kinds.count(kind) < wanted and not excused:
            yield Violation("no_event_lost", payment_id, f"{kind} was never told")
    for event in told:
        if event.type in TOLD_BY and event.amount_fen != view["amount_fen"]:
            yield Violation("true_news", payment_id, f"{event.type} over {event.amount_fen} fen")


# --- what the channels' ledgers say ---------------------------------------------------------------------------------


def _money(history: History) -> Iterator[Violation]:
    """Every fen that came in is a winner's or has gone back, every fen that went back was asked for here."""
    place: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for payment_id, view in history.finals.items():
        if RANK[view["state"]] != 3:
            yield Violation("everything_ends", payment_id, f"still {view['state']}")
        for attempt in view["attempts"]:
            at = (attempt["channel_id"], attempt["channel_order_no"])
            if at in place:
                yield Violation("numbers_are_unique", at[1], f"of {place[at][0]} and {payment_id}")
            place[at] = (payment_id, attempt)
    rows: dict[str, list[tuple[Row, Mapping[str, Any]]]] = defaultdict(list)
    for row in history.rows:
        known = place.get((row.account, row.channel_order_no))
        if known is not None:
            rows[known[0]].append((row, known[1]))
        elif row.paid:
            yield Violation("no_money_unknown", row.channel_order_no, f"{row.amount_fen} fen at {row.account}")
    for payment_id, view in history.finals.items():
        yield from _money_of(payment_id, view, rows[payment_id])


def _money_of(
    payment_id: str, view: Mapping[str, Any], rows: Sequence[tuple[Row, Mapping[str, Any]]]
) -> Iterator[Violation]:
    paid = {attempt["attempt_id"]: row for row, attempt in rows if row.paid}
    won = view["winner_attempt_id"]
    if (won is not None) != (view["state"] == "succeeded"):
        yield Violation("one_winner", payment_id, f"{view['state']} with winner {won}")
    if won is not None and won not in paid:
        yield Violation("no_success_without_money", payment_id, f"{won} was never paid")
    refunds: dict[str, dict[str, Any]] = {r["out_refund_no"]: r for r in view["refunds"]}
    for attempt_id, row in paid.items():
        if row.amount_fen != view["amount_fen"]:
            yield Violation("amounts_agree", payment_id, f"{row.channel_order_no} was paid with {row.amount_fen} fen")
        back_fen = sum(row.returned.values())
        if back_fen > row.amount_fen:
            yield Violation("never_back_more_than_paid", payment_id, f"{back_fen} of {row.amount_fen} fen")
        mine = [r for r in refunds.values() if r["attempt_id"] == attempt_id]
        excused = any(r["state"] in NOT_SETTLED for r in mine)
        if attempt_id != won and back_fen != row.amount_fen and not excused:
            detail = f"{row.channel_order_no} at {row.account}: {back_fen} of {row.amount_fen} fen went back"
            yield Violation("no_money_kept_twice", payment_id, detail)
        yield from _returned(payment_id, row, mine)


def _returned(payment_id: str, row: Row, mine: Sequence[Mapping[str, Any]]) -> Iterator[Violation]:
    here = {r["out_refund_no"]: r["amount_fen"] for r in mine if r["state"] == "succeeded"}
    if here != dict(row.returned):
        yield Violation("refunds_agree", payment_id, f"{row.channel_order_no}: {here} here, {dict(row.returned)} there")
