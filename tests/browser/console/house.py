"""The console in a real browser: a service, a sandbox, and somebody who is signed in."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Container
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final

from playwright.async_api import Browser, ConsoleMessage, Page, expect

from payswitch.domain.roles import Role
from payswitch.drill.client import Http
from payswitch.drill.stage import Stage
from payswitch.drill.views import PaymentView
from payswitch.kit.clock import SystemClock

PATIENCE_MS: Final = 20_000
expect.set_options(timeout=PATIENCE_MS)
DESK: Final = (1440, 900)
PHONE: Final = (390, 844)
PASSWORD: Final = "four short dull words"
"""Of whoever sets one."""
_LINK: Final = re.compile(r"http\S+/console/sign-in#link=[\w-]+")
_REFUSAL: Final = re.compile(r"the server responded with a status of (400|409|422)")
_NUMBERS = count(1)


@dataclass
class House:
    """What all tests of the console share."""

    stage: Stage
    browser: Browser

    @property
    def url(self) -> str:
        return f"{self.stage.plan.service_url}/console"

    def api(self) -> Http:
        """The admin API with the operator's key: to prepare what a page shall show. An async context."""
        head = {"Authorization": f"Bearer {self.stage.plan.station.operator_key}"}
        return Http(self.stage.plan.service_url, SystemClock(), headers=head)

    async def use_only(self, channels: Container[str]) -> None:
        """These are enabled, and what a test has set up beside them is disabled."""
        async with self.api() as api:
            found = json.loads((await api.call("GET", "/v1/admin/channels")).body)
            for one in found["data"]:
                wanted = "enabled" if one["channel_id"] in channels else "disabled"
                if one["state"] in ("enabled", "disabled") and one["state"] != wanted:
                    act = wanted.removesuffix("d")
                    moved = await api.call(
                        "POST", f"/v1/admin/channels/{one['channel_id']}/{act}", {"reason": "restored"}
                    )
                    assert moved.status == 200, moved.body

    async def order(self, **changes: Any) -> PaymentView:
        """The shop makes a payment; a desktop is shown a code at once."""
        usual = {"amount_fen": 12_900, "subject": "明前龙井 250 g", "environment": "desktop", "expires_in_s": 600}
        number = f"c{next(_NUMBERS)}-{self.stage.plan.service_url[-5:]}"
        answer = await self.stage.switch.create({"out_trade_no": number, **usual, **changes})
        assert answer.status == 201, answer.body
        return answer.read(PaymentView)

    async def paid(self, **changes: Any) -> PaymentView:
        """The shop makes a payment, the customer pays it."""
        made = await self.order(**changes)
        assert made.credential is not None
        answer = await self.stage.sandbox.pay(made.credential, made.credential.method.value, "shopper", enough=True)
        assert answer is not None
        assert answer.result == "paid"
        return made

    @asynccontextmanager
    async def visit(
        self, path: str = "/", *, role: Role = Role.OWNER, size: tuple[int, int] = DESK, **options: Any
    ) -> AsyncIterator[Page]:
        """A page of the console, opened by somebody of this role who signs in with a link of their own. Afterwards
        nothing may have gone wrong in the browser's console."""
        phone = size[0] < 800
        width, height = size
        context = await self.browser.new_context(
            viewport={"width": width, "height": height},
            is_mobile=phone,
            has_touch=phone,
            device_scale_factor=2 if phone else 1,
            **{"locale": "zh-CN", **options},
        )
        context.set_default_timeout(PATIENCE_MS)
        try:
            page = await context.new_page()
            troubles = _Troubles(page)
            await page.goto(await self.link(role))
            await page.wait_for_url(re.compile(r"/console/(?!sign-in|login)"))
            await page.goto(self.url + path)
            yield page
            assert troubles.found == []
        finally:
            await context.close()

    async def link(self, role: Role) -> str:
        """Signs in a user who is made with the command, as the first owner of a real shop is."""
        user = f"{role.value}-{next(_NUMBERS)}"
        config = str(self.stage.plan.station.config)
        made = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "payswitch", "user", "add", user, "--role", role.value, "--config", config),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        said = (await made.communicate())[0].decode()
        found = _LINK.search(said)
        assert found, said
        return found[0]


@dataclass
class _Troubles:
    """Script errors, and whatever the browser complains about: there must be none. An answer that refuses what a person
    has entered is no trouble, though the browser writes it down like one."""

    page: Page
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.found.append(str(error)))
        self.page.on("console", self._hear)

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not _REFUSAL.search(said.text):
            self.found.append(said.text)


async def fits(page: Page) -> None:
    """Nothing sticks out to the side."""
    wide, window = await page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= window, f"{wide} px of content in a window of {window} px"


async def says(page: Page, *texts: str) -> None:
    for text in texts:
        await expect(page.get_by_text(text).first).to_be_visible(timeout=PATIENCE_MS)
