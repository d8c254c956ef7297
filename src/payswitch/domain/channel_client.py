"""What a connector's client can do: the protocols behind which each channel family stands."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from payswitch.domain.channel import Product, RefundTerms
from payswitch.domain.exchange import (
    AgreementAnswer,
    AgreementOrder,
    CreateAnswer,
    CreateOrder,
    DebitOrder,
    MerchantSession,
    NotifyAnswer,
    NotifyRequest,
    OpenidAnswer,
    OpenidSpace,
    OrderFact,
    OrderRef,
    PayeeCard,
    RefundFact,
    RefundOrder,
    Reply,
)
from payswitch.domain.outcome import Outcome
from payswitch.kit.secrets import Secret


@runtime_checkable
class OpenidNeeder(Protocol):
    """A client that knows under which appid it needs the customer's openid. Optional: of a client that does not say,
    the shop's own appid is assumed."""

    def openid_space(self, product: Product) -> OpenidSpace | None:
        """None: the product needs no openid, or the account does not say whose."""
        ...


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
