"""One UnionPay merchant account, read from the configuration: every key parsed once, every problem named at once."""

from __future__ import annotations

import re
from typing import Final

from payswitch.connectors.acp.account import ACP_KEYS, PRODUCTION, AcpAccount, AcpReader
from payswitch.connectors.contract import Account, AccountProblem
from payswitch.domain.channel import Product
from payswitch.kit.clock import Clock

_FILE_GATEWAYS: Final = {
    PRODUCTION: "https://filedownload.95516.com/",
    "https://gateway.test.95516.com": "https://filedownload.test.95516.com/",
}
SHOWN_KEYS: Final = frozenset(
    {
        "gateway",
        "file_gateway",
        "mer_id",
        "accept_expired_certificates",
        "check_sign_cert_cn",
        "app_mode",
        "term_id",
        "same_day_refund",
    }
)
"""No secrets: an operator may see these again."""
_KNOWN_KEYS: Final = ACP_KEYS | SHOWN_KEYS
_TERM_ID: Final = re.compile(r"[0-9A-Za-z]{8}", re.ASCII)


class UnionPayAccount(AcpAccount, frozen=True, kw_only=True):
    """An account that is ready to use."""

    file_gateway: str
    """Where bills are fetched; empty when not configured and not derivable."""
    app_mode: str
    """For the customer's app: `00` production, `01` test."""
    term_id: str
    """终端号 of the cash desk, for 付款码; empty when the account does not offer it."""
    undoes_same_day: bool
    """A refund of everything on the day of the payment is made as 消费撤销, as some contracts want."""


def read_account(
    channel_id: str, account: Account, *, clock: Clock, products: frozenset[Product] = frozenset()
) -> UnionPayAccount:
    """Read and check everything. Raises AccountProblem with all problems, each in both languages."""
    reader = AcpReader(account, "unionpay")
    acp = reader.acp(clock=clock)
    file_gateway = reader.url("file_gateway", _FILE_GATEWAYS.get(acp.gateway, "") if acp else "")
    app_mode = reader.one_of("app_mode", ("00", "01"), "00")
    term_id = _read_term_id(reader, needed=Product.UNIONPAY_CODE in products)
    same_day_refund = reader.one_of("same_day_refund", ("refund", "undo"))
    reader.unknown_keys(_KNOWN_KEYS)
    if reader.problems or acp is None:
        raise AccountProblem(channel_id, reader.problems)
    return UnionPayAccount(
        gateway=acp.gateway,
        mer_id=acp.mer_id,
        signer=acp.signer,
        verifier=acp.verifier,
        file_gateway=file_gateway,
        app_mode=app_mode,
        term_id=term_id,
        undoes_same_day=same_day_refund == "undo",
    )


def _read_term_id(reader: AcpReader, *, needed: bool) -> str:
    hint = "付款码产品需要的终端号，8 位数字或字母"
    value = reader.required("term_id", hint) if needed else reader.text("term_id")
    if value and _TERM_ID.fullmatch(value) is None:
        reader.problems.append(f"term_id must be 8 letters or digits / term_id 格式不对：{hint}")
    return value
