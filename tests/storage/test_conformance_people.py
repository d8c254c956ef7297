"""Users, sessions, links and the trail: nobody signs in twice with one link, what has ended stays so, the trail is for
ever and each merchant has its own."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from msgspec.structs import replace
from tests.storage.builders import NOW_MS, a_payment, an_entry
from tests.storage.test_conformance_policies import a_version, entry

from payswitch.domain.changes import Changes, CommitConflict, UniqueViolation
from payswitch.domain.policy_record import PolicyChange
from payswitch.domain.roles import Role
from payswitch.domain.trail import OperatorKind, TrailKind
from payswitch.domain.user import EndSessions, Session, SignInLink, User, UserChange, UserState
from payswitch.storage.errors import InvariantViolation
from payswitch.storage.prepared import Prepared
from payswitch.storage.schema import audit_trail
from payswitch.storage.scripts import write
from payswitch.storage.store import DatabaseStore


def a_user(user_id: str = "lin", **changes: Any) -> User:
    user = User(
        user_id=user_id,
        name="林",
        role=Role.OWNER,
        merchant_ids=frozenset({"m-1", "m-2"}),
        state=UserState.ACTIVE,
        revision=1,
        password_hash="$argon2id$...",
        totp_sealed=b"\x01\x00\xff",
        totp_pending=None,
        totp_step=58_762_154,
        recovery_hashes=("a" * 64, "b" * 64),
        created_at_ms=NOW_MS,
        created_by="root",
        updated_at_ms=NOW_MS,
    )
    return replace(user, **changes)


def a_session(n: int = 1, **changes: Any) -> Session:
    session = Session(
        session_id=f"ses_{n}",
        token_sha256=f"{n:064x}",
        user_id="lin",
        created_at_ms=NOW_MS,
        seen_at_ms=NOW_MS,
        ends_at_ms=NOW_MS + 1_000,
        ended_at_ms=None,
        address="203.0.113.7",
        user_agent="Mozilla/5.0",
    )
    return replace(session, **changes)


def a_link(n: int = 1) -> SignInLink:
    return SignInLink(
        token_sha256=f"{n:064x}", user_id="lin", created_at_ms=NOW_MS, ends_at_ms=NOW_MS + 600_000, used_at_ms=None
    )


@pytest.fixture
async def lin(store: DatabaseStore) -> User:
    user = a_user()
    await store.commit_user(UserChange(user=user, trail=(an_entry(1, kind=TrailKind.USER, object_id="lin"),)))
    return user


async def test_a_user_comes_back_as_they_were(store: DatabaseStore, lin: User) -> None:
    assert await store.user("lin") == lin
    assert await store.users() == [lin]
    assert await store.user("nobody") is None
    assert [one.action for one in await store.trail("m-1", limit=9)] == ["disable"]


async def test_a_name_is_taken_once_and_the_loser_leaves_nothing(store: DatabaseStore, lin: User) -> None:
    with pytest.raises(UniqueViolation, match="uq_user"):
        await store.commit_user(UserChange(user=a_user(name="另一个林"), trail=(an_entry(2),)))

    assert await store.users() == [lin]
    assert len(await store.trail("m-1", limit=9)) == 1


async def test_of_two_changes_on_one_revision_one_wins(store: DatabaseStore, lin: User) -> None:
    rivals = [replace(lin, revision=2, role=role) for role in (Role.FINANCE, Role.READ_ONLY)]

    results = await asyncio.gather(
        *(store.commit_user(UserChange(user=rival)) for rival in rivals), return_exceptions=True
    )

    assert {type(result) for result in results} == {type(None), CommitConflict}
    assert await store.user("lin") == rivals[results.index(None)]


async def test_a_session_is_found_by_its_token_with_its_user(store: DatabaseStore, lin: User) -> None:
    await store.commit_user(UserChange(new_session=a_session()))

    assert await store.session_by_token(f"{1:064x}") == (a_session(), lin)
    assert await store.session_by_token(f"{2:064x}") is None

    await store.see_session("ses_1", NOW_MS + 60_000)
    assert await store.sessions_of("lin", 9) == [a_session(seen_at_ms=NOW_MS + 60_000)]


async def test_two_sessions_never_share_a_token(store: DatabaseStore, lin: User) -> None:
    await store.commit_user(UserChange(new_session=a_session()))

    with pytest.raises(UniqueViolation, match="uq_session_token"):
        await store.commit_user(UserChange(new_session=a_session(2, token_sha256=f"{1:064x}")))


async def test_all_sessions_but_one_end_and_what_has_ended_stays_so(store: DatabaseStore, lin: User) -> None:
    for n in (1, 2, 3):
        await store.commit_user(UserChange(new_session=a_session(n)))
    await store.commit_user(UserChange(ended_session=a_session(1, ended_at_ms=NOW_MS + 1)))

    await store.commit_user(UserChange(end_sessions=EndSessions(user_id="lin", at_ms=NOW_MS + 5, but="ses_3")))
    await store.see_session("ses_2", NOW_MS + 9)
    await store.commit_user(UserChange(ended_session=a_session(2, ended_at_ms=NOW_MS + 9)))

    ended = {session.session_id: session.ended_at_ms for session in await store.sessions_of("lin", 9)}
    assert ended == {"ses_3": None, "ses_2": NOW_MS + 5, "ses_1": NOW_MS + 1}
    assert {session.seen_at_ms for session in await store.sessions_of("lin", 9)} == {NOW_MS}


async def test_a_link_signs_in_once_however_many_try_at_once(store: DatabaseStore, lin: User) -> None:
    await store.commit_user(UserChange(new_link=a_link()))
    used = replace(a_link(), used_at_ms=NOW_MS + 3)

    results = await asyncio.gather(
        *(store.commit_user(UserChange(used_link=used, new_session=a_session(n))) for n in (1, 2, 3)),
        return_exceptions=True,
    )

    assert sorted(type(result).__name__ for result in results) == ["CommitConflict", "CommitConflict", "NoneType"]
    assert len(await store.sessions_of("lin", 9)) == 1, "the losers have none"
    assert await store.sign_in_link(f"{1:064x}") == used


async def test_a_new_link_takes_the_place_of_the_one_before(store: DatabaseStore, lin: User) -> None:
    await store.commit_user(UserChange(new_link=a_link(1)))
    await store.commit_user(UserChange(new_link=a_link(2)))

    with pytest.raises(CommitConflict):
        await store.commit_user(UserChange(used_link=replace(a_link(1), used_at_ms=NOW_MS)))
    await store.commit_user(UserChange(used_link=replace(a_link(2), used_at_ms=NOW_MS)))


async def test_the_trail_is_read_by_page_and_filter(store: DatabaseStore) -> None:
    entries = [
        an_entry(1),
        an_entry(2, operator_id="lin", operator_kind=OperatorKind.USER, role=Role.OWNER, action="settle"),
        an_entry(3, kind=TrailKind.REFUND, object_id="rfd_1", note="工行转账"),
        an_entry(4, object_id="other"),
    ]
    await store.commit(Changes(insert_trail=entries))

    async def ids(**filters: Any) -> list[str]:
        return [one.audit_id for one in await store.trail("m-1", **{"limit": 9, **filters})]

    assert list(await store.trail("m-1", limit=9)) == entries[::-1]
    assert await ids(limit=2) == ["aud_4", "aud_3"]
    assert await ids(limit=2, before="aud_3") == ["aud_2", "aud_1"]
    assert await ids(operator_id="lin") == await ids(action="settle") == ["aud_2"]
    assert await ids(kind="refund") == ["aud_3"]
    assert await ids(kind="channel", object_id="w", before="aud_2") == ["aud_1"]
    assert await ids(since_ms=NOW_MS + 3) == ["aud_4", "aud_3"]


async def test_each_merchant_has_its_own_trail(store: DatabaseStore) -> None:
    both = [an_entry(1, merchant_id=merchant_id) for merchant_id in ("m-1", "m-2")]
    await store.commit(Changes(insert_trail=[*both, an_entry(2)]))

    assert [one.audit_id for one in await store.trail("m-2", limit=9)] == ["aud_1"]
    assert await store.trail("m-3", limit=9) == []


async def test_the_trail_is_written_in_the_commit_of_its_change_or_not_at_all(store: DatabaseStore) -> None:
    await store.add_policy(a_version(), an_entry(1, kind=TrailKind.POLICY))
    await store.activate_policy(PolicyChange(activation=entry(), trail=an_entry(2, kind=TrailKind.POLICY)))

    with pytest.raises(CommitConflict):
        await store.activate_policy(PolicyChange(activation=entry(9), trail=an_entry(3)))
    await store.commit(Changes(insert_payments=[a_payment()]))
    with pytest.raises(UniqueViolation):
        await store.commit(Changes(insert_payments=[a_payment()], insert_trail=[an_entry(4)]))

    assert [one.audit_id for one in await store.trail("m-1", limit=9)] == ["aud_2", "aud_1"]


@pytest.mark.parametrize("statement", [audit_trail.update().values(note="nothing happened"), audit_trail.delete()])
async def test_nobody_rewrites_the_trail(store: DatabaseStore, statement: Any) -> None:
    await store.commit(Changes(insert_trail=[an_entry(1)]))

    with pytest.raises(InvariantViolation, match=r"ck_audit_trail_(final|kept)"):
        await store.write(lambda: write(Prepared(statement), {}))

    assert await store.trail("m-1", limit=9) == [an_entry(1)]
