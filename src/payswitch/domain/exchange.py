"""What the switch and a connector say to each other: the same words for every channel.

A connector turns these into its channel's wire format and back. Amounts are fen, times Unix milliseconds;
the connector converts. Every answer carries exactly one `Outcome`; no connector raises for anything a channel
or a network can do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import msgspec

from payswitch.domain.channel import Credential, Environment, Product, RefundTerms
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


@runtime_checkable
class OpenidNeeder(Protocol):
    """A client that knows under which appid it needs the customer's openid. Optional: of a client that does not say,
    the shop's own appid is assumed."""

    def openid_space(self, product: Product) -> OpenidSpace | None:
        """None: the product needs no openid, or the account does not say whose."""
        ...


class OpenidAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """ACCEPTED with the customer's openid, or why it is not known."""

    outcome: Outcome
    openid: str = ""


@runtime_checkable
class OpenidDesk(Protocol):
    """A client that can learn from WeChat whose browser is looking (网页授权)."""

    @property
    def tells_openids(self) -> bool:
        """Whether the account has what that needs (the appid's secret)."""
        ...

    def login_url(self, product: Product, back_url: str, state: str) -> str | None:
        """Where to send the browser; it comes back to `back_url` with `code` and `state`. None: not for this one."""
        ...

    async def openid(self, product: Product, code: str, timeout_ms: int) -> OpenidAnswer:
        """Exchange the code, which is good once and for five minutes."""
        ...


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


class ChannelClient(Protocol):
    """One configured account on one connector, keys loaded, ready to talk.

    `timeout_ms` is the one explicit deadline of a call, connecting included. No method raises for network or
    channel trouble, none resends by itself.
    """

    async def create(self, order: CreateOrder, timeout_ms: int) -> CreateAnswer: ...

    async def query(self, order: OrderRef, timeout_ms: int) -> OrderFact: ...

    async def close(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """CLOSED when the channel confirms, DUPLICATE when it says "already paid" (query then), NOT_FOUND when
        the order does not exist (yet), UNKNOWN and so on otherwise. Never evidence by itself: query after it."""
        ...

    async def refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact: ...

    async def query_refund(self, refund: RefundOrder, timeout_ms: int) -> RefundFact: ...

    def read_notify(self, request: NotifyRequest) -> NotifyAnswer:
        """Verify and read a notification. No I/O: it must be acknowledged within seconds."""
        ...

    def acknowledge(self, accepted: bool) -> Reply:
        """What the channel wants to hear: after the facts are committed, or when they were refused."""
        ...


@runtime_checkable
class DebitClient(Protocol):
    """What a client with pull products can do besides `ChannelClient`. Here a lost answer is never harmless."""

    async def debit(self, debit: DebitOrder, timeout_ms: int) -> OrderFact:
        """Take the money.

        PAID only with every particular (amount, merchant, number, transaction); a channel whose answer lacks one says
        PENDING, and is queried at once. PENDING: the wallet or bank is asking the customer, or is working. NOT_SENT and
        the REFUSED kinds prove that nothing was debited and nothing will be by this number. REFUSED_PAYER with
        `ask_consent`: the same order takes another consent. Whatever proves nothing (timeout, 5xx, "busy" after
        sending, an unknown code) is UNKNOWN and never `transient`: nobody sends a debit twice.
        """
        ...

    async def reverse(self, order: OrderRef, timeout_ms: int) -> Outcome:
        """Make an unknown debit undone: 撤销 / 冲正. Repeating it is harmless.

        CLOSED: the channel confirms that no money is kept under this number and none will be: unpaid and closed, or
        paid and given back. PENDING or UNKNOWN: call again later (`recall=Y`, `retry_flag=Y`). DUPLICATE: it is paid
        and this channel does not reverse it: query. Never evidence by itself: query after it.
        """
        ...


@runtime_checkable
class SmsClient(Protocol):
    """A client whose pull product sends the customer an SMS code when it is created."""

    async def resend(self, order: CreateOrder, handle: str, timeout_ms: int) -> CreateAnswer:
        """The code did not come: once more for the same order. ACCEPTED with the new credential."""
        ...


@runtime_checkable
class AgreementDesk(Protocol):
    """A client that signs up customers' cards (签约)."""

    @property
    def banks(self) -> frozenset[str]:
        """Whose cards this account takes (`icbc`, ...)."""
        ...

    async def apply_agreement(self, order: AgreementOrder, timeout_ms: int) -> AgreementAnswer: ...

    async def confirm_agreement(
        self, order: AgreementOrder, handle: str, sms_code: Secret, timeout_ms: int
    ) -> AgreementAnswer: ...

    async def end_agreement(self, agreement_no: str, timeout_ms: int) -> Outcome:
        """解约. CLOSED when the card is not signed up any more (or never was)."""
        ...


@runtime_checkable
class OwnTerms(Protocol):
    """A client whose account may do less than its connector's table says (another version of the protocol)."""

    def refund_terms(self, product: Product) -> RefundTerms | None:
        """This account's own terms; None: those of the table."""
        ...


@runtime_checkable
class RefundRedirector(Protocol):
    """A client that can send a refund whose card or account is void to another card of the customer's."""

    @property
    def redirect_banks(self) -> frozenset[str]:
        """Whose debit cards it takes."""
        ...

    async def redirect_refund(
        self, refund: RefundOrder, channel_refund_id: str, card: PayeeCard, timeout_ms: int
    ) -> RefundFact:
        """PENDING or PAID: the channel took it. Anything else proves nothing about the refund itself; repeating the
        call is harmless."""
        ...


@runtime_checkable
class ApplePayDesk(Protocol):
    """A client that can open Apple Pay sessions for a web page."""

    async def merchant_session(self, validation_url: str, domain: str, timeout_ms: int) -> MerchantSession:
        """Called when the page's `onvalidatemerchant` fires. Only Apple's own hosts are ever called, whatever
        `validation_url` says; `domain` is the page's, registered with Apple."""
        ...
