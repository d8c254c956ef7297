"""The ledger in SQL: the transfers of one payment, and balances that cost the same however long the ledger is.

Nobody adds the ledger up. Whoever writes transfers notes, in the same transaction, what they move by account; a worker
folds these notes into one balance per account, and deletes what it folded. So each transfer is counted once wherever
one looks from: it is committed together with its note, and a note and the balance that has swallowed it are never both
there. No order of ids or times is relied on: of transactions that overlap, the younger may be seen first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    Text,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    union_all,
)

from payswitch.domain.ledger import Transfer
from payswitch.storage.prepared import Prepared, Statement, prepared_upsert
from payswitch.storage.schema import fen_sum, ledger_balances, ledger_moves, transfers
from payswitch.storage.scripts import AskEach, Script, rows

FOLD_AT_ONCE: Final = 1_000
"""Notes that one transaction folds: about 2 ms of SQLite's only writer, while payments wait."""

TRANSFERS_OF: Final = Prepared(
    select(*transfers.columns)
    .where(transfers.c.payment_id == bindparam("payment_id", type_=Text))
    .order_by(transfers.c.transfer_id)
)


def added_up() -> Select[Any]:
    """Debits minus credits by account, from the transfers themselves: reads the whole ledger."""
    zero = literal_column("0", BigInteger)
    amounts = fen_sum(transfers.c.amount_fen)
    sides = union_all(
        select(transfers.c.debit.label("account"), amounts.label("there"), zero.label("back")).group_by(
            transfers.c.debit
        ),
        select(transfers.c.credit, zero, amounts).group_by(transfers.c.credit),
    ).subquery()
    fen = fen_sum(sides.c.there) - fen_sum(sides.c.back)
    return select(sides.c.account, fen.label("fen")).group_by(sides.c.account)


def kept() -> Select[Any]:
    """The same as it was kept: the balances, and what is not folded into them yet."""
    both = union_all(
        select(ledger_balances.c.account, ledger_balances.c.fen),
        select(ledger_moves.c.account, ledger_moves.c.fen),
    ).subquery()
    return select(both.c.account, fen_sum(both.c.fen).label("fen")).group_by(both.c.account)


def _taken() -> Statement:
    """Some notes, which are gone with it. PostgreSQL: those that another service is just folding are left to it."""
    some = select(ledger_moves.c.move_id).limit(bindparam("most", type_=Integer)).with_for_update(skip_locked=True)
    return (
        delete(ledger_moves)
        .where(ledger_moves.c.move_id.in_(some))
        .returning(ledger_moves.c.account, ledger_moves.c.fen)
    )


def _adding(insert_into: Any) -> Statement:
    new = insert_into(ledger_balances)
    added: Statement = new.on_conflict_do_update(
        index_elements=[ledger_balances.c.account], set_={"fen": ledger_balances.c.fen + new.excluded.fen}
    )
    return added


_BALANCES: Final = Prepared(kept().order_by("account"))
_NOTE: Final = Prepared(
    insert(ledger_moves)
    .values(account=bindparam("account", type_=Text), fen=bindparam("fen", type_=BigInteger))
    .inline()  # nobody asks for its number
)
_TAKE: Final = Prepared(_taken())
_ADD: Final = prepared_upsert(_adding)


def moved_by(written: Iterable[Transfer]) -> dict[str, int]:
    """What these transfers move: debits minus credits by account."""
    found: dict[str, int] = {}
    for transfer in written:
        found[transfer.debit] = found.get(transfer.debit, 0) + transfer.amount_fen
        found[transfer.credit] = found.get(transfer.credit, 0) - transfer.amount_fen
    return found


def together(moves: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """All of them as one."""
    found: dict[str, int] = {}
    for each in moves:
        for account, fen in each.items():
            found[account] = found.get(account, 0) + fen
    return found


def note(moves: Mapping[str, int]) -> Script[None]:
    """Must be part of every transaction that writes transfers, once for all of them."""
    if moves:
        yield AskEach(_NOTE, [{"account": account, "fen": fen} for account, fen in moves.items()])


def fold(most: int = FOLD_AT_ONCE) -> Script[int]:
    """Add some notes to the balances. How many; fewer than `most`: there are no more."""
    taken = yield from rows(_TAKE, most=most)
    moves = together({account: fen} for account, fen in taken)
    if moves:
        # In the order of their names: of two services that fold at once, neither waits for the other in a circle.
        yield AskEach(_ADD, [{"account": account, "fen": fen} for account, fen in sorted(moves.items())])
    return len(taken)


def balances() -> Script[Mapping[str, int]]:
    """Debits minus credits by account; they add up to 0. One statement: it sees one moment."""
    return dict((yield from rows(_BALANCES)))
