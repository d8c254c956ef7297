"""The keys and terms of one sandbox merchant at 收银宝, of both sides."""

from __future__ import annotations

import secrets

import msgspec

from payswitch.kit.crypto import SigningKey, generate_private_pem

_DIGITS = "0123456789"
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"


class QuickpayKeys(msgspec.Struct, frozen=True, kw_only=True, tag="quickpay"):
    """A merchant with one application. Signs with RSA or with MD5, never both."""

    cusid: str
    appid: str
    merchant_private_key: str = ""
    merchant_public_key: str = ""
    allinpay_private_key: str = ""
    allinpay_public_key: str = ""
    md5_key: str = ""
    """Given exactly when the merchant signs with MD5."""
    ecny_paytype: str = ""
    """Empty: the merchant has not signed up for e-CNY."""
    bank: str = ""
    """`icbc`, `ccb`, ...: takes this bank's cards only. Empty: every bank's."""
    single_limit_fen: int = 500_000
    daily_limit_fen: int = 1_000_000
    """For one card and one Beijing day."""

    def __repr__(self) -> str:
        return f"QuickpayKeys(cusid={self.cusid!r})"

    def connector_account(self, base_url: str) -> dict[str, str]:
        """The merchant's side only, in the words of the switch's `[channels.account]` table."""
        account = {
            "base_url": f"{base_url}/apiweb",
            "bill_url": f"{base_url}/cusapi/trxfile/get",
            "cusid": self.cusid,
            "appid": self.appid,
        }
        if self.md5_key:
            account |= {"sign_type": "MD5", "md5_key": self.md5_key}
        else:
            account |= {
                "sign_type": "RSA",
                "merchant_private_key": self.merchant_private_key,
                "allinpay_public_key": self.allinpay_public_key,
            }
        optional = {"ecny_paytype": self.ecny_paytype, "bank": self.bank}
        return account | {name: value for name, value in optional.items() if value}


def make_quickpay_keys(
    *, sign_type: str = "RSA", bank: str = "", ecny_paytype: str = "", key_bits: int = 2048
) -> QuickpayKeys:
    """A new merchant. `sign_type` is `RSA` or `MD5`."""
    keys = QuickpayKeys(
        cusid="99" + _random(_DIGITS, 13), appid="00" + _random(_DIGITS, 6), bank=bank, ecny_paytype=ecny_paytype
    )
    if sign_type == "MD5":
        return msgspec.structs.replace(keys, md5_key=_random(_ALPHABET, 32))
    if sign_type != "RSA":
        raise ValueError("a sandbox merchant signs with RSA or MD5")
    own, allinpay = generate_private_pem(key_bits), generate_private_pem(key_bits)
    return msgspec.structs.replace(
        keys,
        merchant_private_key=own,
        merchant_public_key=SigningKey(own).public_pem,
        allinpay_private_key=allinpay,
        allinpay_public_key=SigningKey(allinpay).public_pem,
    )


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
