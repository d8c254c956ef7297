"""操作审计: whatever an operator changes stands in the trail, with who, from where, before and after, and no secret."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from payswitch.domain.roles import Role
from tests.api.people import Person, signed_in
from tests.api.support import Evening
from tests.api.test_isolation import CHANGES, call, furnished
from tests.api.test_refund_operators import abnormal

TRAIL = "/v1/admin/audit-trail"
CHANGES_NOTHING = {"checkPolicy", "simulatePolicy", "tryPayment", "saveView", "deleteView"}
"""A saved view is a bookmark: it changes nothing but what its owner finds again."""


async def entries(person: Person, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await person.get(f"{TRAIL}?limit=100&{query}".rstrip("&"))).json["data"]
    return found


async def test_whatever_is_done_is_written_down_before_it_is_answered(tonight: Evening, tmp_path: Path) -> None:
    """Every operation that changes something and succeeds with the documented example."""
    house = await furnished(tonight, tmp_path / "lake")
    owner = await signed_in(tonight)
    done = []

    # What is enabled already is not enabled again, and nothing is written of it: it is disabled first.
    for operation in sorted(CHANGES, key=lambda one: one.name == "enableChannel"):
        before = {one["audit_id"] for one in await entries(owner)}
        heard = await call(owner, operation, house.path(operation))
        if heard.status >= 400 or operation.name in CHANGES_NOTHING:
            continue
        written = [one for one in await entries(owner) if one["audit_id"] not in before]
        assert written, f"{operation.name} succeeded, and the trail does not know"
        assert {one["operator_id"] for one in written} == {"lin"}, operation.name
        done.append(operation.name)

    assert {"draftPolicy", "retryRefund", "settleRefund", "resolveBreak", "testChannel", "createUser"} <= set(done)
    assert {"disableChannel", "enableChannel"} <= set(done)


async def test_it_says_who_with_which_role_from_where_did_what(tonight: Evening) -> None:
    refund = await abnormal(tonight)
    chen = await signed_in(tonight, "chen", Role.FINANCE)

    await chen.post(f"/v1/admin/refunds/{refund['refund_id']}/settle", {"note": "工行转账 0007"})

    (entry,) = await entries(chen, "kind=refund&action=settle")
    assert entry["operator_id"] == "chen"
    assert (entry["operator_kind"], entry["role"], entry["address"]) == ("user", "finance", "203.0.113.9")
    assert (entry["object_id"], entry["merchant_id"]) == (refund["refund_id"], "m-1")
    assert (entry["before"]["state"], entry["after"]["state"]) == ("abnormal", "succeeded")
    assert entry["note"] == "工行转账 0007"


async def test_a_key_is_told_from_a_person(tonight: Evening) -> None:
    refund = await abnormal(tonight)
    await tonight.operator.post(f"/v1/admin/refunds/{refund['refund_id']}/retry")

    (entry,) = (await tonight.operator.get(f"{TRAIL}?kind=refund")).json["data"]

    assert (entry["operator_id"], entry["operator_kind"], entry["role"]) == ("op-lin", "key", None)
    assert entry["address"] == "127.0.0.1"


async def test_it_is_read_in_pages_and_by_filter(tonight: Evening) -> None:
    owner = await signed_in(tonight)
    owner.pause_ms = 1
    for number in range(5):
        new = {"user_id": f"user-{number}", "name": "x", "role": "finance", "merchant_ids": ["m-1"]}
        assert (await owner.post("/v1/admin/users", new)).status == 201

    first = (await owner.get(f"{TRAIL}?action=create&limit=3")).json
    second = (await owner.get(f"{TRAIL}?action=create&limit=3&before={first['next']}")).json

    assert [one["object_id"] for one in first["data"]] == ["user-4", "user-3", "user-2"]
    assert [one["object_id"] for one in second["data"]] == ["user-1", "user-0"]
    assert second["next"] is None
    assert [one["action"] for one in await entries(owner, "kind=user&object_id=user-2")] == ["create"]
    assert await entries(owner, "operator_id=nobody") == []
    assert await entries(owner, "since=2099-12-31") == []
    assert (await owner.get(f"{TRAIL}?kind=nonsense")).status == 400


async def test_signing_in_and_out_and_who_tried_stands_in_it(tonight: Evening) -> None:
    owner = await signed_in(tonight)
    chen = await signed_in(tonight, "chen", Role.FINANCE)
    chen.pause_ms = 1
    await Person(tonight, "chen", "198.51.100.66", pause_ms=1).sign_in("a guess")
    await chen.delete("/v1/console/session")

    about_chen = [(one["action"], one["address"]) for one in await entries(owner, "operator_id=chen")]

    assert about_chen == [
        ("sign_out", "203.0.113.9"),
        ("sign_in_refused", "198.51.100.66"),
        ("sign_in", "203.0.113.9"),
    ]


async def test_what_concerns_two_merchants_is_read_by_both_each_their_own(tonight: Evening) -> None:
    both = await signed_in(tonight, "both", merchants=("m-1", "m-2"))
    one, two = await signed_in(tonight, "one"), await signed_in(tonight, "two", merchants=("m-2",))
    await both.post("/v1/admin/users", {"user_id": "a", "name": "a", "role": "finance", "merchant_ids": ["m-1", "m-2"]})

    (seen,) = await entries(both, "action=create")
    assert seen["object_id"] == "a", "once, although it stands in two trails"
    for person, merchant_id in ((one, "m-1"), (two, "m-2")):
        (own,) = await entries(person, "action=create")
        assert (own["audit_id"], own["merchant_id"]) == (seen["audit_id"], merchant_id)
        assert ({"m-1", "m-2"} - {merchant_id}).isdisjoint(str(own).split("'"))


async def test_who_works_for_whom_is_told_to_each_merchant_for_itself(tonight: Evening) -> None:
    both = await signed_in(tonight, "both", merchants=("m-1", "m-2"))
    one = await signed_in(tonight, "one")
    both.pause_ms = 1
    await both.post("/v1/admin/users", {"user_id": "a", "name": "a", "role": "finance", "merchant_ids": ["m-1"]})
    await both.patch("/v1/admin/users/a", {"merchant_ids": ["m-1", "m-2"]})
    await both.patch("/v1/admin/users/a", {"merchant_ids": ["m-2"]})

    told = await entries(one, "kind=user&object_id=a")

    assert [entry["action"] for entry in told] == ["update", "update", "create"]
    assert "m-2" not in str(told)
