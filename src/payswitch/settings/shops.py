"""The `[[shops]]` tables: who may ask for payments, and where the news of them goes."""

from __future__ import annotations

from typing import Annotated

import msgspec

from payswitch.domain.shop import Shop
from payswitch.kit.addresses import is_web_address
from payswitch.kit.secrets import Secret
from payswitch.kit.tables import SHA256, id_problems
from payswitch.senders.signing import WebhookSecretError, key_of

LEAST_SECRET_BYTES = 24
"""Of a webhook secret: Standard Webhooks asks for 24 to 64 bytes."""
MOST_LATE_S = 86_400
"""A day: a shop that has not sold its goods to somebody else by then would have set a longer expiry."""


class ShopSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One `[[shops]]` table. Its `repr` shows no secret."""

    shop_id: str
    merchant_id: str
    name: str
    notify_url: str | None = None
    webhook_secret: str
    """`whsec_<base64>`; several, separated by spaces, while a secret is being changed."""
    api_key_sha256: str
    """SHA-256 (hex) of the API key; several, separated by spaces."""
    accept_late_s: Annotated[int, msgspec.Meta(ge=1, le=MOST_LATE_S)] | None = None
    """迟到成功: for so long after a payment has expired the shop still wants the order if the money arrives. Until then
    the payment stays `closing`. None: what arrives after the closing goes back."""
    static_code: bool = False
    """固定收款码: `/collect/{shop_id}` lets customers enter an amount and pay it."""

    def __repr__(self) -> str:
        return f"ShopSettings({self.shop_id!r})"

    def shop(self) -> Shop:
        return Shop(
            shop_id=self.shop_id,
            merchant_id=self.merchant_id,
            name=self.name,
            notify_url=self.notify_url,
            accept_late_s=self.accept_late_s,
        )

    def secrets(self) -> list[Secret]:
        return [Secret(text) for text in self.webhook_secret.split()]

    def key_fingerprints(self) -> list[str]:
        return self.api_key_sha256.lower().split()

    def problems(self) -> list[str]:
        """What does not make sense."""
        place = f"shops[{self.shop_id}]"
        found = id_problems(place, shop_id=self.shop_id, merchant_id=self.merchant_id)
        if self.notify_url is not None and not is_web_address(self.notify_url, with_query=True):
            found.append(
                f"{place}.notify_url: must be an http(s) address without user name and # / "
                "须为 http(s) 地址，不含用户名和 #"
            )
        keys = self.key_fingerprints()
        if not keys or not all(SHA256.fullmatch(key) for key in keys):
            found.append(
                f"{place}.api_key_sha256: 64 hexadecimal characters are needed, the SHA-256 of the API key / "
                "须为 API 密钥的 SHA-256（64 位十六进制）"
            )
        if not self.webhook_secret.split() or not all(_is_webhook_secret(secret) for secret in self.secrets()):
            found.append(
                f"{place}.webhook_secret: must be whsec_ and the base64 of at least {LEAST_SECRET_BYTES} random bytes "
                f"/ 须为 whsec_ 加至少 {LEAST_SECRET_BYTES} 字节随机数的 base64"
            )
        return found


def _is_webhook_secret(secret: Secret) -> bool:
    try:
        return secret.reveal().startswith("whsec_") and len(key_of(secret)) >= LEAST_SECRET_BYTES
    except WebhookSecretError:
        return False
