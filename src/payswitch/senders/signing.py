"""Standard Webhooks signatures (https://www.standardwebhooks.com), symmetric version `v1`."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

from payswitch.kit.secrets import Secret

PREFIX = "whsec_"


class WebhookSecretError(ValueError):
    """The text is no webhook secret. The message never quotes it."""


def signature_header(secrets: Sequence[Secret], message_id: str, timestamp_s: int, body: bytes) -> str:
    """The value of `webhook-signature`: one signature per secret, so that a shop can change its secret without
    missing an event. Raises WebhookSecretError when a secret is unreadable or there is none."""
    if not secrets:
        raise WebhookSecretError("the shop has no webhook secret / 店铺未配置通知密钥")
    signed = b".".join((message_id.encode(), str(timestamp_s).encode(), body))
    return " ".join(_sign(key_of(secret), signed) for secret in secrets)


def _sign(key: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


def key_of(secret: Secret) -> bytes:
    """The bytes to sign with. Raises WebhookSecretError when the text is not readable."""
    text = secret.reveal().removeprefix(PREFIX)
    try:
        # Padding is optional in the wild; too much of it is ignored.
        key = base64.b64decode(text + "==", validate=False) if text.isascii() else b""
    except binascii.Error:
        key = b""
    if not key:
        raise WebhookSecretError(
            "a webhook secret of the shop is not readable: expected whsec_ and base64 / "
            "店铺的通知密钥格式有误：应为 whsec_ 加 base64"
        )
    return key
