"""What a connector's author brings to the checks: a client of an account, and hands on the channel's other side."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from payswitch.domain.channel import Capability
from payswitch.domain.channel_client import ChannelClient, DebitClient
from payswitch.domain.exchange import CreateAnswer, CreateOrder, NotifyRequest
from payswitch.kit.secrets import Secret


class Subject(Protocol):
    """One account and one push product under test, with hands on the other side."""

    client: ChannelClient
    stranded: ChannelClient
    """The same account, pointed at an address where nobody listens."""
    capability: Capability
    secrets: Sequence[str]
    """Texts that must never come out of the client: keys, passwords."""

    def new_order(self) -> CreateOrder:
        """A fresh order of this product, with a number never used before."""
        ...

    async def pay(self, answer: CreateAnswer) -> None:
        """A customer pays with the credential that was given out."""
        ...

    async def told(self) -> NotifyRequest:
        """The next notification that the channel sent to the order's notify_url."""
        ...

    async def be_silent(self, silent: bool) -> None:
        """From now on the channel takes connections and never answers; or is well again."""
        ...


class PullClient(ChannelClient, DebitClient, Protocol):
    """A client with a pull product."""


class Customer(StrEnum):
    """How the customer behaves whose consent is used."""

    PAYING = "paying"
    """Has the money and is asked nothing."""
    REFUSING = "refusing"
    """Their wallet or bank says no: no money, card blocked, cancelled."""
    ASKED = "asked"
    """Is asked for their password first; pays when `DebitSubject.confirm` is called."""
    MISTYPING = "mistyping"
    """Gives a wrong SMS code; the same order may be tried with another one."""


class Lost(StrEnum):
    """Answers that never arrive."""

    NOTHING = "nothing"
    """The channel is well."""
    UNDONE = "undone"
    """Calls arrive, nothing is done, no answer comes."""
    DONE = "done"
    """Calls arrive, all is done as asked, no answer comes."""


class DebitSubject(Protocol):
    """One account and one pull product under test, with hands on the other side."""

    client: PullClient
    stranded: PullClient
    """The same account, pointed at an address where nobody listens."""
    capability: Capability
    secrets: Sequence[str]
    """Texts that must never come out of the client: keys, passwords."""
    customers: frozenset[Customer]
    """Which customers the other side can play: PAYING and REFUSING always; ASKED where the wallet may ask."""
    notifies: bool
    """Whether this product's payments are notified at all (WeChat's code payments are not)."""

    def new_order(self) -> CreateOrder:
        """A fresh order of this product, with a number never used before and, where needed, a signed-up card."""
        ...

    async def consent(self, order: CreateOrder, customer: Customer) -> Secret:
        """A consent of such a customer, never used before. For a product that is created first (SMS code) this is
        called after `create`, and MISTYPING gives a code that is not the one that was sent."""
        ...

    async def confirm(self, order: CreateOrder) -> None:
        """The ASKED customer of this order types the password."""
        ...

    async def lose_answers(self, lost: Lost) -> None:
        """What becomes of every call's answer from now on."""
        ...

    async def let_pass(self, seconds: float) -> None:
        """So much time passes at the channel: some demand a pause between a debit and its reversal."""
        ...

    async def kept_fen(self, order: CreateOrder) -> int:
        """What the channel's own books hold for the merchant under this number: paid, less what went back. Not asked
        through the client under test."""
        ...

    async def told(self) -> NotifyRequest:
        """The next notification that the channel sent to the order's notify_url; only called if it `notifies`."""
        ...
