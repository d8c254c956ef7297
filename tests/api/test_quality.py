"""An operator looks at how well the channels do, over HTTP."""

from __future__ import annotations

from payswitch.kit.certificates import CertificateEnd
from payswitch.kit.durations import DAY_MS
from payswitch.services.channels.channel_watch import watch_channels
from tests.api.support import Evening, order
from tests.services.fake_channel import MAINTENANCE


async def test_all_channels_and_one(tonight: Evening) -> None:
    tonight.night.channel("wechat-main").script.append(MAINTENANCE)
    await tonight.shop.post("/v1/payments", order())
    heard = await tonight.operator.get("/v1/admin/quality")
    assert heard.status == 200
    by_id = {channel["channel_id"]: channel for channel in heard.json["data"]}
    assert set(by_id) == {"wechat-main", "wechat-backup", "alipay-main"}
    (line,) = by_id["wechat-main"]["lines"]
    assert (line["state"], line["reason_zh"], line["calls"]) == ("open", "渠道自报繁忙或维护", 1)
    assert line["last_error"]["code"] == "MAINTENANCE"
    assert line["creates"]["of"] == 1.0
    one = await tonight.operator.get("/v1/admin/channels/wechat-main/quality")
    assert one.json == by_id["wechat-main"]


async def test_certificate_probe_and_limits(tonight: Evening) -> None:
    night = tonight.night
    end = CertificateEnd(key="platform_certificates", ends_at_ms=night.clock.now_ms() + 12 * DAY_MS + 700_000)
    night.directory.certificate_ends["wechat-main"] = [end]
    night.directory.cap("wechat-main", 50_000)
    for _ in range(2):
        await watch_channels(night.ctx)
        night.clock.advance(seconds=301)
    shown = (await tonight.operator.get("/v1/admin/channels/wechat-main/quality")).json
    assert [(c["key"], c["days_left"]) for c in shown["certificates"]] == [("platform_certificates", 12)]
    assert shown["limits"] == {"daily_cap_fen": 50_000, "used_today_fen": 0, "remaining_today_fen": 50_000}
    assert (shown["probe"]["severity"], shown["probe"]["outcome"]) == ("ok", "not_found")


async def test_shops_and_strangers_learn_nothing(tonight: Evening) -> None:
    for path in ("/v1/admin/quality", "/v1/admin/channels/wechat-main/quality"):
        assert (await tonight.shop.get(path)).status == 401
    assert (await tonight.operator.get("/v1/admin/channels/nowhere/quality")).status == 404
