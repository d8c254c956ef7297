"""What the switch and a connector say to each other: the same words for every channel.

A connector turns these into its channel's wire format and back. Amounts are fen, times Unix milliseconds;
the connector converts. Every answer carries exactly one `Outcome`; no connector raises for anything a channel
or a network can do.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from payswitch.domain.channel import Credential, Environment, Product
from payswitch.domain.outcome import Outcome
from payswitch.kit.secrets import Secret


class CreateOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Please make an order that the customer can pay."""

    channel_order_no: str
    product: Product
    amount_fen: int
    subject: str
    created_at_ms: int
    expires_at_ms: int
    """Absolute; always sent to the channel, so that no credential lives for ever."""
    notify_url: str
    """Where the channel notifies us: no query string, no fragment."""
    return_url: str | None = None
    """Where the wallet sends the browser back to; display only, never evidence."""
    environment: Environment
    openid: str | None = None
    buyer_id: str | None = None
    client_ip: str = "127.0.0.1"
    instalments: int | None = None
    agreement_no: str = ""
    """The channel's own number of the card that the customer signed up (签约), for products that need one."""


class DebitOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Please take the money now (pull products): **this call may debit**."""

    order: CreateOrder
    consent: Secret
    """What the customer gave, of the kind that the capability names."""
    handle: str = ""
    """`Credential.handle` of the answer to `create`, for products that are created first."""


class OpenidSpace(msgspec.Struct, frozen=True):
    """An openid belongs to an appid, and means nothing outside it."""

    appid: str
    own: bool = True
    """Whether the appid is the merchant's own; False: a service provider's."""


class OpenidAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """ACCEPTED with the customer's openid, or why it is not known."""

    outcome: Outcome
    openid: str = ""


class CreateAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """`credential` is present exactly when the outcome is ACCEPTED."""

    outcome: Outcome
    credential: Credential | None = None


class OrderRef(msgspec.Struct, frozen=True, kw_only=True):
    """Names an order at the channel."""

    channel_order_no: str
    product: Product
    amount_fen: int
    created_at_ms: int
    transaction_id: str | None = None


class OrderFact(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel asserts about one order, with verified origin (signature or authenticated query).

    `outcome.kind` is PAID, PENDING, CLOSED or NOT_FOUND, or says why nothing is known. The amounts and the
    merchant are the channel's own words; the funnel compares them with ours before believing PAID.
    """

    channel_order_no: str
    outcome: Outcome
    amount_fen: int | None = None
    currency: str | None = None
    merchant_ok: bool = True
    """Whether merchant id and app id in the message are this channel's own."""
    transaction_id: str | None = None
    paid_at_ms: int | None = None


class RefundOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Please pay back (a part of) a paid order."""

    order: OrderRef
    out_refund_no: str
    amount_fen: int
    reason: str
    notify_url: str
    created_at_ms: int | None = None
    """When the refund was made here, the same in every call about it: some channels know a refund by its number and
    its day, and would pay back a second time under the same number on another day."""


class RefundFact(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel asserts about one refund. `outcome.kind`: PAID means the money went back, PENDING that
    the channel took it and works on it, CLOSED or REFUSED_* that this number will never pay back, NOT_FOUND
    that the channel does not know the number; `merchant_side` marks what a person must mend."""

    out_refund_no: str
    outcome: Outcome
    amount_fen: int | None = None
    channel_refund_id: str | None = None


class PayeeCard(msgspec.Struct, frozen=True, kw_only=True):
    """A debit card of the customer's, for a refund whose own way is void. Never stored, never shown."""

    bank: str
    """`icbc`, `ccb`, ..."""
    card_no: Secret
    name: Secret


class NotifyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """An inbound notification exactly as it arrived. Header names are lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes to answer a channel with."""

    status: int
    content_type: str = "text/plain"
    body: bytes = b""


class NotifyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A verified notification's facts, or the reason why it is not believed.

    `outcome` is PAID/PENDING/CLOSED kinds only inside the facts; here it says whether the message itself is
    trusted: ACCEPTED or UNTRUSTED (or REFUSED_CONFIG for a body that is no notification at all).
    `probe` marks a deliberate signature test of the channel: refuse it, raise no alarm.
    """

    outcome: Outcome
    order: OrderFact | None = None
    refund: RefundFact | None = None
    probe: bool = False
    reply: Reply | None = None
    """What to answer once the facts are committed, where that depends on the message itself (Huifu wants to hear its
    number); None: `ChannelClient.acknowledge(True)`."""


class AgreementOrder(msgspec.Struct, frozen=True, kw_only=True):
    """签约申请: please let the customer sign up this card. No money moves. Card and holder travel as `Secret`; they
    appear on the wire to the channel and nowhere else, and are never stored."""

    customer_no: str
    """Our name for the customer at the channel: derived, the same for all cards of one customer of one merchant."""
    bank: str
    card_no: Secret
    id_no: Secret
    name: Secret
    mobile: Secret
    is_credit: bool = False
    valid_until: Secret | None = None
    """Credit cards: MMYY as printed."""
    cvv2: Secret | None = None


class AgreementAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """ACCEPTED after applying: the bank sent an SMS code, `handle` goes back with it. ACCEPTED after confirming: the
    card is signed up under `agreement_no`. REFUSED_PAYER with `ask_consent`: a wrong code, another may be given."""

    outcome: Outcome
    handle: str = ""
    agreement_no: str = ""


class MerchantSession(msgspec.Struct, frozen=True, kw_only=True):
    """ACCEPTED: Apple's opaque merchant session, to be handed to the browser's `ApplePaySession` as it is."""

    outcome: Outcome
    session: bytes = b""
    """JSON, never read here."""
