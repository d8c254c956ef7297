"""One UnionPay merchant account, read from the configuration: every key parsed once, every problem named at once."""

from __future__ import annotations

from typing import Final

from payswitch.connectors.acp.account import ACP_KEYS, PRODUCTION, AcpAccount, AcpReader
from payswitch.connectors.contract import Account, AccountProblem
from payswitch.kit.clock import Clock

_FILE_GATEWAYS: Final = {
    PRODUCTION: "https://filedownload.95516.com/",
    "https://gateway.test.95516.com": "https://filedownload.test.95516.com/",
}
_KNOWN_KEYS: Final = ACP_KEYS | {"file_gateway", "app_mode"}


class UnionPayAccount(AcpAccount, frozen=True, kw_only=True):
    """An account that is ready to use."""

    file_gateway: str
    """Where bills are fetched; empty when not configured and not derivable."""
    app_mode: str
    """For the customer's app: `00` production, `01` test."""


def read_account(channel_id: str, account: Account, *, clock: Clock) -> UnionPayAccount:
    """Read and check everything. Raises AccountProblem with all problems, each in both languages."""
    reader = AcpReader(account, "unionpay")
    acp = reader.acp(clock=clock)
    file_gateway = reader.url("file_gateway", _FILE_GATEWAYS.get(acp.gateway, "") if acp else "")
    app_mode = reader.one_of("app_mode", ("00", "01"), "00")
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
    )
