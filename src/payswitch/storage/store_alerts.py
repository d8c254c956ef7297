"""`services.alerts.alert_ports.AlertStore`, for every database."""

from __future__ import annotations

from collections.abc import Sequence

from payswitch.domain.alert import (
    Alert,
    AlertChange,
    AlertGroup,
    NodeFindings,
    Notice,
    RuleSetting,
    SealedReceiver,
    ShopTally,
    Silence,
    Watch,
)
from payswitch.domain.alert_counts import OpenEvents
from payswitch.domain.audit import AuditRecord
from payswitch.domain.backlog import OpenAttempts, OpenRefunds
from payswitch.domain.payment import Incident
from payswitch.storage import alert_counting, alerts, backlog
from payswitch.storage.running import ScriptRunner
from payswitch.storage.scripts import decoded, one


class AlertStore(ScriptRunner):
    """Alerts and what belongs to them; and what their rules look at."""

    async def change_alerts(self, change: AlertChange) -> None:
        await self.write(lambda: alerts.apply(change))

    async def open_alerts(self) -> Sequence[Alert]:
        return await self._rows(alerts.ALERT, alerts.OPEN_ALERTS)

    async def alerts_resolved_since(self, since_ms: int) -> Sequence[Alert]:
        return await self._rows(alerts.ALERT, alerts.ALERTS_RESOLVED_SINCE, since_ms=since_ms)

    async def alerts_of(self, group_id: str) -> Sequence[Alert]:
        return await self._rows(alerts.ALERT, alerts.ALERTS_OF, group_id=group_id)

    async def live_groups(self) -> Sequence[AlertGroup]:
        return await self._rows(alerts.GROUP, alerts.LIVE_GROUPS)

    async def alert_group(self, group_id: str) -> AlertGroup | None:
        return await self._row(alerts.GROUP, alerts.GROUP_BY_ID, group_id=group_id)

    async def list_groups(
        self, merchant_id: str, *, live: bool, place: tuple[int, str] | None, limit: int
    ) -> Sequence[AlertGroup]:
        return await self.read(alerts.group_page(merchant_id, live=live, place=place, limit=limit))

    async def notices_of_group(self, group_id: str) -> Sequence[Notice]:
        return await self._rows(alerts.NOTICE, alerts.NOTICES_OF_GROUP, group_id=group_id)

    async def notices_of_receiver(self, receiver_id: str, limit: int) -> Sequence[Notice]:
        return await self._rows(alerts.NOTICE, alerts.NOTICES_OF_RECEIVER, receiver_id=receiver_id, limit=limit)

    async def claim_notices(self, now_ms: int, lease_ms: int, limit: int) -> Sequence[Notice]:
        return await self.write(lambda: alerts.claim_notices(now_ms, lease_ms, limit))

    async def save_notice(self, notice: Notice) -> None:
        await self.write(lambda: alerts.save_notice(notice))

    async def silences_since(self, since_ms: int) -> Sequence[Silence]:
        return await self._rows(alerts.SILENCE, alerts.SILENCES_SINCE, since_ms=since_ms)

    async def silence(self, silence_id: str) -> Silence | None:
        return await self._row(alerts.SILENCE, alerts.SILENCE_BY_ID, silence_id=silence_id)

    async def save_silence(self, silence: Silence) -> None:
        await self.write(lambda: alerts.save_silence(silence))

    async def alert_receivers(self) -> Sequence[SealedReceiver]:
        return await self._rows(alerts.RECEIVER, alerts.RECEIVERS)

    async def save_receiver(self, receiver: SealedReceiver) -> None:
        await self.write(lambda: alerts.save_receiver(receiver))

    async def drop_receiver(self, receiver_id: str) -> bool:
        return await self.write(lambda: alerts.drop_receiver(receiver_id))

    async def rule_settings(self) -> Sequence[RuleSetting]:
        return await self._rows(alerts.SETTING, alerts.SETTINGS)

    async def save_rule_setting(self, setting: RuleSetting) -> None:
        await self.write(lambda: alerts.save_setting(setting))

    async def save_node_findings(self, node: NodeFindings, forget_before_ms: int) -> None:
        await self.write(lambda: alerts.save_node(node, forget_before_ms))

    async def node_findings(self, since_ms: int) -> Sequence[NodeFindings]:
        return await self._rows(alerts.NODE, alerts.NODES, since_ms=since_ms)

    async def take_lease(self, name: str, holder: str, now_ms: int, until_ms: int) -> bool:
        return await self.write(lambda: alerts.take_lease(name, holder, now_ms, until_ms))

    # --- what the rules look at -------------------------------------------------------------------------------

    async def watches(self) -> Sequence[Watch]:
        return await self._rows(alerts.WATCH, alerts.WATCHES)

    async def shop_hours(self, since_ms: int) -> Sequence[ShopTally]:
        return await self.read(decoded(alerts.TALLY, alerts.HOURS_SINCE, since_ms=since_ms))

    async def save_shop_hours(self, tallies: Sequence[ShopTally], forget_before_ms: int) -> None:
        await self.write(lambda: alerts.save_hours(tallies, forget_before_ms))

    async def shop_tallies(self, from_ms: int, to_ms: int, *, age_ms: int, step_ms: int) -> Sequence[ShopTally]:
        return await self.read(alert_counting.tallies(from_ms, to_ms, age_ms=age_ms, step_ms=step_ms))

    async def last_payment_ms(self, shop_id: str) -> int:
        return int(await self.look(one(alert_counting.LAST_PAYMENT, shop_id=shop_id)))

    async def open_attempt_sums(self) -> Sequence[OpenAttempts]:
        return await self.read(backlog.open_attempts())

    async def open_refund_sums(self) -> Sequence[OpenRefunds]:
        return await self.read(backlog.open_refunds())

    async def open_event_sums(self) -> Sequence[OpenEvents]:
        return await self.read(alert_counting.open_events())

    async def incidents_since(self, since_ms: int, limit: int) -> Sequence[Incident]:
        return await self.read(alert_counting.incidents_since(since_ms, limit))

    async def audits_since(self, since_ms: int) -> Sequence[AuditRecord]:
        return await self.read(alert_counting.audits_since(since_ms))
