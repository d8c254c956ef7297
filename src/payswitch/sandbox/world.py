"""The sandbox's world: which accounts exist, with every key of both sides. One JSON file, `sandbox.json`."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from payswitch.sandbox.authority import Authority, house
from payswitch.sandbox.keys import Keys, make_alipay_keys, make_wechat_keys
from payswitch.sandbox.robots.accounts import RobotSpec


class AccountSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One merchant account at one channel."""

    channel_id: str
    """The name that faults, ledger and drills use; also the channel's id in the demo's configuration."""
    name: str
    """What a person reads on the wallet page."""
    base_url: str
    """Where this sandbox is reached, without a slash at the end."""
    wallets: tuple[str, ...]
    """Which of the shoppers' wallets can pay here: `wechat`, `alipay`, `huabei`, `bank`, `unionpay`, `ecny`, ..."""
    keys: Keys
    base_url_tls: str = ""
    """Where this sandbox asks for client certificates (`https://...`); empty: it has no such port."""
    ca_certificate: str = ""
    """Whom a client must trust there."""
    fee_bp: int = 60
    """What the channel keeps of a payment, in basis points (60 = 0.6 %): stands in its bills."""

    @property
    def family(self) -> str:
        """`wechatpay`, `alipay`: which wire this account speaks."""
        return str(self.keys.__struct_config__.tag)

    def connector_account(self) -> dict[str, str]:
        """Exactly the `[channels.account]` keys that the switch needs: the merchant's side, no channel secret."""
        account = self.keys.connector_account(self.base_url)
        if self.client_certificate and self.base_url_tls:
            account |= {"base_url_tls": self.base_url_tls, "ca_certificate": self.ca_certificate}
        return account

    @property
    def client_certificate(self) -> str:
        """What this account shows on the TLS port; empty for families that never ask for one."""
        return getattr(self.keys, "client_certificate", "")


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a sandbox needs to know in order to be somebody's channels."""

    base_url: str
    base_url_tls: str = ""
    """Of the port that asks for client certificates; empty: there is none."""
    accounts: list[AccountSpec]
    authority: Authority = msgspec.field(default_factory=house)
    """Signs that port's certificate; the accounts' own are from it, too."""
    robots: list[RobotSpec] = []
    """群机器人 that hear alerts; none: the sandbox has no groups."""

    def account(self, channel_id: str) -> AccountSpec:
        """The account with that id; KeyError names the ones there are."""
        for account in self.accounts:
            if account.channel_id == channel_id:
                return account
        raise KeyError(f"{channel_id!r}; this sandbox has {[a.channel_id for a in self.accounts]}")

    def at(self, base_url: str, base_url_tls: str = "") -> World:
        """The same world with the same keys at another address: keys are dear to make, ports are not."""
        base_url, base_url_tls = base_url.rstrip("/"), base_url_tls.rstrip("/")
        place = {
            "base_url": base_url,
            "base_url_tls": base_url_tls,
            "ca_certificate": self.authority.certificate if base_url_tls else "",
        }
        moved = [msgspec.structs.replace(account, **place) for account in self.accounts]
        return World(
            base_url=base_url, base_url_tls=base_url_tls, accounts=moved, authority=self.authority, robots=self.robots
        )

    def to_json(self) -> bytes:
        return msgspec.json.format(msgspec.json.encode(self), indent=2)

    @staticmethod
    def from_json(text: bytes) -> World:
        """Raises msgspec.DecodeError or ValidationError for anything that is no world."""
        return msgspec.json.decode(text, type=World)

    def save(self, path: Path) -> None:
        """Written for the owner's eyes only: sandbox keys are keys all the same."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.to_json())

    @staticmethod
    def load(path: Path) -> World:
        return World.from_json(path.read_bytes())


def wechat_account(
    channel_id: str,
    base_url: str,
    *,
    name: str = "微信支付沙箱",
    platform_certificate: bool = True,
    public_key: bool = False,
    key_bits: int = 2048,
) -> AccountSpec:
    """A new WeChat Pay account: in platform-certificate mode, public-key mode, or both while migrating."""
    keys = make_wechat_keys(platform_certificate=platform_certificate, public_key=public_key, key_bits=key_bits)
    return AccountSpec(channel_id=channel_id, name=name, base_url=base_url, wallets=("wechat",), keys=keys)


def alipay_account(
    channel_id: str,
    base_url: str,
    *,
    name: str = "支付宝沙箱",
    certificate_mode: bool = False,
    wallets: tuple[str, ...] = ("alipay", "huabei"),
    key_bits: int = 2048,
) -> AccountSpec:
    """A new Alipay account: in public-key mode or certificate mode."""
    keys = make_alipay_keys(certificate_mode=certificate_mode, key_bits=key_bits)
    return AccountSpec(channel_id=channel_id, name=name, base_url=base_url, wallets=wallets, keys=keys)


def default_five(base_url: str, *, key_bits: int = 2048) -> World:
    """The demo's five accounts: every key mode of both families, and a bank that speaks Alipay's protocol."""
    base_url = base_url.rstrip("/")
    return World(
        base_url=base_url,
        accounts=[
            wechat_account("wechat-main", base_url, name="微信支付·主", key_bits=key_bits),
            wechat_account(
                "wechat-backup",
                base_url,
                name="微信支付·备",
                platform_certificate=False,
                public_key=True,
                key_bits=key_bits,
            ),
            alipay_account("alipay-main", base_url, name="支付宝·主", key_bits=key_bits),
            alipay_account("alipay-backup", base_url, name="支付宝·备", certificate_mode=True, key_bits=key_bits),
            alipay_account(
                "bank-alipay",
                base_url,
                name="银行收单",
                wallets=("alipay", "huabei", "bank"),
                key_bits=key_bits,
            ),
        ],
    )


def make_world(base_url: str, *, key_bits: int = 2048) -> World:
    """A new world with the default five accounts and freshly made keys (takes a second or two)."""
    return default_five(base_url, key_bits=key_bits)
