"""One call to the gateway: signed, sent once, and its answer judged."""

from __future__ import annotations

from payswitch.connectors.acp.account import AcpAccount
from payswitch.connectors.acp.answers import believed_fields
from payswitch.connectors.acp.wire import FORM, Fields, form_body
from payswitch.connectors.codes import Operation
from payswitch.connectors.transport import HttpTransport
from payswitch.domain.outcome import Outcome


async def ask(
    account: AcpAccount,
    transport: HttpTransport,
    path: str,
    request: Fields,
    *,
    operation: Operation,
    timeout_ms: int,
) -> Fields | Outcome:
    """The fields of a successful, genuine answer about exactly this message, or what else it was."""
    answer = await transport.send(
        "POST",
        account.gateway + path,
        headers=FORM,
        body=form_body(account.signer.signed(request)),
        timeout_ms=timeout_ms,
    )
    return believed_fields(answer, request=request, operation=operation, verifier=account.verifier)
