"""What may stand where a database is named, and how it is shown."""

from __future__ import annotations

import pytest

from payswitch.kit.clock import ManualClock
from payswitch.storage.addresses import is_postgres, problem_with, shown
from payswitch.storage.databases import make_store
from payswitch.storage.postgres import PostgresStore
from payswitch.storage.sqlite import SqliteStore


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://payswitch@db.internal/payswitch",
        "postgres://payswitch:p%40ss@[::1]:5433/payswitch?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql://one:5432,two:5432/payswitch?target_session_attrs=read-write",
        "postgresql:///payswitch?host=/var/run/postgresql",
        "postgresql://db/?dbname=payswitch",
    ],
)
def test_addresses_of_postgresql(address: str) -> None:
    assert problem_with(address) is None
    assert is_postgres(address)
    assert isinstance(make_store(address, clock=ManualClock()), PostgresStore)


@pytest.mark.parametrize("path", ["payswitch.sqlite", "/var/lib/payswitch.db", "./data/postgresql", "数据.sqlite"])
def test_anything_without_a_scheme_is_a_file(path: str) -> None:
    assert problem_with(path) is None
    assert isinstance(make_store(path, clock=ManualClock()), SqliteStore)


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("", "must be a file or postgresql://"),
        ("mysql://shop@db/shop", "mysql: is no database that PaySwitch knows"),
        ("sqlite:///shop.sqlite", "write the path of a SQLite file as it is"),
        ("postgresql:shop@db/shop", "two slashes"),
        ("postgresql+asyncpg://shop@db/shop", r"postgresql+asyncpg: is no database"),
        ("postgresql://shop@db:five/shop", "a port that is no number"),
        ("postgresql://shop:a#b@db/shop", "%23"),
        ("postgresql://shop@db", "the name of the database is missing"),
        ("postgresql://shop@db/", "the name of the database is missing"),
        ("postgresql://shop@db/shop?pool=3", "unknown option 'pool'"),
    ],
)
def test_what_is_no_database_is_told_with_its_cure(database: str, said: str) -> None:
    problem = problem_with(database)
    assert problem is not None
    assert said in problem


@pytest.mark.parametrize(
    ("database", "told"),
    [
        ("postgresql://shop:s3cret@db/shop", "postgresql://shop:***@db/shop"),
        ("postgresql://:s3cret@db/shop", "postgresql://:***@db/shop"),
        ("postgresql://db/shop?password=s3cret&sslmode=require", "postgresql://db/shop?password=***&sslmode=require"),
        ("postgresql://shop@db/shop", "postgresql://shop@db/shop"),
        ("postgresql://shop:s3:cr@et@db/shop", "postgresql://shop:***@db/shop"),
        ("shop.sqlite", "shop.sqlite"),
    ],
)
def test_a_password_is_never_shown(database: str, told: str) -> None:
    assert shown(database) == told
