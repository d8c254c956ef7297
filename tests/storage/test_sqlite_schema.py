"""Migrations lead to exactly the schema the code is written for, every start is quick, and every read has an index."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
import typing
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine
from tests.storage.statements import payment_lists, quick_reads

from payswitch.storage import (
    alerts,
    audit_records,
    bill_statements,
    desk_statements,
    managed_channels,
    people,
    policies,
    schema,
    write_statements,
)
from payswitch.storage.errors import SchemaMismatch
from payswitch.storage.migrations.upgrade import HEAD, alembic_config
from payswitch.storage.prepared import Prepared
from payswitch.storage.sqlite.errors import integrity_error
from payswitch.storage.sqlite.upgrading import stored_revision, upgrade

PARTS = re.compile(r"\s*\n\s*|, (?=CONSTRAINT|\w+ (?:TEXT|BIGINT|INTEGER|BOOLEAN|BLOB)\b)")
"""Between the parts of a table's statement. A column that was added later stands on the last line."""


@pytest.fixture
def migrated(tmp_path: Path) -> Path:
    path = tmp_path / "migrated.sqlite"
    assert upgrade(path) is True
    return path


@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index ix_payments_customer")
def test_alembic_sees_no_difference_between_the_migrations_and_the_metadata(migrated: Path) -> None:
    engine = create_engine(f"sqlite:///{migrated}", poolclass=NullPool)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_not_even_a_check_an_index_condition_or_a_trigger_differs(migrated: Path, tmp_path: Path) -> None:
    """Alembic does not compare those, nor indexes over expressions: compare the statements that SQLite keeps."""
    created = tmp_path / "created.sqlite"
    engine = create_engine(f"sqlite:///{created}", poolclass=NullPool)
    schema.metadata.create_all(engine)

    assert definitions(migrated) == definitions(created)
    assert set(schema.TRIGGERS) <= set(definitions(migrated))


def definitions(path: Path) -> dict[str, list[str]]:
    """Every table, index and trigger as its parts, in an order that does not depend on how it was made."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'")
        return {name: sorted(PARTS.split(sql or "")) for name, sql in without_commas(rows)}


def without_commas(rows: Any) -> list[tuple[str, str]]:
    return [(name, re.sub(r",\s*\n", "\n", sql or "")) for name, sql in rows]


def test_a_second_upgrade_finds_nothing_to_do(migrated: Path) -> None:
    before = definitions(migrated)

    assert upgrade(migrated) is False
    assert definitions(migrated) == before
    assert stored_revision(migrated) == HEAD


def test_the_head_in_the_code_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(alembic_config()).get_heads() == [HEAD]


def test_a_database_of_a_newer_version_is_refused_untouched(migrated: Path) -> None:
    with closing(sqlite3.connect(migrated)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    before = definitions(migrated)

    with pytest.raises(SchemaMismatch, match="another version"):
        upgrade(migrated)

    assert definitions(migrated) == before
    assert stored_revision(migrated) == "9999"


def test_an_upgrade_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "half.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE channels (mine INTEGER)")  # the last table of the revision is in the way

    with pytest.raises(Exception, match="channels"):
        upgrade(path)

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("channels",)]


def test_a_second_start_does_not_even_load_alembic(migrated: Path) -> None:
    script = (
        "import asyncio, sys\n"
        "from payswitch.kit.clock import SystemClock\n"
        "from payswitch.storage.sqlite import SqliteStore\n"
        "async def main():\n"
        f"    async with SqliteStore({str(migrated)!r}, clock=SystemClock()) as store:\n"
        "        print((await store.counts()).payments, 'alembic' in sys.modules)\n"
        "asyncio.run(main())\n"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout == "{} False\n"


@pytest.mark.parametrize(
    ("table", "codec"),
    [
        (schema.payments, write_statements.PAYMENT),
        (schema.attempts, write_statements.ATTEMPT),
        (schema.refunds, write_statements.REFUND),
        (schema.events, write_statements.EVENT),
        (schema.decisions, write_statements.DECISION),
        (schema.incidents, write_statements.INCIDENT),
        (schema.idempotency, write_statements.IDEMPOTENCY),
        (schema.transfers, write_statements.TRANSFER),
        (schema.bill_marks, bill_statements.MARK),
        (schema.bill_runs, bill_statements.RUN),
        (schema.breaks, bill_statements.BREAK),
        (schema.audits, audit_records.AUDIT),
        (schema.managed_channels, managed_channels.MANAGED_CHANNEL),
        (schema.channel_credentials, managed_channels.CREDENTIAL),
        (schema.disabled_channels, managed_channels.DISABLED_CHANNEL),
        (schema.users, people.USER),
        (schema.sessions, people.SESSION),
        (schema.sign_in_links, people.LINK),
        (schema.audit_trail, write_statements.TRAIL),
        (schema.policies, policies.POLICY),
        (schema.policy_activations, policies.ACTIVATION),
        (schema.resolved_policies, policies.RESOLVED),
        (schema.saved_views, desk_statements.VIEW),
        (schema.alerts, alerts.ALERT),
        (schema.alert_groups, alerts.GROUP),
        (schema.alert_notices, alerts.NOTICE),
        (schema.alert_silences, alerts.SILENCE),
        (schema.alert_receivers, alerts.RECEIVER),
        (schema.alert_rules, alerts.SETTING),
        (schema.alert_nodes, alerts.NODE),
        (schema.alert_hours, alerts.TALLY),
        (schema.alert_watches, alerts.WATCH),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_columns_are_the_fields_in_the_same_order(table: Any, codec: Any) -> None:
    """A field added to a struct without a column (or the other way round) fails here, not in production."""
    assert [column.name for column in table.columns] == list(codec.fields)
    hints = typing.get_type_hints(codec.kind)
    optional = {name for name in codec.fields if type(None) in typing.get_args(hints[name])}
    assert {column.name for column in table.columns if column.nullable} == optional


READ_WHOLE = tuple(
    f"USING INDEX {name}"
    for name in (
        "ix_incidents_at",
        "ix_payments_live",
        "ix_events_due",
        "ix_breaks_open",
        "uq_alert_group",
    )
)
"""Indexes that are read from their beginning: of a list that ends after a page, or of unfinished rows alone."""


@pytest.mark.parametrize("statement", quick_reads())
def test_no_read_scans_a_table_or_sorts_a_history(migrated: Path, statement: Prepared) -> None:
    """However long the history grows: reads go through indexes, and lists come out of them in order."""
    sql = statement.sqlite.sql
    with closing(sqlite3.connect(migrated)) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * len(statement.sqlite.names))]

    scans = [step for step in plan if step.startswith("SCAN") and not re.match(r"SCAN (anon|\(subquery)", step)]
    assert [step for step in scans if not step.endswith(READ_WHOLE)] == [], plan
    if "DESC" in sql:
        assert not any("TEMP B-TREE" in step for step in plan), plan


def test_no_filter_of_payments_scans_or_sorts(migrated: Path) -> None:
    """An operator may combine the filters as they like."""
    with closing(sqlite3.connect(migrated)) as connection:
        for statement in payment_lists():
            compiled = statement.sqlite
            asked = f"EXPLAIN QUERY PLAN {compiled.sql}"
            plan = [row[3] for row in connection.execute(asked, [None] * len(compiled.names))]
            assert not any(step.startswith("SCAN") or "TEMP B-TREE" in step for step in plan), (compiled.sql, plan)


def test_every_constraint_has_a_name_that_is_used_once() -> None:
    names = [str(c.name) for table in schema.metadata.tables.values() for c in table.constraints]
    names += [str(index.name) for table in schema.metadata.tables.values() for index in table.indexes]
    names += schema.TRIGGERS

    assert "None" not in names
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("message", "constraint"),
    [
        ("UNIQUE constraint failed: payments.out_trade_no, payments.shop_id", "uq_payment_shop_trade"),
        ("UNIQUE constraint failed: attempts.payment_id", "uq_payment_winner"),
        ("UNIQUE constraint failed: index 'uq_refund_shop_no'", "uq_refund_shop_no"),
        ("UNIQUE constraint failed: other.column", "other.column"),
        ("CHECK constraint failed: ck_payment_amount", "ck_payment_amount"),
        ("NOT NULL constraint failed: payments.subject", "not_null"),
        ("FOREIGN KEY constraint failed", "foreign_key"),
        ("ck_payment_terminal", "ck_payment_terminal"),
        ("something new", "integrity"),
    ],
)
def test_sqlites_messages_become_names(message: str, constraint: str) -> None:
    assert integrity_error(sqlite3.IntegrityError(message)).constraint == constraint
