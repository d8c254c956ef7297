"""Examples of alerts for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.examples import one

_GROUP_ID = "grp_01HF8Q0000ABCDEFGHJKMN"
_ALERT: dict[str, Any] = {
    "alert_id": "alt_01HF8Q0000ABCDEFGHJKMN",
    "rule": "breaker_open",
    "rule_title": "A breaker is open",
    "rule_title_zh": "渠道已熔断",
    "subject": "wechat-main/wechat_native",
    "severity": "critical",
    "text": "微信支付·主 (wechat_native) is out: the channel says of itself that it is busy, last error SYSTEM_ERROR",
    "text_zh": "微信支付·主（wechat_native）已熔断：渠道自报繁忙或维护，最近错误 SYSTEM_ERROR",
    "since": "2026-11-11T12:37:04.000Z",
    "raised_at": "2026-11-11T12:37:05.000Z",
    "resolved_at": None,
}
_GROUP: dict[str, Any] = {
    "group_id": _GROUP_ID,
    "merchant_id": "m-1",
    "family": "payments",
    "state": "acknowledged",
    "severity": "critical",
    "title": "A breaker is open: 微信支付·主",
    "title_zh": "微信支付·主 渠道已熔断",
    "since": "2026-11-11T12:37:04.000Z",
    "opened_at": "2026-11-11T12:37:05.000Z",
    "resolved_at": None,
    "acknowledged_at": "2026-11-11T12:38:11.000Z",
    "acknowledged_by": "林",
    "note": "已联系渠道",
    "told_at": "2026-11-11T12:37:07.000Z",
    "reopened": 0,
    "risk_fen": 129_900,
    "moved": 42,
    "saved": 39,
    "saved_fen": 5_066_100,
    "action": "nothing at once: the switch probes it back by itself; if it lasts, call the channel's support",
    "action_zh": "无需立即操作，切换会自动探测恢复；若持续，请联系该渠道客服",
    "alerts": [_ALERT],
}
_NOTICE: dict[str, Any] = {
    "notice_id": "ntc_01HF8Q0000ABCDEFGHJKMN",
    "receiver_id": "duty",
    "kind": "raised",
    "state": "delivered",
    "title": "【严重】微信支付·主 渠道已熔断",
    "created_at": "2026-11-11T12:37:07.000Z",
    "delivered_at": "2026-11-11T12:37:07.200Z",
    "next_try_at": None,
    "tries": 1,
    "last_error": "",
}
_RULE: dict[str, Any] = {
    "rule": "success_low",
    "family": "payments",
    "severity": "critical",
    "title": "Success is low",
    "title_zh": "支付成功率过低",
    "about": "Paid payments of those that were paid or that a channel (or we) stood in the way of, per shop.",
    "about_zh": "按店铺：已支付 /（已支付 + 因渠道或我方未支付）。付款人自身原因不计入。",
    "enabled": True,
    "calm_s": 120,
    "thresholds": [
        {
            "name": "below",
            "value": 0.97,
            "default": 0.95,
            "least": 0.5,
            "most": 0.999,
            "unit": "share",
            "title": "below this success rate",
            "title_zh": "成功率低于",
        }
    ],
    "updated_at": "2026-11-11T09:00:00.000Z",
    "updated_by": "林",
}
_SILENCE: dict[str, Any] = {
    "silence_id": "sil_01HF8Q0000ABCDEFGHJKMN",
    "merchant_id": "m-1",
    "rule": "slow",
    "subject": "wechat-*",
    "from_at": "2026-11-11T15:00:00.000Z",
    "until_at": "2026-11-11T17:00:00.000Z",
    "active": True,
    "created_by": "林",
    "why": "渠道升级",
}
_RECEIVER: dict[str, Any] = {
    "receiver_id": "duty",
    "merchant_id": "m-1",
    "name": "值班群",
    "kind": "dingtalk",
    "least": "warning",
    "after_minutes": 0,
    "language": "zh",
    "enabled": True,
    "address": {"keyword": "支付"},
    "readable": True,
    "last_delivered_at": "2026-11-11T12:37:07.200Z",
    "failing": False,
    "last_error": "",
}
_ADDRESS = {"url": "https://oapi.dingtalk.com/robot/send?access_token=...", "secret": "SEC...", "keyword": "支付"}

REQUESTS: dict[str, dict[str, Any]] = {
    "AcknowledgeAlert": one("I look after it", {"note": "已联系渠道"}),
    "MakeSilence": one(
        "A night of maintenance", {"rule": "slow", "subject": "wechat-*", "minutes": 120, "why": "渠道升级"}
    ),
    "SetRule": one("Sooner", {"enabled": True, "thresholds": {"below": 0.97}}),
    "SaveReceiver": one(
        "A DingTalk robot", {"receiver_id": "duty", "name": "值班群", "kind": "dingtalk", "address": _ADDRESS}
    ),
}

ANSWERS: dict[str, dict[str, Any]] = {
    "AlertGroupList": one("One outage", {"data": [_GROUP], "next": None}),
    "AlertGroupDetail": one("One outage", {"group": _GROUP, "notices": [_NOTICE]}),
    "AlertSummary": one(
        "One is open",
        {
            "open": 1,
            "unacknowledged": 0,
            "critical": 1,
            "receivers": 2,
            "last_round_at": "2026-11-11T12:38:12.000Z",
        },
    ),
    "AlertRuleList": one("One rule", {"data": [_RULE]}),
    "AlertRuleView": one("One rule", _RULE),
    "AlertSilenceList": one("One silence", {"data": [_SILENCE]}),
    "AlertSilenceView": one("One silence", _SILENCE),
    "AlertReceiverList": one("One receiver", {"data": [_RECEIVER]}),
    "AlertReceiverView": one("One receiver", _RECEIVER),
    "AlertReceiverRemoved": one("Taken out", {"receiver_id": "duty"}),
    "AlertReceiverTested": one("It arrived", {"receiver_id": "duty", "delivered": True, "code": "", "error": ""}),
}
