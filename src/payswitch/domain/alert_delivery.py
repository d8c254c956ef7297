"""Where a message goes, and how one try to deliver it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from payswitch.domain.alert import Receiver, SealedReceiver

Address = Mapping[str, str]
"""Where a receiver is and what opens it: `url`, `secret`, `keyword`, `to`, ... by the receiver's kind."""


@dataclass(frozen=True, slots=True)
class OpenReceiver:
    """A receiver with its address. Never logged, never shown."""

    receiver: Receiver
    address: Address = field(repr=False)
    stored: SealedReceiver | None = None
    """None: it stands in the configuration file."""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """How one try went."""

    error: str = ""
    """One sentence without secrets; empty: it arrived."""
    code: str = ""
    """The receiver's own error code."""
    hopeless: bool = False
    """Trying again would change nothing: a wrong signature, a keyword that is missing."""
    retry_after_ms: int = 0
    """The receiver wants to be left alone for so long."""
