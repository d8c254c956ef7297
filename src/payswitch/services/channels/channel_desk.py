"""What changing channels needs beside the rest of the context: their store, the connectors, the master keys."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from payswitch.domain.account import Account
from payswitch.domain.managed_channel import DisabledChannel
from payswitch.kit.sealing import KeyRing
from payswitch.services.ports import ChannelStore, ChannelWorkshop


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelDesk:
    """Wired once by `app.py`."""

    store: ChannelStore
    workshop: ChannelWorkshop
    key_ring: KeyRing | None = field(repr=False)
    """None: no master key is configured, and no channel can be managed."""
    file_accounts: Mapping[str, Account] = field(default_factory=dict, repr=False)
    """The accounts of the channels that the configuration file declares, by channel id: they are checked as well."""
    revisions: dict[str, int] = field(default_factory=dict)
    """Of each managed channel, the revision that this process has in force."""
    disabled: dict[str, DisabledChannel] = field(default_factory=dict)
    """Channels of the file that operators have taken out, as this process has it in force."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """One change at a time: what was committed last must also be installed last."""
