"""A database from before the trail: what operators did until then stands in it afterwards, in the order of time."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import NullPool, create_engine

from payswitch.storage.migrations.upgrade import alembic_config
from payswitch.storage.sqlite.upgrading import upgrade

BEFORE = "0009"
AT_MS = 1_762_864_620_000

ROWS: dict[str, dict[str, Any]] = {
    "channel_audit": {
        "audit_id": "aud_old",
        "at_ms": AT_MS + 3,
        "operator_id": "op-lin",
        "merchant_id": "m-1",
        "channel_id": "w",
        "action": "update",
        "detail": json.dumps({"fee_bp": "60 -> 38", "version": "2"}),
    },
    "policies": {
        "policy_id": "pol_1",
        "merchant_id": "m-1",
        "shop_id": "tea",
        "number": 4,
        "document": "{}",
        "note": "双十一",
        "created_at_ms": AT_MS + 1,
        "created_by": "op-lin",
    },
    "policy_activations": {
        "merchant_id": "m-1",
        "shop_id": "tea",
        "revision": 1,
        "number": 4,
        "action": "activate",
        "policy_version": "m-1/tea@4",
        "note": "今晚",
        "at_ms": AT_MS + 2,
        "operator_id": "op-wu",
    },
}


def old_database(path: Path) -> None:
    upgrade(path)
    config = alembic_config()
    with create_engine(f"sqlite:///{path}", poolclass=NullPool).connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, BEFORE)
        connection.commit()
    with closing(sqlite3.connect(path)) as raw:
        for table, row in ROWS.items():
            places = ", ".join("?" for _ in row)
            raw.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))  # noqa: S608
        raw.commit()


def test_what_was_written_before_is_in_the_trail(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    old_database(path)

    assert upgrade(path) is True

    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        found = [dict(row) for row in raw.execute("SELECT * FROM audit_trail ORDER BY audit_id")]
    told = [(one["operator_id"], one["action"], one["kind"], one["object_id"], one["note"]) for one in found]
    assert told == [
        ("op-lin", "create", "policy", "pol_1", "双十一"),
        ("op-wu", "activate", "policy", "pol_1", "今晚"),
        ("op-lin", "update", "channel", "w", ""),
    ]
    assert json.loads(found[2]["before"]) == {"fee_bp": "60"}
    assert json.loads(found[2]["after"]) == {"fee_bp": "38", "version": "2"}
    assert {one["operator_kind"] for one in found} == {"key"}
