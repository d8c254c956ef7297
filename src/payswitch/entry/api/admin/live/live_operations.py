"""实时看板: how it goes just now, once or as a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import msgspec

from payswitch.domain.roles import Permission
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.admin.live.live_views import LiveView, live_view
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.entry.http.streams import event
from payswitch.services.live.live_now import live_now
from payswitch.services.people.signing_in import is_still_in

LOOK_S: Final = 1.0
"""A change is on the screen within two seconds, whoever made it."""
MOST_LOOKS: Final = 300
"""Then the browser connects again by itself, and is asked again who it is: a session that has ended sees no more."""
BEAT_LOOKS: Final = 10
"""Without news: so often all the same, for windows move, and silence ends connections in proxies."""


async def get_live(call: AdminCall) -> Answer:
    return Answer(await _look(call))


async def stream_live(call: AdminCall) -> AsyncIterator[bytes]:
    """The board now, and again a second after anything has changed."""
    told, quiet = "", 0
    for _ in range(MOST_LOOKS):
        if not await is_still_in(call.ctx, call.operator):
            return
        view = await _look(call)
        now = msgspec.json.encode(msgspec.structs.replace(view, at="")).decode()
        if now != told or quiet >= BEAT_LOOKS:
            told, quiet = now, 0
            yield event("live", msgspec.json.encode(view).decode())
        quiet += 1
        await call.ctx.clock.sleep(LOOK_S)


async def _look(call: AdminCall) -> LiveView:
    return live_view(await live_now(call.ctx, call.operator))


LIVE_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="getLive",
        method="GET",
        path="/v1/admin/live",
        needs=Permission.VIEW,
        run=get_live,
        stream=stream_live,
        title="How it goes just now: money and success of the last minutes and today; each channel, its traffic",
        title_zh="实时看板：近几分钟与今日的收款和成功率，各渠道的健康与流量",
        answer=LiveView,
    ),
)
