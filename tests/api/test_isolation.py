"""No read and no write crosses merchants (invariant 15), and nobody does what their role may not: for every operation
of the admin API, the ones that are added tomorrow included."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from payswitch.domain.alert import AlertChange, Message, Receiver
from payswitch.domain.alert_delivery import Address, Delivery, OpenReceiver
from payswitch.domain.reconciliation import Billed, Break, BreakKind, break_id_of
from payswitch.domain.roles import PERMISSIONS, Permission, Role
from payswitch.entry.api.admin.operations import ADMIN_OPERATIONS
from payswitch.entry.api.openapi import example_of
from payswitch.entry.api.operation import Operation
from payswitch.services.alerts.alert_commands import MakeSilence, SaveReceiver
from payswitch.services.alerts.alert_desk import AlertDesk
from payswitch.services.reports.analytics_ports import Analytics
from payswitch.storage.analytics.lake import ParquetLake
from tests.api.people import Person, hired, signed_in
from tests.api.support import Evening, Heard, order
from tests.api.test_refund_operators import abnormal
from tests.storage.test_conformance_alerts import a_group, an_alert

CHANGES = [operation for operation in ADMIN_OPERATIONS if operation.method != "GET"]
READS = [operation for operation in ADMIN_OPERATIONS if operation.method == "GET"]
ASKED = {"findPayments": "?number=order-1", "listViews": "?page=payments", "policyInForce": "?merchant_id=m-1"}
"""What operations that cannot be called without parameters are asked."""

TIMED = {"getReportPdf"}
"""Says when it was printed: two readings are never the same."""

EVERYBODYS = {"rule_id", "connector_id"}
"""Every merchant has the same rules, each with settings of its own, and the same connectors."""


@dataclass
class House:
    """What merchant m-1 has: one of everything that has an address."""

    ids: dict[str, str]
    secrets: list[str]
    """What must not be read by anybody else: ids, numbers, names."""

    def path(self, operation: Operation[Any]) -> str:
        """The operation's address with this merchant's own ids."""
        missing = [name for name in names_in(operation.path) if name not in self.ids]
        assert not missing, f"{operation.name}: say in furnished() which {missing} merchant m-1 has"
        return operation.path.format(**self.ids)


def names_in(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


async def furnished(tonight: Evening, folder: Path) -> House:
    """An evening of merchant m-1 with a payment, a refund in trouble, a policy, a break, and people."""
    refund = await abnormal(tonight)
    paid = await tonight.night.file(refund["payment_id"])
    event = (await tonight.shop.get("/v1/events")).json["data"][0]
    drafted = {"merchant_id": "m-1", "document": {"split": {"best": 70, "warm": 20, "explore": 10}}, "note": "双十一"}
    policy = (await tonight.operator.post("/v1/admin/policies", drafted)).json
    broken = Break(
        break_id=break_id_of("wechat-main", BreakKind.AMOUNT_DIFFERS, "NO1", ""),
        merchant_id="m-1",
        channel_id="wechat-main",
        day="2026-11-11",
        kind=BreakKind.AMOUNT_DIFFERS,
        channel_order_no="NO1",
        here_fen=1,
        there_fen=2,
        found_at_ms=tonight.night.clock.now_ms(),
    )
    await tonight.night.store.save_billed(Billed(breaks=[broken]))
    tonight.night.ctx.books = tonight.night.store
    test = (await tonight.operator.post("/v1/admin/channels/wechat-main/tests", {})).json
    await hired(tonight, "chen", Role.FINANCE)
    store = tonight.night.store
    tonight.night.ctx.analytics = Analytics(store, ParquetLake(folder), store, 30)
    report = (await tonight.operator.post("/v1/admin/reports", {"merchant_id": "m-1"})).json["report"]
    kept = {"page": "payments", "name": "double-eleven", "query": "surplus=yes", "shared": True}
    view = (await tonight.operator.post("/v1/admin/views", kept)).json
    ids = {
        **await alerted(tonight),
        "channel_id": "wechat-main",
        "payment_id": refund["payment_id"],
        "refund_id": refund["refund_id"],
        "attempt_id": paid.attempts[0].attempt_id,
        "event_id": event["event_id"],
        "policy_id": policy["policy_id"],
        "break_id": broken.break_id,
        "test_id": test["test_id"],
        "user_id": "chen",
        "shop_id": "shop-1",
        "report_id": report["report_id"],
        "proposal_id": "none",
        "view_id": view["view_id"],
    }
    more = [
        paid.payment.out_trade_no,
        paid.attempts[0].channel_order_no,
        "明前龙井",
        "alipay-main",
        "Chen",
        "double-eleven",
    ]
    return House(ids, [value for value in (*ids.values(), *more) if value not in ("none", "breaker_open", "wechatpay")])


async def alerted(tonight: Evening) -> dict[str, str]:
    """An alert, a silence and a receiver of merchant m-1."""
    ctx, store = tonight.night.ctx, tonight.night.store
    assert ctx.desk is not None
    ctx.alerts = AlertDesk(store=store, sender=Nobody(), key_ring=ctx.desk.key_ring)
    group = a_group(opened_at_ms=ctx.clock.now_ms())
    await store.change_alerts(AlertChange(groups=(group,), alerts=(an_alert(facts=SICK),)))
    silence = await tonight.operator.post("/v1/admin/alert-silences", example_of(MakeSilence))
    receiver = await tonight.operator.post("/v1/admin/alert-receivers", example_of(SaveReceiver))
    return {
        "group_id": group.group_id,
        "silence_id": silence.json["silence_id"],
        "receiver_id": receiver.json["receiver_id"],
        "rule_id": "breaker_open",
        "connector_id": "wechatpay",
    }


SICK = {
    "channel": "wechat-main",
    "channel_id": "wechat-main",
    "product": "wechat_native",
    "reason_zh": "三次中两次超时",
    "reason_en": "two timeouts of three",
}


class Nobody:
    """Carries alerts nowhere."""

    async def deliver(self, to: OpenReceiver, message: Message, notice_id: str, timeout_ms: int) -> Delivery:
        return Delivery()

    def problems(self, receiver: Receiver, address: Address) -> list[str]:
        return []


async def call(person: Person, operation: Operation[Any], path: str) -> Heard:
    body = None if operation.body is None else example_of(operation.body)
    required = any(parameter.required for parameter in operation.parameters)
    assert operation.name in ASKED or not required, f"{operation.name}: say in ASKED what it needs"
    return await person.send(operation.method, path + ASKED.get(operation.name, ""), body)


async def everything_read(person: Person, house: House) -> Mapping[str, str]:
    """By somebody who may: all of it must be there, or nothing would be hidden from others."""
    heard = {one.name: await call(person, one, house.path(one)) for one in READS if one.name not in TIMED}
    assert [name for name, answer in heard.items() if answer.status != 200] == []
    return {name: answer.text for name, answer in heard.items()}


async def test_another_merchants_owner_reads_nothing_and_changes_nothing(tonight: Evening, tmp_path: Path) -> None:
    house = await furnished(tonight, tmp_path / "lake")
    owner = await signed_in(tonight, "lin", Role.OWNER)
    stranger = await signed_in(tonight, "wu", Role.OWNER, merchants=("m-2",))
    before = await everything_read(owner, house)

    for operation in (*READS, *CHANGES):
        path = house.path(operation)
        heard = await call(stranger, operation, path)
        if set(names_in(operation.path)) - EVERYBODYS:
            assert heard.status == 404, f"{operation.name}: {heard.status} {heard.text[:300]}"
        told = heard.text.replace(path, "")
        for hidden in house.secrets:
            named_by_themselves = hidden in str(example_of(operation.body)) if operation.body else False
            # A refusal may repeat what the stranger has asked for; it must not know more.
            assert hidden not in told or heard.status >= 400 or named_by_themselves, f"{operation.name} tells {hidden}"

    assert without_request_ids(await everything_read(owner, house)) == without_request_ids(before)


def without_request_ids(read: Mapping[str, str]) -> dict[str, str]:
    return {name: re.sub(r"req_\w+", "", text) for name, text in read.items()}


async def test_a_key_of_another_merchant_is_as_blind(tonight: Evening, tmp_path: Path) -> None:
    house = await furnished(tonight, tmp_path / "lake")

    for operation in READS:
        heard = await tonight.foreign_operator.get(house.path(operation) + ASKED.get(operation.name, ""))
        if set(names_in(operation.path)) - EVERYBODYS:
            assert heard.status in (403, 404), operation.name
        assert not any(hidden in heard.text for hidden in house.secrets if heard.status < 400), operation.name


async def test_every_operation_is_done_by_those_who_may_and_by_nobody_else(tonight: Evening) -> None:
    people = {role: await signed_in(tonight, role.value, role) for role in Role}
    stranger = Person(tonight)

    for operation in ADMIN_OPERATIONS:
        assert operation.needs is not None
        path = re.sub(r"{\w+}", "nothing-there", operation.path)
        assert (await call(stranger, operation, path)).status == 401, operation.name
        for role, person in people.items():
            heard = await call(person, operation, path)
            may = operation.needs in PERMISSIONS[role]
            assert (heard.status == 403) == (not may), f"{operation.name} by {role}: {heard.status} {heard.text[:200]}"
            assert heard.status < 500, f"{operation.name}: {heard.text}"


async def test_a_key_decides_nothing_about_people(tonight: Evening) -> None:
    for operation in ADMIN_OPERATIONS:
        if operation.needs is Permission.MANAGE:
            path = re.sub(r"{\w+}", "nothing-there", operation.path)
            assert (await tonight.operator.send(operation.method, path)).status == 403, operation.name


async def test_a_disabled_users_session_dies_at_once(tonight: Evening) -> None:
    owner, chen = await signed_in(tonight), await signed_in(tonight, "chen", Role.FINANCE)
    assert (await chen.get("/v1/admin/refunds")).status == 200

    assert (await owner.post("/v1/admin/users/chen/disable")).json["state"] == "disabled"

    assert (await chen.get("/v1/admin/refunds")).status == 401
    assert (await chen.sign_in()).json["code"] == "sign_in_refused"
    assert (await owner.post("/v1/admin/users/chen/enable")).json["state"] == "active"
    assert (await chen.get("/v1/admin/refunds")).status == 401, "what has ended stays so"
    assert (await chen.sign_in()).status == 201


async def test_another_role_is_in_force_with_the_next_request(tonight: Evening) -> None:
    owner, chen = await signed_in(tonight), await signed_in(tonight, "chen", Role.OPERATOR)
    disable = "/v1/admin/channels/wechat-main/disable"
    assert (await chen.post(disable)).json["state"] == "disabled"

    await owner.patch("/v1/admin/users/chen", {"role": "read_only"})

    refused = await chen.post(disable)
    assert (refused.status, refused.json["needs"]) == (403, "operate")
    assert refused.json["roles"] == ["owner", "operator"]


@pytest.mark.parametrize("act", ["disable", "reset", "sessions/revoke", ""])
async def test_somebody_who_also_works_elsewhere_is_seen_and_not_changed(tonight: Evening, act: str) -> None:
    """An owner of one merchant must not take a colleague of another merchant out of their work."""
    owner = await signed_in(tonight, "lin", merchants=("m-1",))
    await hired(tonight, "both", Role.FINANCE, merchants=("m-1", "m-2"))

    shown = (await owner.get("/v1/admin/users/both")).json
    path = f"/v1/admin/users/both/{act}".rstrip("/")
    heard = await (owner.post(path, {} if act == "reset" else None) if act else owner.patch(path, {"name": "别名"}))

    assert shown["merchant_ids"] == ["m-1"], "what else they do is nobody's business here"
    assert heard.status == 403


async def test_nobody_makes_themselves_more_than_they_are(tonight: Evening) -> None:
    owner = await signed_in(tonight)
    for change in ({"role": "read_only"}, {"merchant_ids": ["m-1", "m-2"]}, {"merchant_ids": ["m-2"]}):
        assert (await owner.patch("/v1/admin/users/lin", change)).status in (400, 403)
    assert (await owner.post("/v1/admin/users/lin/disable")).status == 403
    foreign = {"user_id": "spy", "name": "?", "role": "owner", "merchant_ids": ["m-1", "m-2"]}
    heard = await owner.post("/v1/admin/users", foreign)
    assert (heard.status, heard.fields) == (400, ["merchant_ids"])


async def test_a_reset_ends_what_was_and_gives_a_link(tonight: Evening) -> None:
    owner, chen = await signed_in(tonight), await signed_in(tonight, "chen", Role.FINANCE)

    reset = (await owner.post("/v1/admin/users/chen/reset", {"totp": True})).json

    assert not await chen.is_in()
    assert (await chen.sign_in()).status == 401
    again = await chen.sign_in_by(reset["sign_in_url"].rpartition("=")[2])
    assert (again.status, again.json["user"]["has_password"]) == (201, False)


async def test_an_owner_sees_where_somebody_is_signed_in_and_ends_it(tonight: Evening) -> None:
    owner, chen = await signed_in(tonight), await signed_in(tonight, "chen", Role.FINANCE)
    phone = Person(tonight, "chen", address="198.51.100.20", pause_ms=1)
    await phone.sign_in()

    listed = (await owner.get("/v1/admin/users/chen/sessions")).json["data"]
    assert [one["address"] for one in listed] == ["198.51.100.20", "203.0.113.9"]
    assert not any(one["is_this"] for one in listed)
    assert (await owner.post("/v1/admin/users/chen/sessions/revoke")).json["data"] == []

    assert not await chen.is_in()
    assert not await phone.is_in()
    own = (await owner.post("/v1/admin/users/lin/sessions/revoke")).json["data"]
    assert [one["is_this"] for one in own] == [True], "the one that asks goes on"


async def test_orders_of_another_shop_of_the_merchant_are_the_merchants(tonight: Evening) -> None:
    """Operators work for merchants, not for shops: what shops may not see of each other, they may."""
    made = (await tonight.other_shop.post("/v1/payments", order("other-1"))).json
    owner = await signed_in(tonight)
    assert (await owner.get(f"/v1/admin/payments/{made['payment_id']}/explanation")).status == 200
