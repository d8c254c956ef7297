"""Examples of signing in and of the profile, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from payswitch.entry.api.examples import one

_SESSION = {
    "user": {
        "user_id": "lin",
        "name": "林",
        "role": "owner",
        "merchant_ids": ["m-1"],
        "has_password": True,
        "has_totp": True,
        "recovery_codes_left": 10,
    },
    "permissions": ["view", "develop", "operate", "money", "configure", "manage"],
    "ends_at": "2026-11-18T12:31:02.000Z",
}
_SECRET = "(32 characters, base 32)"  # noqa: S105 (says what stands there)

REQUESTS: dict[str, dict[str, Any]] = {
    "SignIn": {
        **one("With a password and a second factor", {"user": "lin", "password": "(the password)", "totp": "287082"}),
        "link": {"summary": "With a one-time link", "value": {"link": "Yx1T0mJ6u5fQ0a3cV9lDk2pWbN7rHs4e"}},
    },
    "ChangePassword": one("Another one", {"current": "(the password)", "new": "four short dull words"}),
    "ConfirmTotp": one("What the app shows", {"code": "287082"}),
    "RemoveTotp": one("With the password", {"password": "(the password)"}),
}

ANSWERS: dict[str, dict[str, Any]] = {
    "OwnSessionView": one("An owner", _SESSION),
    "Done": one("Done", {"done": True}),
    "EnrolmentView": one(
        "For the app's camera",
        {
            "secret": _SECRET,
            "uri": "otpauth://totp/PaySwitch:lin?secret=...&issuer=PaySwitch",
            "qr_svg": "<svg>...</svg>",
        },
    ),
    "RecoveryCodesView": one("Ten of them", {"recovery_codes": ["7KQM-2WXF-9RTA-HB4C"]}),
}
