"""策略: what operators do with policies. Drafts are checked in full; what is put in force takes effect at once.

Nothing is ever changed or deleted: who put which version in force when, and what it said, stays known for ever.
"""

from __future__ import annotations

import msgspec

from payswitch.domain.changes import CommitConflict, UniqueViolation
from payswitch.domain.errors import (
    NOT_FOUND,
    POLICY_INVALID,
    POLICY_STATE,
    REVISION_CONFLICT,
    PaySwitchError,
)
from payswitch.domain.operator import Operator
from payswitch.domain.policy_record import (
    PolicyAction,
    PolicyActivation,
    PolicyChange,
    PolicyScope,
    PolicyState,
    PolicyVersion,
)
from payswitch.domain.trail import TrailKind
from payswitch.routing.policy import Policy
from payswitch.routing.policy_book import WHOLE_MERCHANT
from payswitch.routing.policy_diff import Difference, differences
from payswitch.routing.policy_loading import PolicyInvalid
from payswitch.services.context import Context
from payswitch.services.people.trail import deed
from payswitch.services.policies.policy_commands import ActivatePolicy, CheckPolicy, DraftPolicy, RollBackPolicy
from payswitch.services.policies.policy_desk import PolicyDesk, policy_desk_of
from payswitch.services.policies.policy_installing import install, resolved
from payswitch.services.policies.policy_log import Chosen, PolicyLog, check_choice, read_log, whole_policies


class PolicyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One version, and where it stands in its life."""

    version: PolicyVersion
    state: PolicyState
    revision: int
    """Of its scope's log: to be sent with a change."""
    activations: tuple[PolicyActivation, ...]
    """When it was put in force and by whom, oldest first."""


class RolledBack(msgspec.Struct, frozen=True, kw_only=True):
    """What a roll-back led to."""

    scope: PolicyScope
    activation: PolicyActivation


async def list_policies(ctx: Context, operator: Operator) -> list[PolicyRecord]:
    """Every version of the operator's merchants and their shops, in order of scope and number."""
    found: list[PolicyRecord] = []
    for merchant_id in sorted(operator.merchant_ids if ctx.policy_desk is not None else ()):
        log = await read_log(policy_desk_of(ctx.policy_desk).store, merchant_id)
        found += [_record(log, version) for version in log.versions]
    return found


def _record(log: PolicyLog, version: PolicyVersion) -> PolicyRecord:
    own = log.of(version.scope)
    return PolicyRecord(
        version=version,
        state=log.state(version),
        revision=len(own),
        activations=tuple(entry for entry in own if entry.number == version.number),
    )


async def policy_and_log(ctx: Context, operator: Operator, policy_id: str) -> tuple[PolicyVersion, PolicyLog]:
    """One version that this operator manages. Raises `not_found` for any other."""
    desk = policy_desk_of(ctx.policy_desk)
    version = await desk.store.policy(policy_id)
    if version is None or not operator.manages(version.merchant_id):
        raise PaySwitchError(
            NOT_FOUND, f"there is no policy {policy_id} that you manage", f"没有由您管理的策略 {policy_id}"
        )
    return version, await read_log(desk.store, version.merchant_id)


async def get_policy(ctx: Context, operator: Operator, policy_id: str) -> tuple[PolicyRecord, Policy]:
    """One version, and the whole policy that would decide if it were in force."""
    version, log = await policy_and_log(ctx, operator, policy_id)
    return _record(log, version), with_version(policy_desk_of(ctx.policy_desk), log, version)


def with_version(desk: PolicyDesk, log: PolicyLog, version: PolicyVersion) -> Policy:
    """The whole policy of the version's scope, were it in force."""
    policy = whole_policies(desk.base, {**log.chosen(), version.shop_id: version})[version.shop_id]
    return desk.base if policy is None else policy  # never None: a version was chosen


async def diff_policy(
    ctx: Context, operator: Operator, policy_id: str, against: str | None = None
) -> tuple[Policy, Policy, list[Difference]]:
    """What this version changes: against another one of the same scope, or (None) against what is in force there."""
    version, log = await policy_and_log(ctx, operator, policy_id)
    desk = policy_desk_of(ctx.policy_desk)
    after = with_version(desk, log, version)
    if against is None:
        before = desk.book.policy_for(version.merchant_id, version.shop_id)
    else:
        other, _ = await policy_and_log(ctx, operator, against)
        if other.scope != version.scope:
            raise _absent("against", "is a version of another merchant or shop", "属于其他商户或店铺")
        before = with_version(desk, log, other)
    return before, after, differences(before, after)


async def check_policy(ctx: Context, operator: Operator, command: CheckPolicy) -> None:
    """Raises `policy_invalid` with everything that is wrong. Writes nothing."""
    desk, scope = await scope_of(ctx, operator, command.merchant_id, command.shop_id)
    log = await read_log(desk.store, scope.merchant_id)
    await check_version(ctx, log, new_version(ctx, operator, scope, log, command.document, ""))


async def draft_policy(ctx: Context, operator: Operator, command: DraftPolicy) -> PolicyRecord:
    """A new version, checked in full; no payment sees it before it is activated."""
    desk, scope = await scope_of(ctx, operator, command.merchant_id, command.shop_id)
    async with desk.lock:
        log = await read_log(desk.store, scope.merchant_id)
        version = new_version(ctx, operator, scope, log, command.document, command.note)
        await check_version(ctx, log, version)
        try:
            created = deed(
                ctx,
                operator,
                "create",
                TrailKind.POLICY,
                version.policy_id,
                scope.merchant_id,
                after={"version": version.name},
                note=version.note,
            )
            await desk.store.add_policy(version, created)
        except UniqueViolation:
            raise _conflict(log.revision(scope)) from None
        return PolicyRecord(version=version, state=PolicyState.DRAFT, revision=log.revision(scope), activations=())


def new_version(
    ctx: Context, operator: Operator, scope: PolicyScope, log: PolicyLog, document: object, note: str
) -> PolicyVersion:
    now_ms = ctx.clock.now_ms()
    numbers = [one.number for one in log.versions if one.shop_id == scope.shop_id]
    return PolicyVersion(
        policy_id=ctx.ids.new("pol_", now_ms),
        merchant_id=scope.merchant_id,
        shop_id=scope.shop_id,
        number=max(numbers, default=0) + 1,
        document=msgspec.Raw(msgspec.json.encode(document)),
        note=note,
        created_at_ms=now_ms,
        created_by=operator.operator_id,
    )


async def activate_policy(ctx: Context, operator: Operator, policy_id: str, command: ActivatePolicy) -> PolicyRecord:
    """From the next decision on this version decides. It is checked again: channels may have changed since."""
    desk = policy_desk_of(ctx.policy_desk)
    async with desk.lock:
        version, log = await policy_and_log(ctx, operator, policy_id)
        _require_revision(log, version.scope, command.revision)
        if log.state(version) is PolicyState.ACTIVE:
            raise PaySwitchError(POLICY_STATE, f"{version.name} is in force already", f"{version.name} 已经生效")
        await check_version(ctx, log, version)
        log = await _put_in_force(ctx, operator, log, version.scope, version, PolicyAction.ACTIVATE, command.note)
        return _record(log, version)


async def roll_back(ctx: Context, operator: Operator, command: RollBackPolicy) -> RolledBack:
    """An earlier version again, or what is inherited, at once. Its names are not checked against today's channels:
    going back to what worked must not be refused in the middle of a night."""
    desk, scope = await scope_of(ctx, operator, command.merchant_id, command.shop_id)
    async with desk.lock:
        log = await read_log(desk.store, scope.merchant_id)
        _require_revision(log, scope, command.revision)
        number = _target(log, scope, command.to)
        version = log.version(scope, number)
        log = await _put_in_force(ctx, operator, log, scope, version, PolicyAction.ROLLBACK, command.note)
        return RolledBack(scope=scope, activation=log.of(scope)[-1])


def _target(log: PolicyLog, scope: PolicyScope, wanted: int | None) -> int:
    number = log.number_before(scope) if wanted is None else wanted
    if number is None or number == log.number_in_force(scope):
        raise PaySwitchError(
            POLICY_STATE, f"there is nothing earlier to go back to for {scope.name}", f"{scope.name} 没有可回滚的策略"
        )
    if number != 0 and all(entry.number != number for entry in log.of(scope)):
        raise PaySwitchError(
            POLICY_STATE,
            f"{scope.name}@{number} was never in force; activate it instead",
            f"{scope.name}@{number} 从未生效，请改用激活",
        )
    return number


async def _put_in_force(
    ctx: Context,
    operator: Operator,
    log: PolicyLog,
    scope: PolicyScope,
    version: PolicyVersion | None,
    action: PolicyAction,
    note: str,
) -> PolicyLog:
    """Store the change, then let the running process see it. The log with the new entry."""
    desk = policy_desk_of(ctx.policy_desk)
    now_ms = ctx.clock.now_ms()
    try:
        follows = whole_policies(desk.base, {**log.chosen(), scope.shop_id: version})
    except msgspec.ValidationError as error:
        raise PaySwitchError(
            POLICY_INVALID, f"this version of PaySwitch cannot read it: {error}", f"当前版本无法读取该策略：{error}"
        ) from error
    entry = PolicyActivation(
        merchant_id=scope.merchant_id,
        shop_id=scope.shop_id,
        revision=log.revision(scope) + 1,
        number=0 if version is None else version.number,
        action=action,
        policy_version=_name_in_force(desk, follows, scope),
        note=note,
        at_ms=now_ms,
        operator_id=operator.operator_id,
    )
    trail = deed(
        ctx,
        operator,
        action.value,
        TrailKind.POLICY,
        scope.name if version is None else version.policy_id,
        scope.merchant_id,
        before={"in_force": desk.book.policy_for(scope.merchant_id, scope.shop_id).version},
        after={"in_force": entry.policy_version},
        note=note,
    )
    written = tuple(resolved(policy, now_ms) for policy in follows.values() if policy is not None)
    try:
        await desk.store.activate_policy(PolicyChange(activation=entry, resolved=written, trail=trail))
    except (CommitConflict, UniqueViolation):
        raise _conflict(None) from None
    install(desk, scope.merchant_id, follows)
    return PolicyLog(log.versions, [*log.activations, entry])


def _name_in_force(desk: PolicyDesk, follows: dict[str, Policy | None], scope: PolicyScope) -> str:
    """The scope's own, else its merchant's, else the service's."""
    policy = follows.get(scope.shop_id) or follows.get(WHOLE_MERCHANT) or desk.base
    return policy.version


async def check_version(ctx: Context, log: PolicyLog, version: PolicyVersion) -> None:
    shops = [shop.shop_id for shop in await ctx.store.shops() if shop.merchant_id == version.merchant_id]
    channels = ctx.directory.channels(version.merchant_id)
    chosen: Chosen = {**log.chosen(), version.shop_id: version}
    try:
        check_choice(policy_desk_of(ctx.policy_desk).base, chosen, channels, shops, version.scope)
    except PolicyInvalid as invalid:
        errors = [{"field": one.place, "message": f"{one.message_en} / {one.message_zh}"} for one in invalid.problems]
        count = len(errors)
        raise PaySwitchError(
            POLICY_INVALID, f"mend these {count} places", f"请修正这 {count} 处", errors=errors
        ) from invalid


async def scope_of(
    ctx: Context, operator: Operator, merchant_id: str, shop_id: str | None
) -> tuple[PolicyDesk, PolicyScope]:
    """Raises `not_found` for a merchant that is not the operator's, or a shop that is not the merchant's."""
    desk = policy_desk_of(ctx.policy_desk)
    if not operator.manages(merchant_id):
        raise _absent("merchant_id", "is not a merchant that you manage", "不是您管理的商户")
    shops = {shop.shop_id for shop in await ctx.store.shops() if shop.merchant_id == merchant_id}
    if shop_id is not None and shop_id not in shops:
        raise _absent("shop_id", "is not a shop of this merchant", "不是该商户的店铺")
    return desk, PolicyScope(merchant_id, shop_id or WHOLE_MERCHANT)


def _absent(field: str, english: str, chinese: str) -> PaySwitchError:
    error = {"field": field, "message": f"{english} / {chinese}"}
    return PaySwitchError(NOT_FOUND, f"{field} {english}", f"{field} {chinese}", errors=[error])


def _require_revision(log: PolicyLog, scope: PolicyScope, revision: int) -> None:
    if log.revision(scope) != revision:
        raise _conflict(log.revision(scope))


def _conflict(revision: int | None) -> PaySwitchError:
    return PaySwitchError(REVISION_CONFLICT, extra={} if revision is None else {"revision": revision})
