"""A database from before the ledger gets its books opened with everything that was paid and paid back in it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from sqlalchemy import NullPool, create_engine
from tests.storage.test_sqlite_auditor import audited, played

from payswitch.domain.ledger import TransferKind
from payswitch.storage import ledger
from payswitch.storage.migrations.upgrade import alembic_config
from payswitch.storage.sqlite.connections import connect_reader
from payswitch.storage.sqlite.running import run_script
from payswitch.storage.sqlite.upgrading import stored_revision, upgrade

__all__ = ["played"]

BEFORE_THE_BOOKS = "0005"
REFUND_KINDS = (TransferKind.REFUND_ASKED, TransferKind.REFUND_PAID)


def balances(path: Path) -> dict[str, int]:
    with closing(connect_reader(path)) as connection:
        found: dict[str, int] = {}
        for debit, credit, fen in connection.execute("SELECT debit, credit, amount_fen FROM transfers"):
            found[debit] = found.get(debit, 0) + fen
            found[credit] = found.get(credit, 0) - fen
        return found


def downgrade(path: Path) -> None:
    config = alembic_config()
    with create_engine(f"sqlite:///{path}", poolclass=NullPool).connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE_THE_BOOKS)
        connection.commit()


def test_the_opened_books_say_what_books_kept_from_the_first_day_say(played: tuple[Path, int], tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    with closing(connect_reader(played[0])) as source, closing(sqlite3.connect(path)) as target:
        source.backup(target)
    kept = balances(path)
    downgrade(path)
    assert stored_revision(path) == BEFORE_THE_BOOKS

    assert upgrade(path) is True

    opened = balances(path)
    assert {name: fen for name, fen in opened.items() if fen} == {name: fen for name, fen in kept.items() if fen}
    with closing(connect_reader(path)) as connection:
        assert run_script(connection.cursor(), ledger.balances()) == opened
        assert audited(connection, played[1]).violations == ()
        kinds = {row[0] for row in connection.execute("SELECT kind FROM transfers")}
    assert kinds == {TransferKind.RECEIVED, TransferKind.SURPLUS, TransferKind.FEE, *REFUND_KINDS}
