"""用户: persons who sign in to the console, their sessions, and links that sign in once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from payswitch.domain.roles import Role
from payswitch.domain.trail import TrailEntry


class UserState(StrEnum):
    ACTIVE = "active"
    DISABLED = "disabled"
    """Cannot sign in, and every session has ended. Never deleted: the trail names them for ever."""


class User(msgspec.Struct, frozen=True, kw_only=True):
    """One row. Its `repr` shows no hash and no sealed secret."""

    user_id: str
    """The name they sign in with."""
    name: str
    role: Role
    merchant_ids: frozenset[str]
    state: UserState
    revision: int
    """1 when created; every change moves it by one, so that two of them cannot overwrite each other."""
    password_hash: str | None
    """Argon2id in its own text form; None: none yet, only a link signs in."""
    totp_sealed: bytes | None
    """The secret of the second factor, under the master key; None: no second factor."""
    totp_pending: bytes | None
    """One that is being enrolled: it counts once a code has shown that the phone has it."""
    totp_step: int
    """The last time step whose code was used: no code signs in twice."""
    recovery_hashes: tuple[str, ...]
    """SHA-256 of the recovery codes that are left; each signs in once instead of a code."""
    created_at_ms: int
    created_by: str
    updated_at_ms: int

    def __repr__(self) -> str:
        return f"User({self.user_id!r}, {self.role.value}, {self.state.value}, revision={self.revision})"

    @property
    def has_totp(self) -> bool:
        return self.totp_sealed is not None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser that is signed in. The token itself is in its cookie and nowhere else."""

    session_id: str
    """Names it in lists: says nothing about the token."""
    token_sha256: str
    user_id: str
    created_at_ms: int
    seen_at_ms: int
    """When it was last used, to the minute."""
    ends_at_ms: int
    """However much it is used."""
    ended_at_ms: int | None
    """Signed out, revoked, or replaced by a newer sign-in."""
    address: str
    user_agent: str

    def __repr__(self) -> str:
        return f"Session({self.session_id!r}, {self.user_id!r})"


class SignInLink(msgspec.Struct, frozen=True, kw_only=True):
    """一次性登录链接: signs its user in once, soon."""

    token_sha256: str
    user_id: str
    created_at_ms: int
    ends_at_ms: int
    used_at_ms: int | None
    """Once and never again."""

    def __repr__(self) -> str:
        return f"SignInLink({self.user_id!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSessions:
    """All of a user's sessions but one (or none)."""

    user_id: str
    at_ms: int
    but: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserChange:
    """A unit of work about one user, all or nothing, with what the trail says of it."""

    user: User | None = None
    """With its revision moved by one already: applies only if the stored one is exactly one less (revision 1: if there
    is no such user)."""
    used_link: SignInLink | None = None
    """Applies only if it was not used before."""
    new_link: SignInLink | None = None
    """Takes the place of every earlier one of this user."""
    end_sessions: EndSessions | None = None
    ended_session: Session | None = None
    """With its end."""
    new_session: Session | None = None
    trail: tuple[TrailEntry, ...] = ()
