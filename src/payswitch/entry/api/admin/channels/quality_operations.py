"""渠道质量: the operations that show it."""

from __future__ import annotations

from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.roles import Permission
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.admin.channels.quality_views import ChannelQualityView, QualityList, quality_list, quality_view
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.services.channels import quality


async def list_quality(call: AdminCall) -> Answer:
    return Answer(quality_list(await quality.quality_of(call.ctx, call.operator), call.ctx.clock.now_ms()))


async def get_quality(call: AdminCall) -> Answer:
    found = await quality.quality_of_channel(call.ctx, call.operator, call.path["channel_id"])
    return Answer(quality_view(found, call.ctx.clock.now_ms()))


QUALITY_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listQuality",
        method="GET",
        path="/v1/admin/quality",
        needs=Permission.VIEW,
        run=list_quality,
        title="How well every channel does: response times, success rates, breakers, limits, certificates, last probe",
        title_zh="全部渠道的质量：响应时间、成功率、熔断、限额、证书与最近一次探测",
        answer=QualityList,
    ),
    Operation(
        name="getQuality",
        method="GET",
        path="/v1/admin/channels/{channel_id}/quality",
        needs=Permission.VIEW,
        run=get_quality,
        title="How well one channel does",
        title_zh="单个渠道的质量",
        answer=ChannelQualityView,
        problems=(NOT_FOUND,),
    ),
)
