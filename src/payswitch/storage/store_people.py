"""`services.people.people_ports.PeopleStore`, for every database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

from payswitch.domain.trail import TrailEntry, TrailFilters
from payswitch.domain.user import Session, SignInLink, User, UserChange
from payswitch.storage import people
from payswitch.storage.running import ScriptRunner


class PeopleStore(ScriptRunner):
    """Users, their sessions and links, and the trail of what operators changed."""

    async def commit_user(self, change: UserChange) -> None:
        """See `services.people.people_ports.PeopleStore.commit_user`."""
        await self.write(lambda: people.apply(change))

    async def users(self) -> Sequence[User]:
        return await self._rows(people.USER, people.USERS)

    async def user(self, user_id: str) -> User | None:
        return await self._row(people.USER, people.USER_BY_ID, user_id=user_id)

    async def session_by_token(self, token_sha256: str) -> tuple[Session, User] | None:
        return await self.look(people.by_token(token_sha256), snapshot=True)

    async def sessions_of(self, user_id: str, limit: int) -> Sequence[Session]:
        return await self._rows(people.SESSION, people.SESSIONS_OF, user_id=user_id, limit=limit)

    async def see_session(self, session_id: str, now_ms: int) -> None:
        await self.write(lambda: people.see(session_id, now_ms))

    async def sign_in_link(self, token_sha256: str) -> SignInLink | None:
        return await self._row(people.LINK, people.LINK_BY_TOKEN, token_sha256=token_sha256)

    async def trail(self, merchant_id: str, *, limit: int, **filters: Unpack[TrailFilters]) -> Sequence[TrailEntry]:
        """See `services.people.people_ports.PeopleStore.trail`."""
        return await self.read(people.trail_page(merchant_id, limit, filters))
