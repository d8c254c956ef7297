"""渠道管理: the operations on channels, one small function each."""

from __future__ import annotations

from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.managed_channel import ChannelRecord
from payswitch.entry.api.admin import views
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.services import channels


async def list_channels(call: AdminCall) -> Answer:
    found = await channels.list_channels(call.ctx, call.operator)
    return Answer(views.list_view([_view(call, record) for record in found]))


async def get_channel(call: AdminCall) -> Answer:
    return Answer(_view(call, await channels.get_channel(call.ctx, call.operator, call.path["channel_id"])))


def _view(call: AdminCall, record: ChannelRecord) -> views.ChannelView:
    return views.channel_view(record, call.ctx.notify_url(record.channel.channel_id))


CHANNELS = "/v1/admin/channels"
CHANNEL = CHANNELS + "/{channel_id}"

CHANNEL_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listChannels",
        method="GET",
        path=CHANNELS,
        run=list_channels,
        title="The channels of the operator's merchants",
        title_zh="本运营人员所管商户的渠道列表",
        answer=views.ChannelList,
    ),
    Operation(
        name="getChannel",
        method="GET",
        path=CHANNEL,
        run=get_channel,
        title="One channel",
        title_zh="查询渠道",
        answer=views.ChannelView,
        problems=(NOT_FOUND,),
    ),
)
