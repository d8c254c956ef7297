"""The keys of one Huifu account, of both sides."""

from __future__ import annotations

import msgspec


class HuifuKeys(msgspec.Struct, frozen=True, kw_only=True, tag="huifu"):
    """A merchant at Huifu, signed up directly (`sys_id` is its own number) or under a service provider."""

    sys_id: str
    product_id: str
    huifu_id: str
    merchant_private_key: str
    merchant_public_key: str
    huifu_private_key: str
    huifu_public_key: str
    wx_appid: str
    """The 公众号 bound to this merchant."""
    wx_mini_appid: str
    """The mini program bound to it."""

    def __repr__(self) -> str:
        return f"HuifuKeys(huifu_id={self.huifu_id!r})"

    def connector_account(self, base_url: str) -> dict[str, str]:
        """The merchant's side only, in the words of the switch's `[channels.account]` table."""
        return {
            "base_url": base_url,
            "sys_id": self.sys_id,
            "product_id": self.product_id,
            "huifu_id": self.huifu_id,
            "merchant_private_key": self.merchant_private_key,
            "huifu_public_key": self.huifu_public_key,
            "wx_appid": self.wx_appid,
            "wx_mini_appid": self.wx_mini_appid,
        }
