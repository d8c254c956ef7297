"""渠道管理: the operations on channels, one small function each."""

from __future__ import annotations

from collections.abc import Sequence

from payswitch.domain import errors as kinds
from payswitch.domain.errors import NOT_FOUND
from payswitch.domain.managed_channel import ChannelEvent, ChannelRecord
from payswitch.domain.roles import Permission
from payswitch.entry.api import query
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.admin.channels import channel_views as views
from payswitch.entry.api.admin.channels.trial_views import ChannelTestView, test_view
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.services.channels import channel_changes, channel_checks, channel_probing, channel_tests, channels
from payswitch.services.channels.channel_commands import (
    CheckChannel,
    CreateChannel,
    RotateCredentials,
    TestChannel,
    UpdateChannel,
)
from payswitch.services.channels.only_channels import only_for


async def list_channels(call: AdminCall) -> Answer:
    found = await channels.list_channels(call.ctx, call.operator)
    return Answer(views.ChannelList(data=await _views(call, found)))


async def get_channel(call: AdminCall) -> Answer:
    channel_id = call.path["channel_id"]
    record = await channels.get_channel(call.ctx, call.operator, channel_id)
    versions = await channels.credential_versions(call.ctx, call.operator, channel_id)
    return Answer(views.channel_detail(await _view(call, record), versions))


async def create_channel(call: AdminCall) -> Answer:
    record = await channel_changes.create_channel(call.ctx, call.operator, call.command)
    return Answer(await _view(call, record), status=201)


async def update_channel(call: AdminCall) -> Answer:
    changed = channel_changes.update_channel(call.ctx, call.operator, call.path["channel_id"], call.command)
    return Answer(await _view(call, await changed))


async def rotate_credentials(call: AdminCall) -> Answer:
    changed = channel_changes.rotate_credentials(call.ctx, call.operator, call.path["channel_id"], call.command)
    return Answer(await _view(call, await changed))


async def enable_channel(call: AdminCall) -> Answer:
    return await _move(call, ChannelEvent.ENABLE)


async def disable_channel(call: AdminCall) -> Answer:
    return await _move(call, ChannelEvent.DISABLE)


async def retire_channel(call: AdminCall) -> Answer:
    return await _move(call, ChannelEvent.RETIRE)


async def _move(call: AdminCall, event: ChannelEvent) -> Answer:
    reason = call.query.get("reason", "")
    moved = channel_changes.move_channel(call.ctx, call.operator, call.path["channel_id"], event, reason)
    return Answer(await _view(call, await moved))


async def probe_channel(call: AdminCall) -> Answer:
    channel_id = call.path["channel_id"]
    findings = await channel_probing.probe_channel(call.ctx, call.operator, channel_id, call.query.get("reason", ""))
    return Answer(views.check_view(channel_id, findings))


async def check_channel(call: AdminCall) -> Answer:
    command: CheckChannel = call.command
    channel_id = call.path["channel_id"]
    findings = await channel_checks.check_channel(call.ctx, call.operator, channel_id, orders=command.orders)
    return Answer(views.check_view(channel_id, findings))


async def test_channel(call: AdminCall) -> Answer:
    begun = channel_tests.begin_test(call.ctx, call.operator, call.path["channel_id"], call.command)
    return Answer(_test_view(call, await begun), status=201)


async def get_test(call: AdminCall) -> Answer:
    found = channel_tests.get_test(call.ctx, call.operator, call.path["channel_id"], call.path["test_id"])
    return Answer(_test_view(call, await found))


async def list_audit(call: AdminCall) -> Answer:
    limit = call.query.get("limit", query.PER_PAGE)
    entries = await channels.channel_trail(call.ctx, call.operator, call.path["channel_id"], limit=limit)
    return Answer(views.audit_view(entries))


async def _view(call: AdminCall, record: ChannelRecord) -> views.ChannelView:
    return (await _views(call, [record]))[0]


async def _views(call: AdminCall, records: Sequence[ChannelRecord]) -> list[views.ChannelView]:
    alone = await only_for(call.ctx, [record.channel for record in records])
    ids = [record.channel.channel_id for record in records]
    return [
        views.channel_view(record, alone[channel_id], call.ctx.notify_url(channel_id))
        for record, channel_id in zip(records, ids, strict=True)
    ]


def _test_view(call: AdminCall, test: channel_tests.ChannelTest) -> ChannelTestView:
    url = call.ctx.checkout_url(test.file.payment.checkout_token)
    return test_view(test, url, call.ctx.clock.now_ms())


CHANNELS = "/v1/admin/channels"
CHANNEL = CHANNELS + "/{channel_id}"

_CHANGE = (NOT_FOUND, kinds.DECLARED_IN_FILE, kinds.REVISION_CONFLICT, kinds.CHANNEL_STATE, kinds.NO_MASTER_KEY)

CHANNEL_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listChannels",
        method="GET",
        path=CHANNELS,
        needs=Permission.VIEW,
        run=list_channels,
        title="The channels of the operator's merchants",
        title_zh="本运营人员所管商户的渠道列表",
        answer=views.ChannelList,
    ),
    Operation(
        name="createChannel",
        method="POST",
        path=CHANNELS,
        needs=Permission.CONFIGURE,
        run=create_channel,
        title="A new channel, checked in full; it begins as a draft that no customer gets",
        title_zh="新建渠道：先全面校验，初始为草稿，不参与路由",
        body=CreateChannel,
        answer=views.ChannelView,
        status=201,
        problems=(kinds.CHANNEL_EXISTS, kinds.NO_MASTER_KEY),
    ),
    Operation(
        name="getChannel",
        method="GET",
        path=CHANNEL,
        needs=Permission.VIEW,
        run=get_channel,
        title="One channel with the versions of its keys: names, fingerprints, certificates, never a secret",
        title_zh="查询渠道及各版本密钥的名称、指纹与证书，不含任何密钥",
        answer=views.ChannelDetail,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="updateChannel",
        method="PATCH",
        path=CHANNEL,
        needs=Permission.CONFIGURE,
        run=update_channel,
        title="New settings, in force at once; what is left out stays",
        title_zh="修改渠道设置，立即生效；未填写的项保持不变",
        body=UpdateChannel,
        answer=views.ChannelView,
        problems=_CHANGE,
    ),
    Operation(
        name="rotateCredentials",
        method="POST",
        path=CHANNEL + "/rotate",
        needs=Permission.CONFIGURE,
        run=rotate_credentials,
        title="A new version of the keys; attempts made with older ones keep those",
        title_zh="更换密钥：新增一个版本，旧支付尝试仍使用原版本密钥",
        body=RotateCredentials,
        answer=views.ChannelView,
        problems=_CHANGE,
    ),
    Operation(
        name="enableChannel",
        method="POST",
        path=CHANNEL + "/enable",
        needs=Permission.OPERATE,
        run=enable_channel,
        parameters=(query.REASON,),
        title="Routing may choose it from now on",
        title_zh="启用渠道，立即参与路由",
        answer=views.ChannelView,
        problems=_CHANGE,
    ),
    Operation(
        name="disableChannel",
        method="POST",
        path=CHANNEL + "/disable",
        needs=Permission.OPERATE,
        run=disable_channel,
        parameters=(query.REASON,),
        title="No new payments, wherever it is declared; what it has taken is still verified, queried and refunded",
        title_zh="停用渠道（含配置文件中的渠道）：不再接受新支付，已有支付仍可验签、查单与退款",
        answer=views.ChannelView,
        problems=_CHANGE,
    ),
    Operation(
        name="retireChannel",
        method="POST",
        path=CHANNEL + "/retire",
        needs=Permission.CONFIGURE,
        run=retire_channel,
        parameters=(query.REASON,),
        title="Disabled for ever",
        title_zh="退役渠道，不可恢复",
        answer=views.ChannelView,
        problems=_CHANGE,
    ),
    Operation(
        name="checkChannel",
        method="POST",
        path=CHANNEL + "/check",
        needs=Permission.OPERATE,
        run=check_channel,
        title="What is wrong with it and how to mend it: keys, certificates, the channel's own answer",
        title_zh="渠道体检：密钥、证书与渠道应答，以及修复办法",
        body=CheckChannel,
        answer=views.CheckView,
        problems=(NOT_FOUND, kinds.NO_MASTER_KEY),
    ),
    Operation(
        name="probeChannel",
        method="POST",
        path=CHANNEL + "/probe",
        needs=Permission.OPERATE,
        run=probe_channel,
        parameters=(query.REASON,),
        title="Ask it now about a number that never existed; an open breaker lends it the next fitting payment",
        title_zh="立即探测：查询一个不存在的单号；若已熔断，下一笔合适的支付将作为探测",
        answer=views.CheckView,
        problems=(NOT_FOUND, kinds.CHANNEL_STATE),
    ),
    Operation(
        name="testChannel",
        method="POST",
        path=CHANNEL + "/tests",
        needs=Permission.DEVELOP,
        run=test_channel,
        title="Pay 0.01 yuan for real, whatever the channel's state; it is returned by itself",
        title_zh="真实支付 0.01 元并自动退回，草稿或停用状态亦可",
        body=TestChannel,
        answer=ChannelTestView,
        status=201,
        problems=(NOT_FOUND, kinds.CHANNEL_STATE, kinds.NO_CANDIDATE),
    ),
    Operation(
        name="getChannelTest",
        method="GET",
        path=CHANNEL + "/tests/{test_id}",
        needs=Permission.VIEW,
        run=get_test,
        title="How a test stands; while it waits, the channel is asked",
        title_zh="查询渠道测试的进展",
        answer=ChannelTestView,
        problems=(NOT_FOUND,),
    ),
    Operation(
        name="listChannelAudit",
        method="GET",
        path=CHANNEL + "/audit",
        needs=Permission.VIEW,
        run=list_audit,
        title="Who changed it when, newest first",
        title_zh="渠道操作审计，新的在前",
        parameters=(query.LIMIT,),
        answer=views.AuditList,
        problems=(NOT_FOUND,),
    ),
)
