"""渠道探测, at an operator's wish: is it back?"""

from __future__ import annotations

from payswitch.domain.changes import Changes
from payswitch.domain.errors import CHANNEL_STATE, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.services.channels.channel_commits import channel_deed
from payswitch.services.channels.channel_watch import probe_now
from payswitch.services.channels.channels import get_channel
from payswitch.services.channels.checkup import Finding, probe
from payswitch.services.context import Context


async def probe_channel(ctx: Context, operator: Operator, channel_id: str, reason: str = "") -> list[Finding]:
    """Ask the channel now about a number that never existed: no order, no money. Where its breaker is open, the next
    payment that may go there is lent as a probe; whether it closes, the answers decide, never a wish."""
    channel = (await get_channel(ctx, operator, channel_id)).channel
    if not channel.enabled:
        raise PaySwitchError(
            CHANNEL_STATE,
            "only an enabled channel is probed; a check-up or a test payment works in every state",
            "仅已启用的渠道可探测；体检与测试支付不受状态限制",
        )
    asked = [one.finding for one in await probe_now(ctx, channel)]
    if not asked:  # a connector that cannot be asked product by product is asked as a whole
        client = ctx.directory.client(channel_id, channel.version)
        asked = await probe(channel, client, ctx.clock, ctx.ids)
    ctx.router.call_probe(channel_id, ctx.clock.now_ms())
    trail = channel_deed(ctx, operator, channel, "probe", after={"found": asked[0].severity.value}, note=reason)
    await ctx.store.commit(Changes(insert_trail=[trail]))
    return asked
