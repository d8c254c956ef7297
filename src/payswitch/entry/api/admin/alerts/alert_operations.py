"""告警: the operations on alerts, rules, silences and receivers."""

from __future__ import annotations

from enum import StrEnum

from payswitch.alerting.catalog import CATALOG
from payswitch.domain import errors as kinds
from payswitch.domain.alert import AlertRule
from payswitch.domain.roles import Permission
from payswitch.entry.api import query
from payswitch.entry.api.admin.alerts import alert_setup_views as setup_views
from payswitch.entry.api.admin.alerts import alert_views as views
from payswitch.entry.api.admin.call import AdminCall
from payswitch.entry.api.call import Answer
from payswitch.entry.api.operation import Operation
from payswitch.entry.api.query import IDENTIFIER, LIMIT, Parameter
from payswitch.services.alerts import alert_targets, alert_watchers
from payswitch.services.alerts.alert_commands import AcknowledgeAlert, MakeSilence, SaveReceiver, SetRule


class AlertChoice(StrEnum):
    LIVE = "live"
    ALL = "all"


STATE = Parameter("state", "Only what is not over (the default), or all", choices=AlertChoice)
BEFORE = Parameter("before", "An alert group's id: only older ones", pattern=IDENTIFIER)
MERCHANT = Parameter("merchant_id", "Whose; default: the operator's only one", pattern=IDENTIFIER)


async def list_alerts(call: AdminCall) -> Answer:
    limit = call.query.get("limit", query.PER_PAGE)
    live = call.query.get("state") is not AlertChoice.ALL
    before = call.query.get("before")
    found = await alert_watchers.list_groups(call.ctx, call.operator, live=live, before=before, limit=limit)
    return Answer(views.group_list(found, limit))


async def get_alert(call: AdminCall) -> Answer:
    return Answer(views.group_detail(await alert_watchers.get_group(call.ctx, call.operator, call.path["group_id"])))


async def alert_summary(call: AdminCall) -> Answer:
    return Answer(views.summary_view(await alert_watchers.summary(call.ctx, call.operator)))


async def acknowledge_alert(call: AdminCall) -> Answer:
    group_id = call.path["group_id"]
    found = await alert_watchers.acknowledge(call.ctx, call.operator, group_id, call.command)
    return Answer(views.group_detail(found))


async def list_rules(call: AdminCall) -> Answer:
    found = await alert_watchers.rule_settings(call.ctx, call.operator, call.query.get("merchant_id"))
    return Answer(setup_views.AlertRuleList(data=[setup_views.rule_view(rule, found.get(rule)) for rule in CATALOG]))


async def set_rule(call: AdminCall) -> Answer:
    name = call.path["rule_id"]
    if name not in set(AlertRule):
        raise kinds.PaySwitchError(kinds.NOT_FOUND, f"there is no rule {name}", "没有此规则")
    setting = await alert_watchers.set_rule(call.ctx, call.operator, AlertRule(name), call.command)
    return Answer(setup_views.rule_view(setting.rule, setting))


async def list_silences(call: AdminCall) -> Answer:
    now_ms = call.ctx.clock.now_ms()
    found = await alert_watchers.list_silences(call.ctx, call.operator)
    return Answer(setup_views.AlertSilenceList(data=[setup_views.silence_view(one, now_ms) for one in found]))


async def make_silence(call: AdminCall) -> Answer:
    made = await alert_watchers.make_silence(call.ctx, call.operator, call.command)
    return Answer(setup_views.silence_view(made, call.ctx.clock.now_ms()), status=201)


async def end_silence(call: AdminCall) -> Answer:
    ended = await alert_watchers.end_silence(call.ctx, call.operator, call.path["silence_id"])
    return Answer(setup_views.silence_view(ended, call.ctx.clock.now_ms()))


async def list_receivers(call: AdminCall) -> Answer:
    found = await alert_targets.list_receivers(call.ctx, call.operator)
    return Answer(setup_views.AlertReceiverList(data=[setup_views.receiver_view(one) for one in found]))


async def save_receiver(call: AdminCall) -> Answer:
    return Answer(setup_views.receiver_view(await alert_targets.save_receiver(call.ctx, call.operator, call.command)))


async def remove_receiver(call: AdminCall) -> Answer:
    receiver_id = call.path["receiver_id"]
    await alert_targets.remove_receiver(call.ctx, call.operator, receiver_id)
    return Answer(setup_views.AlertReceiverRemoved(receiver_id=receiver_id))


async def test_receiver(call: AdminCall) -> Answer:
    receiver_id = call.path["receiver_id"]
    _, outcome = await alert_targets.test_receiver(call.ctx, call.operator, receiver_id)
    return Answer(setup_views.tested_view(receiver_id, outcome))


ALERTS = "/v1/admin/alerts"
RULES = "/v1/admin/alert-rules"
SILENCES = "/v1/admin/alert-silences"
RECEIVERS = "/v1/admin/alert-receivers"

ALERT_OPERATIONS: tuple[Operation[AdminCall], ...] = (
    Operation(
        name="listAlerts",
        method="GET",
        path=ALERTS,
        needs=Permission.VIEW,
        run=list_alerts,
        title="Alert groups, newest first: one outage is one group",
        title_zh="告警组，最新在前：一次故障一组",
        parameters=(STATE, BEFORE, LIMIT),
        answer=views.AlertGroupList,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="summarizeAlerts",
        method="GET",
        path="/v1/admin/alert-summary",
        needs=Permission.VIEW,
        run=alert_summary,
        title="How many alerts are open: what a badge shows",
        title_zh="未恢复告警数量（角标）",
        answer=views.AlertSummary,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="getAlert",
        method="GET",
        path=ALERTS + "/{group_id}",
        needs=Permission.VIEW,
        run=get_alert,
        title="One alert group, its alerts, and who was told of it",
        title_zh="告警组详情：各项告警与通知记录",
        answer=views.AlertGroupDetail,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="acknowledgeAlert",
        method="POST",
        path=ALERTS + "/{group_id}/acknowledge",
        needs=Permission.OPERATE,
        run=acknowledge_alert,
        title="I look after it: nobody else is woken",
        title_zh="确认告警：由我处理，不再升级",
        body=AcknowledgeAlert,
        answer=views.AlertGroupDetail,
        problems=(kinds.NOT_FOUND, kinds.WRONG_STATE),
    ),
    Operation(
        name="listAlertRules",
        method="GET",
        path=RULES,
        needs=Permission.VIEW,
        run=list_rules,
        title="Every rule: what it looks at, whether it is on, its thresholds",
        title_zh="告警规则与阈值",
        parameters=(MERCHANT,),
        answer=setup_views.AlertRuleList,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="setAlertRule",
        method="PATCH",
        path=RULES + "/{rule_id}",
        needs=Permission.CONFIGURE,
        run=set_rule,
        title="Switch a rule on or off, and set its thresholds; those not named get their defaults",
        title_zh="启停规则、设置阈值；未列出的恢复默认",
        body=SetRule,
        answer=setup_views.AlertRuleView,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="listAlertSilences",
        method="GET",
        path=SILENCES,
        needs=Permission.VIEW,
        run=list_silences,
        title="Silences in force, and those that ended in the last week",
        title_zh="生效中及一周内结束的静默",
        answer=setup_views.AlertSilenceList,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="makeAlertSilence",
        method="POST",
        path=SILENCES,
        needs=Permission.OPERATE,
        run=make_silence,
        title="Nobody is woken by alerts that fit, for so long; says why",
        title_zh="静默：一段时间内符合条件的告警不再通知",
        body=MakeSilence,
        answer=setup_views.AlertSilenceView,
        status=201,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="endAlertSilence",
        method="POST",
        path=SILENCES + "/{silence_id}/end",
        needs=Permission.OPERATE,
        run=end_silence,
        title="End a silence now",
        title_zh="立即结束静默",
        answer=setup_views.AlertSilenceView,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="listAlertReceivers",
        method="GET",
        path=RECEIVERS,
        needs=Permission.VIEW,
        run=list_receivers,
        title="Who is told, in which turn, and whether the last messages arrived",
        title_zh="告警接收人、升级次序与送达情况",
        answer=setup_views.AlertReceiverList,
        problems=(kinds.NOT_FOUND,),
    ),
    Operation(
        name="saveAlertReceiver",
        method="POST",
        path=RECEIVERS,
        needs=Permission.CONFIGURE,
        run=save_receiver,
        title="Add a receiver, or replace one; its address is kept encrypted and never shown again",
        title_zh="新增或替换接收人；地址与密钥加密保存，不再展示",
        body=SaveReceiver,
        answer=setup_views.AlertReceiverView,
        problems=(kinds.NOT_FOUND, kinds.NO_MASTER_KEY, kinds.DECLARED_IN_FILE),
    ),
    Operation(
        name="removeAlertReceiver",
        method="POST",
        path=RECEIVERS + "/{receiver_id}/remove",
        needs=Permission.CONFIGURE,
        run=remove_receiver,
        title="Take a receiver out",
        title_zh="删除接收人",
        answer=setup_views.AlertReceiverRemoved,
        problems=(kinds.NOT_FOUND, kinds.DECLARED_IN_FILE),
    ),
    Operation(
        name="testAlertReceiver",
        method="POST",
        path=RECEIVERS + "/{receiver_id}/test",
        needs=Permission.OPERATE,
        run=test_receiver,
        title="Send a test message now, and say what the receiver answered",
        title_zh="立即发送测试消息并返回结果",
        answer=setup_views.AlertReceiverTested,
        problems=(kinds.NOT_FOUND,),
    ),
)
