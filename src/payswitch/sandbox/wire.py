"""What a channel family's stand-in is, and what the core gives it.

To add a family: one folder `sandbox/<family>/` with a class that satisfies `Wire`, its key struct in `keys.py`, and
one line in `wires.py`. The class is made once with the `SandboxCore` (see `core.py`) and then

1. serves its real paths: each route handler builds a `WireCall` and returns `await core.perform(request, call)`.
   `perform` is the only place where faults touch an API call, so that every kind works alike for every family;
2. recognises its own credentials when a shopper's wallet scans one (`scan`);
3. writes and signs its notifications (`build_notification`); the core sends, retries, loses and doubles them.

Orders live in `core.ledger`; a stand-in keeps no books of its own. After a change that the channel would notify, it
calls `core.notifier.start(order, kind, refund)`; payments made in the wallet are notified by the core itself
(`kind="paid"`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

import msgspec
from aiohttp import web

from payswitch.kit.retry import Schedule
from payswitch.sandbox.faults import Fault
from payswitch.sandbox.ledger import Order, Refund
from payswitch.sandbox.world import AccountSpec


class Seal(StrEnum):
    """How an answer is to be sealed (signed): honestly, or wrong in one particular way."""

    HONEST = "honest"
    MALFORMED = "malformed"
    """Signed as usual where the signature stands outside of the body, but the body is cut in the middle."""
    BAD_SIGNATURE = "bad_signature"
    """Everything in place, the signature by a key that is not the channel's."""
    UNKNOWN_SERIAL = "unknown_serial"
    """Names a signing key (certificate serial, key id) that the client has never heard of."""
    PROBE = "signature_probe"
    """WeChat's deliberate test of its clients (探测流量); other families have none and seal as they like."""


class Guise(StrEnum):
    """How a notification is to be made: the real one, or a fault's."""

    HONEST = "honest"
    FORGED = "forged"
    """Signed by somebody else's key; must be refused by any correct client."""
    PROBE = "probe"
    """WeChat's deliberate test: must be refused, and is no attack."""
    WRONG_AMOUNT = "wrong_amount"
    """Properly signed, but the amount is one fen more than the order's."""


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the channel wants to say, before it is sealed."""

    status: int = 200
    body: bytes = b""
    notes: Mapping[str, str] = {}
    """For the family's own `seal`, e.g. WeChat's sub-reason in the Request-ID header."""


class WireCall(Protocol):
    """One API call that arrived, as far as it can be read before anything is verified."""

    @property
    def account(self) -> AccountSpec: ...

    operation: str
    """One of `faults.API_OPERATIONS`: `create`, `query`, `close`, `refund`, ..."""
    product: str | None
    """The product in the switch's words, from the body or from the order in the ledger; None if unknown."""
    amount_fen: int | None

    def process(self) -> Answer:
        """Verify the request and do the work on the ledger. Never awaits, never raises for a client's mistakes."""
        ...

    def refuse(self, fault: Fault) -> Answer:
        """The family's own shape of an injected error: `fault.code`, `fault.message`, `fault.status` (0: usual)."""
        ...

    def seal(self, answer: Answer, seal: Seal) -> web.Response:
        """The complete HTTP response, signed as `seal` asks."""
        ...


class Credential(msgspec.Struct, frozen=True, kw_only=True):
    """What the shopper's wallet got: exactly the credential that the switch gave out."""

    kind: str = "qr"
    """`qr`, `redirect`, `form`, `jsapi`, `app`."""
    content: str = ""
    params: Mapping[str, str] = {}


class WalletProblem(msgspec.Struct, frozen=True, kw_only=True):
    """The credential is this family's, but it cannot be paid."""

    result: str
    """One of `wallet.RESULTS`: `not_found`, `expired`, `closed`, `wallet_error`, ..."""
    message: str
    """For the shopper, Chinese / English."""
    order: Order | None = None


class NotifyEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened that the channel tells the merchant."""

    event_id: str
    """Stable over all tries of this event."""
    kind: str
    """`paid`, `refunded`, `closed`."""
    at_ms: int
    refund: Refund | None = None


class OutgoingNotification(msgspec.Struct, frozen=True, kw_only=True):
    """One HTTP request to the merchant, complete."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"


class Wire(Protocol):
    """The stand-in of one channel family. Made as `WireClass(core)`; keys are parsed in the constructor, once."""

    family: str
    """As `AccountSpec.family`."""
    notify_schedule: Schedule
    """The channel's real gaps between tries; the core scales them."""
    notify_timeout_s: float
    """How long the channel waits for the merchant's acknowledgement."""

    def routes(self) -> list[web.RouteDef]:
        """The real paths of this family."""
        ...

    def scan(self, credential: Credential) -> Order | WalletProblem | None:
        """A wallet opened this credential. None: it is not of this family.

        This is the moment at which an order that is created by the customer's act comes to exist (Alipay). Signed
        credentials are verified here. The state of the order is not judged here: the wallet does that. Finding the
        order by token is not enough: a token that a newer one replaced (`order.credential`) is `expired`.
        """
        ...

    def transaction_id(self, order: Order) -> str:
        """A new channel-side number for a payment that is being made now."""
        ...

    def build_notification(self, order: Order, event: NotifyEvent, guise: Guise) -> OutgoingNotification:
        """Freshly made and signed for every try: clients refuse old timestamps. Says what was true at the event."""
        ...

    def acknowledged(self, status: int, body: bytes) -> bool:
        """Whether this answer of the merchant ends the tries."""
        ...
