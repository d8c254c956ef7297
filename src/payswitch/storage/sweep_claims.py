"""The sweeper's claims in SQL: which payments are due, which worker has taken them, and until when.

A claim is a row of its own beside the payment: it touches no version, so that a request and the worker that holds the
claim do not get in each other's way. The versions guard the money; a claim only saves calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    exists,
    func,
    select,
    union_all,
    update,
)

from payswitch.storage.parameters import LIMIT
from payswitch.storage.prepared import Prepared, prepared_upsert
from payswitch.storage.schema import attempts, payments, refunds, sweep_claims
from payswitch.storage.scripts import Ask, AskEach, Script, rows

_NOW: Final = bindparam("now_ms", type_=BigInteger)


def _due_in(table: Table, *, newest: bool, lock: bool) -> Select[*tuple[Any, ...]]:
    """Due rows of one table that no worker has taken, through its partial index: cheap however long the history is."""
    taken = exists().where(sweep_claims.c.payment_id == table.c.payment_id, sweep_claims.c.until_ms > _NOW)
    found = (
        select(table.c.payment_id, table.c.due_at_ms)
        .where(table.c.due_at_ms <= _NOW, ~taken)
        .order_by(table.c.payment_id.desc() if newest else table.c.due_at_ms)
        .limit(LIMIT)
    )
    if lock:
        # PostgreSQL: what another worker is just claiming is left to it, so that both find work. SQLite has one writer
        # and no such clause. The weak kind of lock: it keeps no insert of an attempt or event waiting.
        found = found.with_for_update(key_share=True, skip_locked=True, of=table)
    rows_found = found.subquery()
    return select(rows_found.c.payment_id, rows_found.c.due_at_ms)


def _due(*, newest: bool, lock: bool = True) -> Prepared:
    of_tables = [_due_in(table, newest=newest, lock=lock) for table in (payments, attempts, refunds)]
    due = union_all(*of_tables).subquery()
    order = due.c.payment_id.desc() if newest else func.min(due.c.due_at_ms)
    return Prepared(select(due.c.payment_id).group_by(due.c.payment_id).order_by(order).limit(LIMIT))


ANYTHING_DUE: Final = _due(newest=False, lock=False)
LONGEST_DUE: Final = _due(newest=False)
"""What has waited longest for its turn."""
NEWEST_DUE: Final = _due(newest=True)
"""The youngest payments of those that are due: ids sort by the time of their making."""


def _take(insert: Any) -> Any:
    """One claim, unless somebody else's is still running."""
    new = insert(sweep_claims).values(
        payment_id=bindparam("payment", type_=Text),
        until_ms=bindparam("until_ms", type_=BigInteger),
        holder=bindparam("holder", type_=Text),
    )
    return new.on_conflict_do_update(
        index_elements=[sweep_claims.c.payment_id],
        set_={"until_ms": new.excluded.until_ms, "holder": new.excluded.holder},
        where=sweep_claims.c.until_ms <= _NOW,
    )


_MINE: Final = (
    sweep_claims.c.payment_id == bindparam("payment", type_=Text),
    sweep_claims.c.holder == bindparam("holder_is", type_=Text),
)
TAKE: Final = prepared_upsert(_take)
TAKEN: Final = Prepared(
    select(sweep_claims.c.payment_id).where(
        sweep_claims.c.until_ms == bindparam("until", type_=BigInteger),
        sweep_claims.c.holder == bindparam("holder_is", type_=Text),
    )
)
GIVE_BACK: Final = Prepared(delete(sweep_claims).where(*_MINE))
PUT_OFF: Final = Prepared(update(sweep_claims).where(*_MINE).values(until_ms=bindparam("until", type_=BigInteger)))
FORGET_ENDED: Final = Prepared(delete(sweep_claims).where(sweep_claims.c.until_ms <= _NOW))
FORGET_ALL: Final = Prepared(delete(sweep_claims))


def is_anything_due(now_ms: int) -> Script[bool]:
    return bool((yield from rows(ANYTHING_DUE, now_ms=now_ms, limit=1)))


def find_due(now_ms: int, limit: int) -> Script[list[str]]:
    """Due payments that nobody has taken. When there are more than `limit`, after a long stop or in a storm, half of
    them are the youngest, in front of whose page somebody may be standing, and half the longest due, so that none
    starves; the youngest come first."""
    longest = [row[0] for row in (yield from rows(LONGEST_DUE, now_ms=now_ms, limit=limit))]
    if len(longest) < limit:
        return longest
    newest = [row[0] for row in (yield from rows(NEWEST_DUE, now_ms=now_ms, limit=(limit + 1) // 2))]
    return list(dict.fromkeys([*newest, *longest]))[:limit]


def claim(now_ms: int, lease_ms: int, limit: int, holder: str) -> Script[list[str]]:
    """Take what is due: until `now_ms + lease_ms` no other worker is offered it.

    Of two workers that meet on a payment all the same (one through its attempt, one through its refund), the second
    one's insert waits for the first one's commit and then meets a claim that is running: nothing is taken twice.
    """
    due = yield from find_due(now_ms, limit)
    if not due:
        return []
    until_ms = now_ms + lease_ms
    yield Ask(FORGET_ENDED, {"now_ms": now_ms})
    # In one order for all workers: they may wait for each other, but never in a circle.
    yield AskEach(
        TAKE, [{"payment": one, "until_ms": until_ms, "holder": holder, "now_ms": now_ms} for one in sorted(due)]
    )
    taken = {row[0] for row in (yield from rows(TAKEN, until=until_ms, holder_is=holder))}
    return [payment_id for payment_id in due if payment_id in taken]


def release(holder: str, until_ms: Mapping[str, int | None]) -> Script[None]:
    """Give claims back; those with a time are offered to nobody before it. Another's claims are left alone."""
    ended = sorted(payment_id for payment_id, at_ms in until_ms.items() if at_ms is None)
    later = sorted((payment_id, at_ms) for payment_id, at_ms in until_ms.items() if at_ms is not None)
    if ended:
        yield AskEach(GIVE_BACK, [{"payment": payment_id, "holder_is": holder} for payment_id in ended])
    if later:
        yield AskEach(
            PUT_OFF, [{"payment": payment_id, "holder_is": holder, "until": at_ms} for payment_id, at_ms in later]
        )
