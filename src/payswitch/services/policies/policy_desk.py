"""What changing policies needs beside the rest of the context: their store and the router that they are put into."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.routing.policy import Policy
from payswitch.routing.policy_book import PolicyBook
from payswitch.services.ports import ChannelDirectory, PolicyStore


@dataclass(slots=True, kw_only=True)
class PolicyDesk:
    """Wired once by `app.py`."""

    store: PolicyStore
    book: PolicyBook
    lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """One change at a time: what was committed last must also be in force last."""
    simulating: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """One simulation at a time: payments come first."""

    @property
    def base(self) -> Policy:
        """The configured policy: in force wherever no other is."""
        return self.book.policy


def policy_desk_of(desk: PolicyDesk | None) -> PolicyDesk:
    if desk is None:
        raise PaySwitchError(NOT_FOUND, "policies cannot be changed here", "此处不能修改策略")
    return desk


def owners(directory: ChannelDirectory) -> Callable[[str], str | None]:
    """Whose a channel is, as a policy book asks it."""

    def merchant_of(channel_id: str) -> str | None:
        channel = directory.channel(channel_id)
        return None if channel is None else channel.merchant_id

    return merchant_of
