"""Examples of users, sessions and the trail, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.admin.people.user_views import role_list
from payswitch.entry.api.examples import one

_USER: dict[str, Any] = {
    "user_id": "wu",
    "name": "吴",
    "role": "finance",
    "merchant_ids": ["m-1"],
    "state": "active",
    "has_password": False,
    "has_totp": False,
    "created_at": "2026-11-11T09:00:00.000Z",
    "created_by": "lin",
    "updated_at": "2026-11-11T09:00:00.000Z",
    "is_you": False,
}
_SESSION = {
    "session_id": "ses_01HF8Q0000ABCDEFGHJKMN",
    "created_at": "2026-11-11T09:00:00.000Z",
    "seen_at": "2026-11-11T12:31:00.000Z",
    "ends_at": "2026-11-18T09:00:00.000Z",
    "address": "203.0.113.7",
    "user_agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)",
    "is_this": False,
}
_ENTRY = {
    "audit_id": "aud_01HF8Q0000ABCDEFGHJKMN",
    "at": "2026-11-11T12:38:10.000Z",
    "operator_id": "lin",
    "operator_kind": "user",
    "role": "owner",
    "address": "203.0.113.7",
    "merchant_id": "m-1",
    "action": "disable",
    "kind": "channel",
    "object_id": "wechat-main",
    "before": {"state": "enabled"},
    "after": {"state": "disabled"},
    "note": "",
}
_SHOP: dict[str, Any] = {
    "shop_id": "tea",
    "merchant_id": "m-1",
    "name": "云水茶铺",
    "notify_url": "https://shop.example.com/events",
    "accept_late_s": 600,
    "collect_url": None,
    "keys": [{"fingerprint": "9c1e0f4b7a22", "since": "2026-11-11T09:00:00.000Z", "revoked_at": None}],
}
_KEY = {"operator_id": "op-lin", "name": "林", "merchant_ids": ["m-1"], "fingerprint": "3f6c1d2ab4e5"}
_ROLES = role_list()

REQUESTS: dict[str, dict[str, Any]] = {
    "CreateUser": one("Somebody for the refunds", {k: _USER[k] for k in ("user_id", "name", "role", "merchant_ids")}),
    "UpdateUser": one("Another role", {"role": "operator"}),
    "ResetUser": one("The password is forgotten", {"totp": False}),
}

ANSWERS: dict[str, dict[str, Any]] = {
    "UserView": one("Invited", _USER),
    "UserList": one("One user", {"data": [_USER]}),
    "InvitedView": one(
        "With the link to hand over",
        {
            "user": _USER,
            "sign_in_url": "https://pay.example.com/console/sign-in#link=Yx1T0mJ6u5fQ0a3cV9lDk2pWbN7rHs4e",
            "ends_at": "2026-11-12T09:00:00.000Z",
        },
    ),
    "SessionList": one("A phone", {"data": [_SESSION]}),
    "RoleList": one(
        "All of them",
        {
            "data": [
                {
                    "role": role.role.value,
                    "text": role.text,
                    "text_zh": role.text_zh,
                    "permissions": [permission.value for permission in role.permissions],
                }
                for role in _ROLES.data
            ]
        },
    ),
    "ShopList": one("One shop", {"data": [_SHOP], "operator_keys": [_KEY]}),
    "TrailList": one("A channel was disabled", {"data": [_ENTRY], "next": None}),
}
