"""Policies: only ever added to; of two operators who write the next entry of a log, one is told to look again."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Update, update
from tests.storage.builders import NOW_MS

from payswitch.domain.changes import CommitConflict, UniqueViolation
from payswitch.domain.policy_record import (
    PolicyAction,
    PolicyActivation,
    PolicyChange,
    PolicyVersion,
    ResolvedPolicy,
)
from payswitch.storage import schema
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.prepared import Prepared
from payswitch.storage.scripts import write
from payswitch.storage.store import DatabaseStore


def a_version(number: int = 1, shop_id: str = "") -> PolicyVersion:
    return PolicyVersion(
        policy_id=f"pol_{shop_id}{number}",
        merchant_id="m-1",
        shop_id=shop_id,
        number=number,
        document=msgspec.Raw(b'{"split":{"best":100}}'),
        note="双十一",
        created_at_ms=NOW_MS,
        created_by="op-1",
    )


def entry(revision: int = 1, shop_id: str = "") -> PolicyActivation:
    return PolicyActivation(
        merchant_id="m-1",
        shop_id=shop_id,
        revision=revision,
        number=1,
        action=PolicyAction.ACTIVATE,
        policy_version="m-1@1",
        note="",
        at_ms=NOW_MS,
        operator_id="op-1",
    )


WHOLE = ResolvedPolicy(policy_version="m-1@1", document=msgspec.Raw(b'{"version":"m-1@1"}'), at_ms=NOW_MS)


async def test_versions_come_back_as_they_were_in_order(store: DatabaseStore) -> None:
    written = [a_version(1), a_version(2), a_version(1, "tea")]
    for version in reversed(written):
        await store.add_policy(version)
    assert await store.policies("m-1") == written
    assert await store.policy("pol_tea1") == written[2]
    assert (await store.policy("pol_none"), await store.policies("m-2")) == (None, [])


async def test_a_number_is_used_once(store: DatabaseStore) -> None:
    await store.add_policy(a_version())
    with pytest.raises(UniqueViolation, match="uq_policy_number"):
        await store.add_policy(replace(a_version(), policy_id="pol_other"))


async def test_of_two_who_write_the_next_entry_one_wins(store: DatabaseStore) -> None:
    changes = [store.activate_policy(PolicyChange(activation=entry(), resolved=(WHOLE,))) for _ in range(3)]
    heard = await asyncio.gather(*changes, return_exceptions=True)
    assert [type(error) for error in heard if error] == [CommitConflict] * 2
    await store.activate_policy(PolicyChange(activation=entry(2)))
    await store.activate_policy(PolicyChange(activation=entry(1, "tea")))
    with pytest.raises(CommitConflict):
        await store.activate_policy(PolicyChange(activation=entry(4)))
    assert [(one.shop_id, one.revision) for one in await store.policy_activations("m-1")] == [
        ("", 1),
        ("", 2),
        ("tea", 1),
    ]


async def test_a_name_means_one_document_for_ever(store: DatabaseStore) -> None:
    await store.save_resolved(WHOLE)
    await store.save_resolved(replace(WHOLE, document=msgspec.Raw(b"{}")))
    assert await store.resolved_policy("m-1@1") == WHOLE
    assert await store.resolved_policy("m-1@2") is None


UPDATES = (
    update(schema.policies).values(note="another"),
    update(schema.policy_activations).values(number=2),
    update(schema.resolved_policies).values(document="{}"),
)


@pytest.mark.parametrize("statement", UPDATES, ids=lambda statement: statement.table.name)
async def test_not_even_sql_changes_what_was_written(store: DatabaseStore, statement: Update) -> None:
    await store.add_policy(a_version())
    await store.activate_policy(PolicyChange(activation=entry(), resolved=(WHOLE,)))
    with pytest.raises(InvariantViolation, match="_final"):
        await store.write(lambda: write(Prepared(statement), {}))
