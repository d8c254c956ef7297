"""Receivers over the API: added with their keys sealed, tested with one press, taken out again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from payswitch.alerting.texts import test_message
from payswitch.domain.alert import Notice, NoticeKind, NoticeState, Receiver, SealedReceiver
from payswitch.domain.alert_delivery import Address, Delivery, OpenReceiver
from payswitch.domain.errors import DECLARED_IN_FILE, INVALID_REQUEST, NO_MASTER_KEY, NOT_FOUND, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.trail import TrailKind
from payswitch.kit.sealing import SealBroken
from payswitch.kit.tables import ID
from payswitch.services.alerts.alert_commands import SaveReceiver
from payswitch.services.alerts.alert_desk import AlertDesk, alert_desk_of
from payswitch.services.alerts.alert_receivers import open_address, receivers_of, seal_address, with_merchants
from payswitch.services.alerts.alert_watchers import merchant_for
from payswitch.services.context import Context
from payswitch.services.people.trail import deed, record

MOST_MINUTES: Final = 1_440
LAST: Final = 5


@dataclass(frozen=True, slots=True)
class ReceiverFile:
    """A receiver as people see it."""

    receiver: Receiver
    merchant_id: str
    """Empty: it stands in the configuration file."""
    address: Address
    """Never shown as it is."""
    readable: bool
    notices: Sequence[Notice]
    """The last ones, newest first."""


async def list_receivers(ctx: Context, operator: Operator) -> list[ReceiverFile]:
    """Those of the file that hear this operator's merchants, and the operator's own."""
    desk = alert_desk_of(ctx.alerts)
    found = [
        await _file(desk, one.receiver, "", one.address)
        for one in desk.file_receivers
        if not one.receiver.merchant_ids or one.receiver.merchant_ids & operator.merchant_ids
    ]
    for stored in await desk.store.alert_receivers():
        if operator.manages(stored.merchant_id):
            try:
                address: Address | None = open_address(desk.key_ring, stored)
            except SealBroken:
                address = None
            found.append(await _file(desk, stored.receiver, stored.merchant_id, address))
    return found


async def _file(desk: AlertDesk, receiver: Receiver, merchant_id: str, address: Address | None) -> ReceiverFile:
    notices = await desk.store.notices_of_receiver(receiver.receiver_id, LAST)
    return ReceiverFile(receiver, merchant_id, address or {}, address is not None, notices)


async def save_receiver(ctx: Context, operator: Operator, command: SaveReceiver) -> ReceiverFile:
    """New, or replaced. Raises `no_master_key`, `declared_in_file`, `invalid_request` with everything that is wrong."""
    desk = alert_desk_of(ctx.alerts)
    merchant_id = merchant_for(operator, command.merchant_id)
    if desk.key_ring is None:
        raise PaySwitchError(NO_MASTER_KEY)
    if any(one.receiver.receiver_id == command.receiver_id for one in desk.file_receivers):
        raise PaySwitchError(DECLARED_IN_FILE)
    stored = {one.receiver_id: one for one in await desk.store.alert_receivers()}.get(command.receiver_id)
    if stored is not None and not operator.manages(stored.merchant_id):
        raise _wrong({"receiver_id": "is taken / 已被占用"})
    address: Address | None = command.address
    if address is None:
        if stored is None:
            raise _wrong({"address": "is required / 必填"})
        address = open_address(desk.key_ring, stored)
    receiver = with_merchants(
        Receiver(
            receiver_id=command.receiver_id,
            name=command.name.strip(),
            kind=command.kind,
            least=command.least,
            after_minutes=command.after_minutes,
            language=command.language,
            enabled=command.enabled,
        ),
        merchant_id,
    )
    _check(desk, receiver, address)
    after = {"name": receiver.name, "kind": receiver.kind.value, "after_minutes": receiver.after_minutes}
    action = "create" if stored is None else "update"
    entry = deed(ctx, operator, action, TrailKind.ALERT_TARGET, receiver.receiver_id, merchant_id, after=after)
    await record(ctx, entry)
    await desk.store.save_receiver(
        SealedReceiver(
            receiver_id=receiver.receiver_id,
            merchant_id=merchant_id,
            receiver=receiver,
            sealed=seal_address(desk.key_ring, receiver.receiver_id, address),
            key_id=desk.key_ring.newest.key_id,
            updated_at_ms=ctx.clock.now_ms(),
            updated_by=operator.name or operator.operator_id,
        )
    )
    return await _file(desk, receiver, merchant_id, address)


def _check(desk: AlertDesk, receiver: Receiver, address: Address) -> None:
    wrong: dict[str, str] = {}
    if ID.fullmatch(receiver.receiver_id) is None:
        wrong["receiver_id"] = "must be 1 to 64 of 0-9 A-Z a-z _ - / 须为 1 到 64 个字母、数字、下划线或减号"
    if not 1 <= len(receiver.name) <= 64:
        wrong["name"] = "must have 1 to 64 characters / 须为 1 到 64 个字符"
    if not 0 <= receiver.after_minutes <= MOST_MINUTES:
        wrong["after_minutes"] = f"must be from 0 to {MOST_MINUTES} / 须为 0 到 {MOST_MINUTES}"
    for problem in desk.sender.problems(receiver, address):
        field, _, text = problem.partition(": ")
        wrong[f"address.{field}"] = text
    if wrong:
        raise _wrong(wrong)


async def remove_receiver(ctx: Context, operator: Operator, receiver_id: str) -> None:
    """It hears nothing any more; what it was told stays written down."""
    desk = alert_desk_of(ctx.alerts)
    if any(one.receiver.receiver_id == receiver_id for one in desk.file_receivers):
        raise PaySwitchError(DECLARED_IN_FILE)
    stored = {one.receiver_id: one for one in await desk.store.alert_receivers()}.get(receiver_id)
    if stored is None or not operator.manages(stored.merchant_id):
        raise _absent(receiver_id)
    await record(ctx, deed(ctx, operator, "delete", TrailKind.ALERT_TARGET, receiver_id, stored.merchant_id))
    await desk.store.drop_receiver(receiver_id)


async def test_receiver(ctx: Context, operator: Operator, receiver_id: str) -> tuple[OpenReceiver, Delivery]:
    """Send a test message now, and say what became of it: also what makes a mended receiver count as well again."""
    desk = alert_desk_of(ctx.alerts)
    to = next((one for one in await receivers_of(desk) if one.receiver.receiver_id == receiver_id), None)
    if to is None or not _may_test(operator, to):
        raise _absent(receiver_id)
    now_ms = ctx.clock.now_ms()
    notice_id = ctx.ids.new("ntc_", now_ms)
    message = test_message(to.receiver.name, to.receiver.language, ctx.public_url)
    outcome = await desk.sender.deliver(to, message, notice_id, ctx.timings.alert_timeout_ms)
    done_ms = ctx.clock.now_ms()
    await desk.store.save_notice(
        Notice(
            notice_id=notice_id,
            group_id="",
            receiver_id=receiver_id,
            kind=NoticeKind.TEST,
            message=message,
            state=NoticeState.DEAD if outcome.error else NoticeState.DELIVERED,
            created_at_ms=now_ms,
            tries=1,
            delivered_at_ms=None if outcome.error else done_ms,
            last_error=f"{outcome.code} {outcome.error}".strip(),
        )
    )
    return to, outcome


def _may_test(operator: Operator, to: OpenReceiver) -> bool:
    if to.stored is not None:
        return operator.manages(to.stored.merchant_id)
    return not to.receiver.merchant_ids or bool(to.receiver.merchant_ids & operator.merchant_ids)


def _absent(receiver_id: str) -> PaySwitchError:
    return PaySwitchError(NOT_FOUND, f"there is no receiver {receiver_id}", "没有此接收人")


def _wrong(fields: dict[str, str]) -> PaySwitchError:
    listed = ", ".join(fields)
    return PaySwitchError(
        INVALID_REQUEST,
        detail=f"mend these: {listed}",
        detail_zh=f"请修正：{listed}",
        errors=[{"field": field, "message": text} for field, text in fields.items()],
    )
