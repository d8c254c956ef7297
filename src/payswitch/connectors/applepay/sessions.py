"""Merchant sessions: what `ApplePaySession` wants to have before it shows the customer's cards. No money moves.

Asked for with our Merchant Identity certificate (mutual TLS), for one page on one registered domain. Apple's answer is
opaque: handed to the browser byte for byte, good once and for about five minutes.
"""

from __future__ import annotations

from typing import Final

import msgspec

from payswitch.connectors.applepay.account import AppleDesk
from payswitch.connectors.applepay.hosts import is_apples
from payswitch.connectors.codes import outcome_of_failure
from payswitch.connectors.transport import HttpAnswer, HttpTransport, SendFailure
from payswitch.domain.exchange import MerchantSession
from payswitch.domain.outcome import Outcome, OutcomeKind

_HEADERS: Final = {"content-type": "application/json"}
_LONGEST_SESSION: Final = 65_536
"""Bytes; real sessions have about four thousand."""
_LONGEST_MESSAGE: Final = 200
_BUSY: Final = frozenset({408, 417, 429})
"""417 has been seen for merchants whose next request was served [C: Apple's developer forum]."""
_encode: Final = msgspec.json.Encoder().encode


class _Complaint(msgspec.Struct, frozen=True):
    status_message: str = msgspec.field(name="statusMessage", default="")


async def fetch_session(
    desk: AppleDesk, transport: HttpTransport, *, validation_url: str, domain: str, timeout_ms: int
) -> MerchantSession:
    """See `domain.channel_client.ApplePayDesk`. Nothing is called when the address is not Apple's, or the domain not
    ours."""
    domain = domain.lower()
    if not is_apples(validation_url, desk.hosts):
        return _refused(
            "validation_url", "validation_url is not an address of Apple's / validation_url 不是 Apple 的地址"
        )
    if domain not in desk.domains:
        return _refused("domain", "this domain is not in the account's domains / 该域名不在账户的 domains 中")
    body = {
        "merchantIdentifier": desk.merchant_identifier,
        "displayName": desk.display_name,
        "initiative": "web",
        "initiativeContext": domain,
    }
    answer = await transport.send(
        "POST", desk.url, headers=_HEADERS, body=_encode(body), timeout_ms=timeout_ms, tls=desk.tls
    )
    return _read(answer)


def _refused(code: str, message: str) -> MerchantSession:
    return MerchantSession(outcome=Outcome(kind=OutcomeKind.REFUSED_CONFIG, code=code, message=message))


def _read(answer: HttpAnswer | SendFailure) -> MerchantSession:
    if isinstance(answer, SendFailure):
        return MerchantSession(outcome=outcome_of_failure(answer))
    if answer.status != 200:
        return MerchantSession(outcome=_complaint(answer))
    if len(answer.body) > _LONGEST_SESSION or not _is_object(answer.body):
        return MerchantSession(
            outcome=Outcome(kind=OutcomeKind.UNKNOWN, code="unreadable", message="Apple's answer is no session")
        )
    return MerchantSession(outcome=Outcome(kind=OutcomeKind.ACCEPTED, code="200"), session=answer.body)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(body), dict)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return False


def _complaint(answer: HttpAnswer) -> Outcome:
    """Apple says no. Asking again for a session is harmless; a 4xx stays a 4xx until a person mends the registration or
    the certificate."""
    try:
        words = msgspec.json.decode(answer.body, type=_Complaint).status_message[:_LONGEST_MESSAGE]
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        words = ""
    passing = answer.status in _BUSY or answer.status >= 500
    return Outcome(
        kind=OutcomeKind.REFUSED_CHANNEL if passing else OutcomeKind.REFUSED_CONFIG,
        code=f"http_{answer.status}",
        message=words,
        transient=passing,
    )
