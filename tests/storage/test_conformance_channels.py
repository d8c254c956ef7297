"""Admin-managed channels: two operators never both win, a retired channel stays retired, the audit is for ever. And
what operators have disabled of the file."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.storage.builders import NOW_MS, an_entry

from payswitch.domain.changes import CommitConflict, UniqueViolation
from payswitch.domain.channel import Channel, MaintenanceWindow, Product
from payswitch.domain.managed_channel import (
    ChannelChange,
    ChannelState,
    DisabledChannel,
    Disabling,
    ManagedChannel,
    SealedCredential,
    StoredChannels,
)
from payswitch.domain.trail import TrailEntry
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.store import DatabaseStore


def a_channel(channel_id: str = "w", **changes: Any) -> ManagedChannel:
    channel = Channel(
        channel_id=channel_id,
        merchant_id="m-1",
        connector="wechatpay",
        name="微信·主",
        products=frozenset({Product.WECHAT_NATIVE}),
        upstream="wechat",
        enabled=False,
        maintenance=(MaintenanceWindow(start="23:30", end="00:10"),),
    )
    managed = ManagedChannel(
        channel_id=channel_id,
        merchant_id="m-1",
        channel=channel,
        state=ChannelState.DRAFT,
        revision=1,
        created_at_ms=NOW_MS,
        updated_at_ms=NOW_MS,
    )
    return replace(managed, **changes)


def keys(channel_id: str = "w", version: int = 1, **changes: Any) -> SealedCredential:
    made = SealedCredential(
        channel_id=channel_id,
        version=version,
        key_id="k-old",
        sealed=b"\x01\x00\xff",
        created_at_ms=NOW_MS,
        created_by="op-1",
    )
    return replace(made, **changes)


def audit(n: int, action: str = "create", channel_id: str = "w") -> TrailEntry:
    return an_entry(n, action=action, object_id=channel_id)


async def trail_of(store: DatabaseStore, channel_id: str = "w", limit: int = 10) -> list[TrailEntry]:
    return list(await store.trail("m-1", kind="channel", object_id=channel_id, limit=limit))


async def created(store: DatabaseStore, channel_id: str = "w", n: int = 1) -> ManagedChannel:
    managed = a_channel(channel_id)
    change = ChannelChange(channel=managed, credential=keys(channel_id), trail=audit(n, channel_id=channel_id))
    await store.commit_channel(change)
    return managed


async def test_a_channel_comes_back_as_it_was(store: DatabaseStore) -> None:
    managed = await created(store)

    assert await store.managed_channel("w") == managed
    assert await store.managed_channels() == [managed]
    assert await store.credentials("w") == await store.credentials() == [keys()]
    assert await trail_of(store) == [audit(1)]
    assert managed.channel in await store.channels(), "history knows it, too"
    assert await store.look_at_channels() == StoredChannels(managed=[managed], credentials=[keys()])
    assert await store.channel_revisions() == {"w": 1}


async def test_an_id_is_taken_once_and_the_loser_leaves_nothing(store: DatabaseStore) -> None:
    await created(store)

    with pytest.raises(UniqueViolation, match="uq_managed_channel"):
        await store.commit_channel(ChannelChange(channel=a_channel(), credential=keys(version=2), trail=audit(2)))

    assert await store.credentials("w") == [keys()]
    assert await trail_of(store) == [audit(1)]


async def test_of_two_changes_on_one_revision_one_wins(store: DatabaseStore) -> None:
    managed = await created(store)
    rivals = [
        ChannelChange(
            channel=replace(managed, revision=2, channel=replace(managed.channel, fee_bp=fee)), trail=audit(fee)
        )
        for fee in (38, 39)
    ]

    results = await asyncio.gather(*(store.commit_channel(rival) for rival in rivals), return_exceptions=True)

    assert {type(result) for result in results} == {type(None), CommitConflict}
    winner = 38 + results.index(None)
    found = await store.managed_channel("w")
    assert found is not None
    assert (found.revision, found.channel.fee_bp) == (2, winner)
    assert [entry.audit_id for entry in await trail_of(store)] == [f"aud_{winner}", "aud_1"]


async def test_a_version_of_keys_is_written_once(store: DatabaseStore) -> None:
    managed = await created(store)

    with pytest.raises(UniqueViolation, match="uq_channel_credential"):
        await store.commit_channel(
            ChannelChange(channel=replace(managed, revision=2), credential=keys(sealed=b"other"), trail=audit(2))
        )

    assert await store.managed_channel("w") == managed, "all or nothing"


async def test_whose_channel_it_is_never_changes(store: DatabaseStore) -> None:
    managed = await created(store)

    with pytest.raises(CommitConflict):
        await store.commit_channel(
            ChannelChange(channel=replace(managed, revision=2, merchant_id="m-2"), trail=audit(2))
        )


async def test_a_retired_channel_stays_retired(store: DatabaseStore) -> None:
    managed = await created(store)
    retired = replace(managed, revision=2, state=ChannelState.RETIRED)
    await store.commit_channel(ChannelChange(channel=retired, trail=audit(2, "retire")))

    with pytest.raises(InvariantViolation, match="ck_managed_channel_retired"):
        await store.commit_channel(
            ChannelChange(channel=replace(retired, revision=3, state=ChannelState.ENABLED), trail=audit(3, "enable"))
        )


async def test_the_audit_is_the_newest_first_and_of_one_channel(store: DatabaseStore) -> None:
    await created(store)
    await created(store, "x", 2)
    await store.commit_channel(ChannelChange(trail=audit(3, "test")))

    assert [entry.action for entry in await trail_of(store)] == ["test", "create"]
    assert [entry.action for entry in await trail_of(store, limit=1)] == ["test"]


async def test_another_master_key_changes_the_bytes_and_nothing_else(store: DatabaseStore) -> None:
    await created(store)
    await created(store, "x", 2)
    renewed = replace(keys(), key_id="k-new", sealed=b"anew")

    await store.reseal([("k-old", renewed)])

    assert await store.credentials() == [renewed, keys("x")]


async def test_resealing_is_all_or_nothing(store: DatabaseStore) -> None:
    await created(store)
    await created(store, "x", 2)
    renewed = [replace(keys(name), key_id="k-new", sealed=b"anew") for name in ("w", "x")]

    with pytest.raises(InvariantViolation, match="uq_channel_credential"):
        await store.reseal([("k-old", renewed[0]), ("k-lost", renewed[1])])

    assert await store.credentials() == [keys(), keys("x")]


OUT = DisabledChannel(channel_id="of-the-file", operator_id="lin", at_ms=NOW_MS, reason="渠道故障")


def disabled(n: int, row: DisabledChannel = OUT) -> ChannelChange:
    return ChannelChange(disable=row, trail=audit(n, "disable", row.channel_id))


def enabled(n: int, row: DisabledChannel = OUT) -> ChannelChange:
    return ChannelChange(enable=row, trail=audit(n, "enable", row.channel_id))


async def test_a_channel_of_the_file_is_disabled_and_enabled_again(store: DatabaseStore) -> None:
    await store.commit_channel(disabled(1))

    assert await store.disabled_channels() == [OUT]
    assert (await store.look_at_channels()).disabled == [OUT], "a starting service hears of it before it listens"
    assert await store.managed_channels() == []

    await store.commit_channel(enabled(2))

    assert await store.disabled_channels() == []
    assert [entry.action for entry in await trail_of(store, "of-the-file")] == ["enable", "disable"]


async def test_of_two_that_disable_it_the_first_is_written_down_and_the_other_leaves_no_trace(
    store: DatabaseStore,
) -> None:
    rivals = [disabled(n, replace(OUT, operator_id=f"op-{n}")) for n in (1, 2)]

    results = await asyncio.gather(*(store.commit_channel(rival) for rival in rivals), return_exceptions=True)

    assert sorted(type(result).__name__ for result in results) == ["NoneType", "UniqueViolation"]
    winner = results.index(None) + 1
    assert [row.operator_id for row in await store.disabled_channels()] == [f"op-{winner}"]
    assert [entry.audit_id for entry in await trail_of(store, "of-the-file")] == [f"aud_{winner}"]


async def test_what_was_disabled_anew_meanwhile_is_not_enabled_by_an_old_look(store: DatabaseStore) -> None:
    newer = replace(OUT, at_ms=NOW_MS + 1)
    await store.commit_channel(disabled(1, newer))

    with pytest.raises(CommitConflict):
        await store.commit_channel(enabled(2))

    assert await store.disabled_channels() == [newer]
    assert [entry.action for entry in await trail_of(store, "of-the-file")] == ["disable"], "all or nothing"


async def test_who_disabled_a_managed_channel_stands_beside_its_state(store: DatabaseStore) -> None:
    managed = await created(store)
    why = Disabling(operator_id="lin", at_ms=NOW_MS, reason="渠道故障")
    out = replace(managed, revision=2, state=ChannelState.DISABLED, disabled=why)
    await store.commit_channel(ChannelChange(channel=out, trail=audit(2, "disable")))
    assert await store.managed_channel("w") == out

    back = replace(out, revision=3, state=ChannelState.ENABLED, disabled=None)
    await store.commit_channel(ChannelChange(channel=back, trail=audit(3, "enable")))

    assert await store.managed_channel("w") == back
    assert await store.channel_revisions() == {"w": 3}
