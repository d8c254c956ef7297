"""Calls of one account: common fields, signature, form, and the judged answer."""

from __future__ import annotations

from collections.abc import Mapping

from payswitch.connectors.codes import Operation
from payswitch.connectors.quickpay.account import QuickpayAccount
from payswitch.connectors.quickpay.answers import believed_fields
from payswitch.connectors.quickpay.signing import SIGN
from payswitch.connectors.quickpay.wire import FORM, Fields, form
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.outcome import Outcome
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource

VERSION = "11"


class Calls:
    """Sends; never raises for network or channel trouble, never sends twice."""

    def __init__(self, account: QuickpayAccount, *, transport: HttpTransport, clock: Clock, ids: IdSource) -> None:
        self.account = account
        self.clock = clock
        self._transport = transport
        self._ids = ids

    async def ask(
        self, path: str, fields: Mapping[str, str], operation: Operation, timeout_ms: int
    ) -> Fields | Outcome:
        return await self.ask_at(f"{self.account.base_url}/{path}", fields, operation, timeout_ms)

    async def ask_at(
        self, url: str, fields: Mapping[str, str], operation: Operation, timeout_ms: int
    ) -> Fields | Outcome:
        """Fields without a value are left out: 收银宝 signs nothing that is empty."""
        account = self.account
        body = {
            "cusid": account.cusid,
            "appid": account.appid,
            "orgid": account.orgid,
            "version": VERSION,
            "randomstr": self._ids.nonce(),
            "signtype": account.signatures.name,
            **fields,
        }
        filled = {name: value for name, value in body.items() if value}
        filled[SIGN] = account.signatures.sign(filled)
        answer = await self._transport.send("POST", url, headers=FORM, body=form(filled), timeout_ms=timeout_ms)
        return believed_fields(answer, operation=operation, account=account)
