"""What signing in and managing users need beside the rest of the context: their store, passwords, the master keys."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from payswitch.domain.errors import NOT_FOUND, PaySwitchError
from payswitch.kit.clock import Clock
from payswitch.kit.durations import DAY_MS, HOUR_MS
from payswitch.kit.ids import IdSource
from payswitch.kit.passwords import Passwords
from payswitch.kit.sealing import KeyRing
from payswitch.services.people.people_ports import PeopleStore
from payswitch.services.people.sign_in_limits import SignInLimits


class SessionTimes(msgspec.Struct, frozen=True, kw_only=True):
    """How long a browser stays signed in."""

    idle_ms: int = 12 * HOUR_MS
    """Without being used: a working day."""
    whole_ms: int = 7 * DAY_MS
    """However much it is used."""
    link_ms: int = 600_000
    """A one-time sign-in link that somebody at the machine made."""
    invitation_ms: int = DAY_MS
    """One that an owner hands to a new user, or to one who has lost the password."""
    seen_every_ms: int = 60_000
    """How exactly `seen_at_ms` is kept: not every request is a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleDesk:
    """Wired once by `app.py`."""

    store: PeopleStore
    passwords: Passwords
    limits: SignInLimits
    key_ring: KeyRing | None = field(repr=False)
    """None: no master key is configured, and nobody can enrol a second factor."""
    times: SessionTimes = field(default_factory=SessionTimes)


class Deeds(Protocol):
    """What doing something to users takes: less than the whole context, so that a command at the machine can do it
    while the service runs."""

    @property
    def clock(self) -> Clock: ...

    @property
    def ids(self) -> IdSource: ...

    @property
    def people(self) -> PeopleDesk | None: ...


def sign_in_url(public_url: str, token: str) -> str:
    """The token stands behind the #: no server, log or referrer sees it."""
    return f"{public_url}/console/sign-in#link={token}"


def desk_or_absent(desk: PeopleDesk | None) -> PeopleDesk:
    """Raises `not_found` where there are no users."""
    if desk is None:
        raise PaySwitchError(NOT_FOUND, "there are no users here", "此处没有用户")
    return desk
