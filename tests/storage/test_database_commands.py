"""`payswitch db check` and `db upgrade`, as an operator meets them."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest
import typer
from alembic import command
from sqlalchemy import NullPool, create_engine
from tests.postgres_server import elsewhere
from typer.testing import CliRunner

from payswitch.domain.changes import StorageUnavailable
from payswitch.entry.cli.app import app
from payswitch.entry.cli.drill_databases import databases_for
from payswitch.kit.clock import ManualClock
from payswitch.storage.migrations.upgrade import HEAD, alembic_config
from payswitch.storage.postgres import PostgresStore
from payswitch.storage.postgres.scratch import drop_scratch
from payswitch.storage.postgres.upgrading import stored_revision
from payswitch.storage.sqlite.sole_writer import SoleWriter
from payswitch.storage.sqlite.upgrading import upgrade


def payswitch(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["db", *arguments])
    return done.exit_code, done.output


@pytest.fixture
def old_file(tmp_path: Path) -> str:
    """A file as the first version of PaySwitch made it."""
    path = tmp_path / "old.sqlite"
    with create_engine(f"sqlite:///{path}", poolclass=NullPool).connect() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.commit()
    return str(path)


def test_an_old_file_is_checked_then_upgraded_then_fine(old_file: str) -> None:
    status, said = payswitch("check", "--database", old_file)
    assert (status, "0001" in said, "payswitch db upgrade" in said) == (1, True, True)

    status, said = payswitch("upgrade", "--database", old_file)
    assert (status, f"now {HEAD}" in said) == (0, True)

    assert payswitch("check", "--database", old_file)[0] == 0
    assert "nothing to do" in payswitch("upgrade", "--database", old_file)[1]


def test_an_empty_postgres_database_is_checked_then_upgraded_then_fine(fresh_postgres: str) -> None:
    status, said = payswitch("check", "--database", fresh_postgres)
    assert (status, "empty" in said) == (1, True)

    assert payswitch("upgrade", "--database", fresh_postgres)[0] == 0

    status, said = payswitch("check", "--database", fresh_postgres)
    assert (status, HEAD in said) == (0, True)


def test_the_database_of_the_configuration_is_meant(tmp_path: Path) -> None:
    upgrade(tmp_path / "night.sqlite")
    config = tmp_path / "payswitch.toml"
    config.write_text('[service]\ndatabase = "night.sqlite"\n', "utf-8")

    status, said = payswitch("check", "--config", str(config))

    assert status == 2, "this configuration has neither shops nor channels"
    assert "shops" in said


@pytest.mark.parametrize(
    ("database", "status", "said"),
    [
        ("mysql://shop@db/shop", 2, "is no database that PaySwitch knows"),
        ("postgresql://shop:s3cret@127.0.0.1:1/shop", 3, "no PostgreSQL server answers there"),
        ("{folder}/none.sqlite", 3, "no such file"),
        ("{folder}/photo.jpg", 3, "not a database"),
    ],
)
@pytest.mark.parametrize("what", ["check", "upgrade"])
def test_what_cannot_be_used_is_told_with_its_cure(
    tmp_path: Path, what: str, database: str, status: int, said: str
) -> None:
    (tmp_path / "photo.jpg").write_bytes(b"this is no database at all" * 100)

    found = payswitch(what, "--database", database.format(folder=tmp_path))

    assert found[0] == status
    assert said in found[1]
    assert "s3cret" not in found[1]
    assert not (tmp_path / "none.sqlite").exists()


def test_a_file_that_a_service_works_with_is_left_alone(old_file: str) -> None:
    service = SoleWriter.of(Path(old_file))

    status, said = payswitch("upgrade", "--database", old_file)

    service.release()
    assert status == 3
    assert "in use by another service" in said
    assert payswitch("check", "--database", old_file)[0] == 1, "as it was"


def test_a_newer_schema_is_refused_by_both_commands(fresh_postgres: str) -> None:
    async def from_the_future() -> None:
        async with PostgresStore(fresh_postgres, clock=ManualClock()):
            pass
        connection = await asyncpg.connect(fresh_postgres)
        await connection.execute("UPDATE alembic_version SET version_num = '9999'")
        await connection.close()

    elsewhere(from_the_future())

    for what in ("check", "upgrade"):
        status, said = payswitch(what, "--database", fresh_postgres)
        assert status == 3
        assert "another version" in said


def test_a_drill_makes_a_database_for_each_run_and_drops_them(postgres_server: str) -> None:
    with databases_for(("single", "switching"), postgres_server, keep=False) as databases:
        assert list(databases) == ["single", "switching"]
        for address in databases.values():
            assert elsewhere(stored_revision(address)) is None, "empty"

    for address in databases.values():
        with pytest.raises(StorageUnavailable, match="createdb"):
            elsewhere(stored_revision(address))


@pytest.mark.parametrize(
    ("database", "status"), [("night.sqlite", 2), ("mysql://x/y", 2), ("postgresql://shop@127.0.0.1:1/shop", 3)]
)
def test_a_drill_does_not_begin_on_what_is_no_server(database: str, status: int) -> None:
    with pytest.raises(typer.Exit) as ended, databases_for(("evening",), database, keep=False):
        pass

    assert ended.value.exit_code == status


def test_only_what_a_drill_made_is_ever_dropped(postgres_server: str) -> None:
    with pytest.raises(ValueError, match="no database that a drill made"):
        elsewhere(drop_scratch(postgres_server, postgres_server))
