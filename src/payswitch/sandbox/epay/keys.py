"""The keys of one merchant at an epay platform, of both sides."""

from __future__ import annotations

import msgspec


class EpayKeys(msgspec.Struct, frozen=True, kw_only=True, tag="epay"):
    """A merchant. `version` says which protocol the platform gave it; the other version's keys stay empty."""

    pid: str
    version: str
    """`1` (MD5 with a shared key) or `2` (RSA, a pair of keys on each side)."""
    key: str = ""
    merchant_private_key: str = ""
    merchant_public_key: str = ""
    platform_private_key: str = ""
    platform_public_key: str = ""

    def __repr__(self) -> str:
        return f"EpayKeys(pid={self.pid!r}, version={self.version!r})"

    def connector_account(self, base_url: str) -> dict[str, str]:
        """The merchant's side only, in the words of the switch's `[channels.account]` table."""
        account = {"base_url": base_url, "pid": self.pid, "version": self.version}
        if base_url.startswith("http://"):
            account["allow_plain_http"] = "true"
        if self.version == "1":
            return account | {"key": self.key}
        return account | {
            "merchant_private_key": self.merchant_private_key,
            "platform_public_key": self.platform_public_key,
        }
