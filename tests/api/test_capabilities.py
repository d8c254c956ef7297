"""A shop asks what works where before it draws a button."""

from __future__ import annotations

from typing import Any

from payswitch.domain.channel import Closing, Consent, Environment, Product
from payswitch.domain.matrix import ROWS
from tests.api.support import Evening, Web


async def places(tonight: Evening) -> dict[str, Any]:
    heard = await tonight.shop.get("/v1/capabilities")
    assert heard.status == 200
    return {place["environment"]: place for place in heard.json["data"]}


def offer(place: Any, product: str) -> Any:
    return next((one for one in place["offers"] if one["product"] == product), None)


async def test_every_environment_is_told_with_what_works_there(tonight: Evening) -> None:
    found = await places(tonight)
    assert list(found) == [environment.value for environment in ROWS]
    assert set(found) == {environment.value for environment in Environment}
    assert found["desktop"]["methods"] == ["wechat", "alipay"]
    code = offer(found["desktop"], "wechat_native")
    assert code["channels"] == ["wechat-main", "wechat-backup"]
    assert (code["push"], code["closing"], code["needs"], code["max_fen"]) == (True, "yes", [], None)


async def test_limits_are_the_widest_of_the_channels_and_only_enabled_ones_count(tonight: Evening) -> None:
    directory = tonight.night.directory
    directory.change("wechat-main", min_fen=100, max_fen=5_000)
    directory.change("wechat-backup", min_fen=500, max_fen=90_000)
    directory.change("alipay-main", enabled=False)
    found = await places(tonight)
    code = offer(found["desktop"], "wechat_native")
    assert (code["min_fen"], code["max_fen"]) == (100, 90_000)
    assert found["desktop"]["methods"] == ["wechat"]
    directory.teach(Product.WECHAT_NATIVE, max_fen=3_000, environments=frozenset({Environment.DESKTOP}))
    found = await places(tonight)
    assert offer(found["desktop"], "wechat_native")["max_fen"] == 3_000
    assert found["counter"] == {"environment": "counter", "methods": [], "offers": []}


async def test_a_pull_product_says_what_the_customer_must_give(tonight: Evening) -> None:
    tonight.night.directory.teach(
        Product.ALIPAY_PRECREATE, push=False, consent=Consent.SMS_CODE, needs_agreement=True, closing=Closing.NO
    )
    pull = offer((await places(tonight))["desktop"], "alipay_precreate")
    assert (pull["push"], pull["needs"], pull["closing"]) == (False, ["agreement", "sms_code"], "no")


async def test_a_stranger_learns_nothing(tonight: Evening) -> None:
    assert (await Web(tonight.app).get("/v1/capabilities")).status == 401
