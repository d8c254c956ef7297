"""Operators have keys of their own and see the channels of their own merchants."""

from __future__ import annotations

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
