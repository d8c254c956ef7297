"""Operators have keys of their own and see the channels of their own merchants."""

from __future__ import annotations

import pytest

from payswitch.domain.errors import PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.roles import KEY_PERMISSIONS, PERMISSIONS, Permission, Role
from payswitch.entry.api.admin.call import require
from payswitch.entry.api.admin.operations import ADMIN_OPERATIONS
from tests.api.support import Evening


async def test_an_operator_sees_the_channels_of_the_merchant(tonight: Evening) -> None:
    heard = await tonight.operator.get("/v1/admin/channels")

    assert heard.status == 200
    ids = [channel["channel_id"] for channel in heard.json["data"]]
    assert "wechat-main" in ids
    assert {channel["origin"] for channel in heard.json["data"]} == {"file"}


async def test_a_shops_key_opens_nothing_here_nor_an_operators_key_there(tonight: Evening) -> None:
    for heard in (
        await tonight.shop.get("/v1/admin/channels"),
        await tonight.browser().get("/v1/admin/channels"),
        await tonight.operator.get("/v1/payments"),
    ):
        assert (heard.status, heard.json["code"]) == (401, "unauthenticated")


async def test_another_merchants_channel_does_not_exist(tonight: Evening) -> None:
    assert (await tonight.foreign_operator.get("/v1/admin/channels")).json["data"] == []
    heard = await tonight.foreign_operator.get("/v1/admin/channels/wechat-main")
    assert heard.json["code"] == "not_found"
    absent = await tonight.foreign_operator.get("/v1/admin/channels/nowhere")
    assert heard.status == absent.status == 404


def test_every_operation_of_the_admin_api_says_what_it_needs() -> None:
    silent = [operation.name for operation in ADMIN_OPERATIONS if operation.needs is None]
    changing = [o.name for o in ADMIN_OPERATIONS if o.method != "GET" and o.needs is Permission.VIEW]

    assert silent == []
    kept = ["deleteView", "makeReport", "saveView"]  # one's own filters, and a report: nothing that payments know of
    taken_out = ["downloadEvidence", "exportPayments"]
    allowed = sorted(["checkPolicy", *kept, "simulatePolicy", *taken_out, "tryPayment"])
    assert sorted(changing) == allowed, "anybody may do these: do they really change nothing?"


def test_no_role_but_the_owner_and_no_key_decides_about_people() -> None:
    assert Permission.MANAGE not in KEY_PERMISSIONS
    assert [role for role in Role if Permission.MANAGE in PERMISSIONS[role]] == [Role.OWNER]
    assert all(Permission.VIEW in PERMISSIONS[role] for role in Role)


def test_who_may_not_hears_what_is_needed_and_who_has_it() -> None:
    reader = Operator(
        operator_id="lin", name="林", merchant_ids=frozenset({"m-1"}), permissions=PERMISSIONS[Role.READ_ONLY]
    )

    require(reader, Permission.VIEW)
    with pytest.raises(PaySwitchError) as refused:
        require(reader, Permission.MONEY)
    assert refused.value.kind.status == 403
    assert refused.value.extra == {"needs": "money", "roles": ["owner", "finance"]}
    with pytest.raises(PaySwitchError):
        require(reader, None)
