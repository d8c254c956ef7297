"""People at their browsers: they sign in, hold the cookie, and send what the console's own page sends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from payswitch.domain.roles import Role
from payswitch.domain.user import UserChange
from payswitch.services.people.people_desk import PeopleDesk
from payswitch.services.people.users import new_link, new_user
from tests.api.support import DESK, Evening, Heard, Web

PASSWORD = "four short dull words"
SESSION = "/v1/console/session"
OWN_PAGE = {"x-payswitch-console": "1", "origin": "http://127.0.0.1:8080", "sec-fetch-site": "same-origin"}


@dataclass
class Person:
    """One browser of one person."""

    evening: Evening
    user_id: str = "lin"
    address: str = "203.0.113.9"
    cookie: str = ""
    pause_ms: int = 0
    """How long they wait before each change: ids of one and the same millisecond are in no order."""

    @property
    def web(self) -> Web:
        """With the cookie, and without anything that the console's own page adds."""
        headers = {"user-agent": DESK, **({"cookie": self.cookie} if self.cookie else {})}
        return Web(self.evening.app, headers, client=self.address)

    async def sign_in(self, password: str = PASSWORD, **more: Any) -> Heard:
        return await self._begin({"user": self.user_id, "password": password, **more})

    async def sign_in_by(self, link: str, **more: Any) -> Heard:
        return await self._begin({"link": link, **more})

    async def _begin(self, body: dict[str, Any]) -> Heard:
        heard = await self.post(SESSION, body)
        if heard.status == 201:
            self.cookie = heard.headers["set-cookie"].partition(";")[0]
        return heard

    async def get(self, path: str) -> Heard:
        return await self.web.get(path)

    async def post(self, path: str, value: Any = None) -> Heard:
        return await self.send("POST", path, value)

    async def patch(self, path: str, value: Any) -> Heard:
        return await self.send("PATCH", path, value)

    async def delete(self, path: str) -> Heard:
        return await self.send("DELETE", path)

    async def send(self, method: str, path: str, value: Any = None) -> Heard:
        body = b"" if value is None else json.dumps(value).encode()
        if self.pause_ms:
            self.evening.night.clock.advance(ms=self.pause_ms)
        return await self.web.send(method, path, body, headers={"content-type": "application/json", **OWN_PAGE})

    async def is_in(self) -> bool:
        return (await self.get(SESSION)).status == 200


def desk_of(evening: Evening) -> PeopleDesk:
    desk = evening.night.ctx.people
    assert desk is not None
    return desk


async def hired(
    evening: Evening, user_id: str = "lin", role: Role = Role.OWNER, *, merchants: tuple[str, ...] = ("m-1",)
) -> Person:
    """A user with a password, not signed in yet."""
    desk = desk_of(evening)
    user = new_user(user_id, user_id.title(), role, frozenset(merchants), evening.night.clock.now_ms(), "root")
    hashed = await desk.passwords.hash(PASSWORD)
    await desk.store.commit_user(UserChange(user=replace(user, password_hash=hashed)))
    return Person(evening, user_id)


async def signed_in(
    evening: Evening, user_id: str = "lin", role: Role = Role.OWNER, *, merchants: tuple[str, ...] = ("m-1",)
) -> Person:
    """A user at a browser that is signed in."""
    person = await hired(evening, user_id, role, merchants=merchants)
    assert (await person.sign_in()).status == 201
    return person


async def link_for(evening: Evening, user_id: str) -> str:
    """The token of a one-time link, as a command at the machine makes one."""
    desk = desk_of(evening)
    token, link = new_link(evening.night.ctx, user_id, desk.times.link_ms)
    await desk.store.commit_user(UserChange(new_link=link))
    return token.reveal()
