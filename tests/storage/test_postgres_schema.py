"""PostgreSQL: the migrations lead to the schema of the code, services never upgrade it behind anybody's back, and every
quick read has an index."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from tests.postgres_server import new_database
from tests.storage.statements import payment_lists, quick_reads

from payswitch.domain.changes import StorageUnavailable
from payswitch.kit.clock import ManualClock
from payswitch.storage import read_statements as reads
from payswitch.storage import schema
from payswitch.storage.errors import SchemaMismatch
from payswitch.storage.migrations.upgrade import HEAD
from payswitch.storage.postgres import PostgresStore
from payswitch.storage.postgres.files import whole
from payswitch.storage.postgres.upgrading import stored_revision, upgrade
from payswitch.storage.prepared import Prepared

DEFINITIONS = """
SELECT conrelid::regclass || '.' || conname AS name, pg_get_constraintdef(oid) AS text FROM pg_constraint
    WHERE connamespace = current_schema()::regnamespace AND conrelid <> 0
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema()
UNION ALL SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT attrelid::regclass || '.' || attname,
    format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || COALESCE(collname, '')
    FROM pg_attribute LEFT JOIN pg_collation ON pg_collation.oid = attcollation
    JOIN pg_class ON pg_class.oid = attrelid
    WHERE attnum > 0 AND NOT attisdropped AND relkind = 'r' AND relnamespace = current_schema()::regnamespace
"""


async def execute(address: str, statement: str, *values: object) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(statement, *values)
    await connection.close()


async def definitions(address: str) -> dict[str, str]:
    """Every constraint, index, trigger and column as the server would write it down."""
    connection = await asyncpg.connect(address)
    rows = await connection.fetch(DEFINITIONS)
    await connection.close()
    return {row["name"]: row["text"] for row in rows if "alembic_version" not in row["name"]}


async def test_the_migrations_lead_to_the_metadata_to_the_last_check(
    migrated_postgres: str, fresh_postgres: str
) -> None:
    engine = create_async_engine(
        "postgresql+asyncpg://", poolclass=NullPool, async_creator=lambda: asyncpg.connect(fresh_postgres)
    )
    async with engine.begin() as connection:
        await connection.run_sync(schema.metadata.create_all)
    await engine.dispose()

    migrated, created = await definitions(migrated_postgres), await definitions(fresh_postgres)

    assert migrated == created
    assert set(schema.TRIGGERS) <= set(migrated)
    texts = [text for name, text in migrated.items() if text.startswith("text ") and "." in name]
    assert len(texts) > 100
    assert all(text.endswith(" C") for text in texts), "ids and places of pages are compared byte by byte"


async def test_an_empty_database_gets_its_schema_at_the_first_start_of_two_services(
    fresh_postgres: str, clock: ManualClock
) -> None:
    first, second = (PostgresStore(fresh_postgres, clock=clock) for _ in range(2))

    await asyncio.gather(first.open(), second.open())

    assert await stored_revision(fresh_postgres) == HEAD
    assert await upgrade(fresh_postgres) is False
    await first.aclose()
    await second.aclose()


@pytest.mark.parametrize(
    ("revision", "advice"), [("0003", "older schema .*payswitch db upgrade"), ("9999", "another version")]
)
async def test_a_service_does_not_touch_a_schema_of_another_version(
    migrated_postgres: str, clock: ManualClock, revision: str, advice: str
) -> None:
    await execute(migrated_postgres, "UPDATE alembic_version SET version_num = $1", revision)
    before = await definitions(migrated_postgres)
    try:
        with pytest.raises(SchemaMismatch, match=advice):
            await PostgresStore(migrated_postgres, clock=clock).open()

        assert await definitions(migrated_postgres) == before
        assert await stored_revision(migrated_postgres) == revision
    finally:
        await execute(migrated_postgres, "UPDATE alembic_version SET version_num = $1", HEAD)


async def test_an_upgrade_that_fails_leaves_nothing_behind(fresh_postgres: str) -> None:
    await execute(fresh_postgres, "CREATE TABLE channels (mine integer)")  # in the way of the first revision

    with pytest.raises(StorageUnavailable, match="channels"):
        await upgrade(fresh_postgres)

    assert await definitions(fresh_postgres) == {"channels.mine": "integer false "}


async def test_a_database_that_cannot_hold_every_name_is_refused(postgres_server: str, clock: ManualClock) -> None:
    with (
        new_database(postgres_server, encoding="LATIN1") as address,
        pytest.raises(StorageUnavailable, match=r"LATIN1.*UTF8"),
    ):
        await PostgresStore(address, clock=clock).open()


@pytest.fixture
async def planner(migrated_postgres: str) -> AsyncIterator[Any]:
    """A connection that plans as for a long history, with whatever values may come."""
    connection = await asyncpg.connect(migrated_postgres)
    await connection.execute(
        "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; "
        "SET plan_cache_mode = force_generic_plan"
    )
    yield connection
    await connection.close()


FINDERS = (
    reads.PAYMENT_BY_ID,
    reads.PAYMENT_BY_TRADE_NO,
    reads.PAYMENT_BY_CHECKOUT_TOKEN,
    reads.PAYMENT_BY_ORDER_NO,
    reads.PAYMENT_BY_REFUND_NO,
)


@pytest.mark.parametrize("statement", [*quick_reads(), *map(whole, FINDERS)])
async def test_no_read_scans_a_table_or_sorts_a_history(planner: Any, statement: Prepared) -> None:
    """A scan or a sort that remains although the planner was told to avoid it has no index to go by."""
    compiled = statement.postgres
    await planner.execute(f"PREPARE it AS {compiled.sql}")
    nothing = ", ".join("NULL" for _ in compiled.names)
    found = await planner.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE it{f'({nothing})' if nothing else ''}")

    nodes = list(every_node(json.loads(found)[0]["Plan"]))

    assert [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"] == []
    if "DESC" in compiled.sql:
        assert [node for node in nodes if node["Node Type"] in ("Sort", "Incremental Sort")] == []


async def test_no_filter_of_payments_scans_or_sorts(planner: Any) -> None:
    for statement in payment_lists():
        compiled = statement.postgres
        await planner.execute(f"PREPARE it AS {compiled.sql}")
        nothing = ", ".join("NULL" for _ in compiled.names)
        found = await planner.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE it({nothing})")
        kinds = {node["Node Type"] for node in every_node(json.loads(found)[0]["Plan"])}
        assert not kinds & {"Seq Scan", "Sort", "Incremental Sort"}, (compiled.sql, kinds)
        await planner.execute("DEALLOCATE it")


def every_node(plan: dict[str, Any]) -> Any:
    yield plan
    for child in plan.get("Plans", ()):
        yield from every_node(child)
