"""Another master key: everybody's second factor goes on working, and the old key may go."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace

from payswitch.domain.roles import Role
from payswitch.domain.user import UserChange
from payswitch.kit.sealing import KeyRing, SealBroken, new_master_key, read_master_keys
from payswitch.services.people.second_factor import keep_renewed, open_secret, renewed_users, seal_secret
from tests.api.people import desk_of, hired
from tests.api.support import Evening

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def test_secrets_move_to_the_newest_master_key(tonight: Evening) -> None:
    old, new = new_master_key(), new_master_key()
    before, both, after = (KeyRing(read_master_keys(keys)) for keys in (old, f"{new} {old}", new))
    desk = desk_of(tonight)
    await hired(tonight, "lin")
    await hired(tonight, "wu", Role.FINANCE)
    user = await desk.store.user("lin")
    assert user is not None
    sealed = replace(user, totp_sealed=seal_secret(before, "lin", SECRET), revision=2)
    await desk.store.commit_user(UserChange(user=sealed))

    changing = dataclasses.replace(desk, key_ring=both)
    assert await keep_renewed(changing, await renewed_users(changing)) == 1
    assert await renewed_users(changing) == [], "done once"

    moved = await desk.store.user("lin")
    assert moved is not None
    assert moved.totp_sealed is not None
    assert open_secret(after, moved, moved.totp_sealed) == SECRET


async def test_one_that_does_not_open_stops_it_before_anything_is_written(tonight: Evening) -> None:
    desk = desk_of(tonight)
    await hired(tonight, "lin")
    user = await desk.store.user("lin")
    assert user is not None
    lost = KeyRing(read_master_keys(new_master_key()))
    await desk.store.commit_user(
        UserChange(user=replace(user, totp_sealed=seal_secret(lost, "lin", SECRET), revision=2))
    )

    with pytest.raises(SealBroken, match=lost.newest.key_id):
        await renewed_users(desk)
