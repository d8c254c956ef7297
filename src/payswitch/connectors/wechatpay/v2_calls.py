"""One call to API V2, and the judgement of its answer."""

from __future__ import annotations

from typing import Final

from payswitch import __version__
from payswitch.connectors.codes import Operation, outcome_of_failure
from payswitch.connectors.transport import ClientTls, HttpAnswer, HttpTransport, SendFailure
from payswitch.connectors.wechatpay.hosts import Hosts
from payswitch.connectors.wechatpay.parties import Party
from payswitch.connectors.wechatpay.v2_account import V2Account
from payswitch.connectors.wechatpay.v2_codes import turned_away
from payswitch.connectors.wechatpay.v2_signing import is_genuine, sign
from payswitch.connectors.wechatpay.v2_xml import Fields, read_xml, write_xml
from payswitch.domain.outcome import Outcome, OutcomeKind
from payswitch.kit.clock import Clock
from payswitch.kit.ids import IdSource

HEADERS: Final = {"Content-Type": "text/xml; charset=utf-8", "User-Agent": f"PaySwitch/{__version__}"}


class V2Calls:
    """Sends a signed request once and gives the fields of its genuine answer, or the outcome of everything else."""

    def __init__(
        self, account: V2Account, party: Party, *, transport: HttpTransport, clock: Clock, ids: IdSource
    ) -> None:
        self._account = account
        self._party = party
        self._transport = transport
        self._clock = clock
        self._ids = ids

    async def call(
        self,
        operation: Operation,
        hosts: Hosts,
        path: str,
        said: Fields,
        timeout_ms: int,
        *,
        tls: ClientTls | None = None,
    ) -> Fields | Outcome:
        """`said` is what only this call says; whose account it is, the nonce and the signature are added here."""

        async def send(site: str, timeout_ms: int) -> HttpAnswer | SendFailure:
            body = write_xml(self._signed(said))
            return await self._transport.send(
                "POST", site + path, headers=HEADERS, body=body, timeout_ms=timeout_ms, tls=tls
            )

        answer = await hosts.send(send, self._clock.monotonic_ms() + timeout_ms)
        if isinstance(answer, SendFailure):
            return outcome_of_failure(answer, operation)
        return self._judged(operation, answer)

    def _signed(self, said: Fields) -> dict[str, str]:
        account = self._account
        fields = {
            **self._party.v2_fields(),
            **said,
            "nonce_str": self._ids.nonce(),
            "sign_type": account.sign_type.value,
        }
        return fields | {"sign": sign(fields, account.key, account.sign_type)}

    def _judged(self, operation: Operation, answer: HttpAnswer) -> Fields | Outcome:
        """Only a signed answer about our own merchant is one. `return_code=FAIL` never carries a signature."""
        fields = read_xml(answer.body) if answer.status == 200 else None
        if fields is None or "return_code" not in fields:
            code = "unreadable" if answer.status == 200 else f"http_{answer.status}"
            return Outcome(kind=OutcomeKind.UNKNOWN, code=code)
        if fields["return_code"] != "SUCCESS":
            return turned_away(operation, fields.get("return_msg", ""))
        if not fields.get("sign"):
            return Outcome(kind=OutcomeKind.UNTRUSTED, code="signature_missing")
        if not is_genuine(fields, self._account.key, self._account.sign_type):
            return Outcome(kind=OutcomeKind.UNTRUSTED, code="bad_signature")
        return fields
