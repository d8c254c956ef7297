"""What users, their sessions and the trail need from storage."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Unpack

from payswitch.domain.trail import TrailEntry, TrailFilters
from payswitch.domain.user import Session, SignInLink, User, UserChange


class PeopleStore(Protocol):
    """Users and sessions; and the trail, which is only ever added to."""

    async def commit_user(self, change: UserChange) -> None:
        """All of it in one durable transaction. Raises CommitConflict when the user has changed or the link was used
        meanwhile, UniqueViolation `uq_user` when a new user's name is taken."""
        ...

    async def users(self) -> Sequence[User]: ...

    async def user(self, user_id: str) -> User | None: ...

    async def session_by_token(self, token_sha256: str) -> tuple[Session, User] | None:
        """The session, whether or not it has ended, with its user as they are now."""
        ...

    async def sessions_of(self, user_id: str, limit: int) -> Sequence[Session]:
        """Newest first, ended ones too."""
        ...

    async def see_session(self, session_id: str, now_ms: int) -> None:
        """It was used just now. An ended one stays as it is."""
        ...

    async def sign_in_link(self, token_sha256: str) -> SignInLink | None: ...

    async def trail(self, merchant_id: str, *, limit: int, **filters: Unpack[TrailFilters]) -> Sequence[TrailEntry]:
        """One merchant's, newest first."""
        ...
