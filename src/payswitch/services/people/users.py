"""用户管理: what an owner does with the people of their merchants.

Whoever works for a merchant of yours is seen by you, with the merchants that you share. Changed is only who works for
nobody but merchants of yours. Nobody changes their own role or state: so there is always an owner left.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from payswitch.domain.changes import CommitConflict, UniqueViolation
from payswitch.domain.errors import (
    FORBIDDEN,
    INVALID_REQUEST,
    NOT_FOUND,
    REVISION_CONFLICT,
    USER_EXISTS,
    PaySwitchError,
)
from payswitch.domain.operator import Operator
from payswitch.domain.roles import Role
from payswitch.domain.trail import TrailEntry, TrailKind
from payswitch.domain.user import SignInLink, User, UserChange, UserState
from payswitch.kit.secrets import Secret, fingerprint
from payswitch.kit.tables import ID
from payswitch.services.people.people_desk import Deeds, PeopleDesk, desk_or_absent
from payswitch.services.people.signing_in import end_all
from payswitch.services.people.trail import deed


class CreateUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Please let this person in. They sign in by the link of the answer, and set a password."""

    user_id: str
    name: str
    role: Role
    merchant_ids: list[str]


class UpdateUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is left out stays."""

    name: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    merchant_ids: list[str] | UnsetType = UNSET


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """A user with the link to hand over."""

    user: User
    token: Secret
    link: SignInLink


async def list_users(ctx: Deeds, operator: Operator) -> list[User]:
    """Everybody who works for a merchant of the operator's, by name."""
    desk = desk_or_absent(ctx.people)
    return [_shared(user, operator) for user in await desk.store.users() if user.merchant_ids & operator.merchant_ids]


async def get_user(ctx: Deeds, operator: Operator, user_id: str) -> User:
    """Raises `not_found` for somebody who works for none of the operator's merchants."""
    return _shared(await _find(ctx, operator, user_id), operator)


def may_change(user: User, operator: Operator) -> bool:
    return user.merchant_ids <= operator.merchant_ids


async def create_user(ctx: Deeds, operator: Operator, command: CreateUser) -> Invited:
    """Without a password: the link of the answer lets them in once, then they set one."""
    desk = desk_or_absent(ctx.people)
    _check(operator, command.user_id, command.name, command.merchant_ids)
    now_ms = ctx.clock.now_ms()
    user = new_user(
        command.user_id, command.name, command.role, frozenset(command.merchant_ids), now_ms, operator.operator_id
    )
    token, link = new_link(ctx, user.user_id, desk.times.invitation_ms)
    after = {"name": user.name, "role": user.role.value}
    change = UserChange(user=user, new_link=link, trail=about_user(ctx, operator, "create", user, after=after))
    try:
        await desk.store.commit_user(change)
    except UniqueViolation:
        raise PaySwitchError(
            USER_EXISTS, errors=[{"field": "user_id", "message": "is used already / 已被使用"}]
        ) from None
    return Invited(user=user, token=token, link=link)


def new_user(user_id: str, name: str, role: Role, merchant_ids: frozenset[str], now_ms: int, created_by: str) -> User:
    return User(
        user_id=user_id,
        name=name,
        role=role,
        merchant_ids=merchant_ids,
        state=UserState.ACTIVE,
        revision=1,
        password_hash=None,
        totp_sealed=None,
        totp_pending=None,
        totp_step=0,
        recovery_hashes=(),
        created_at_ms=now_ms,
        created_by=created_by,
        updated_at_ms=now_ms,
    )


async def update_user(ctx: Deeds, operator: Operator, user_id: str, command: UpdateUser) -> User:
    """Name, role and merchants, in force with the next request."""
    user = await changeable(ctx, operator, user_id)
    given = {name: getattr(command, name) for name in command.__struct_fields__}
    given = {name: value for name, value in given.items() if value is not UNSET}
    if "merchant_ids" in given:
        given["merchant_ids"] = frozenset(given["merchant_ids"])
    after = replace(user, **given)
    _check(operator, user_id, after.name, sorted(after.merchant_ids))
    if operator.operator_id == user_id and (after.role, after.merchant_ids) != (user.role, user.merchant_ids):
        raise _yourself()
    return _shared(await save_user(ctx, operator, "update", user, after, names=tuple(given)), operator)


async def disable_user(ctx: Deeds, operator: Operator, user_id: str) -> User:
    """Every session ends now; done twice, it is done once."""
    user = await changeable(ctx, operator, user_id)
    if operator.operator_id == user_id:
        raise _yourself()
    if user.state is UserState.DISABLED:
        return user
    after = replace(user, state=UserState.DISABLED)
    return await save_user(ctx, operator, "disable", user, after, names=("state",), end_sessions=True)


async def enable_user(ctx: Deeds, operator: Operator, user_id: str) -> User:
    user = await changeable(ctx, operator, user_id)
    if user.state is UserState.ACTIVE:
        return user
    return await save_user(ctx, operator, "enable", user, replace(user, state=UserState.ACTIVE), names=("state",))


def new_link(ctx: Deeds, user_id: str, life_ms: int) -> tuple[Secret, SignInLink]:
    """The token goes into the link, its hash into the database."""
    now_ms = ctx.clock.now_ms()
    token = Secret(ctx.ids.token())
    link = SignInLink(
        token_sha256=fingerprint(token.reveal()),
        user_id=user_id,
        created_at_ms=now_ms,
        ends_at_ms=now_ms + life_ms,
        used_at_ms=None,
    )
    return token, link


def about_user(
    ctx: Deeds,
    operator: Operator,
    action: str,
    user: User,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    also: frozenset[str] = frozenset(),
) -> tuple[TrailEntry, ...]:
    """For each merchant concerned (`also`: those they worked for before) one entry, under one id."""
    audit_id = ctx.ids.new("aud_", ctx.clock.now_ms())
    return tuple(
        deed(
            ctx,
            operator,
            action,
            TrailKind.USER,
            user.user_id,
            merchant_id,
            before=_for_merchant(before or {}, merchant_id),
            after=_for_merchant(after or {}, merchant_id),
            audit_id=audit_id,
        )
        for merchant_id in sorted(user.merchant_ids | also)
    )


def _for_merchant(told: Mapping[str, object], merchant_id: str) -> Mapping[str, object]:
    """For whom else somebody works is nothing that this merchant's people read."""
    works_for = told.get("merchant_ids")
    if not isinstance(works_for, list):
        return told
    return {**told, "merchant_ids": [one for one in works_for if one == merchant_id]}


async def save_user(
    ctx: Deeds,
    operator: Operator,
    action: str,
    user: User,
    after: User,
    *,
    names: tuple[str, ...] = (),
    end_sessions: bool = False,
    link: SignInLink | None = None,
    said: dict[str, object] | None = None,
) -> User:
    """Raises `revision_conflict` when somebody else changed the user meanwhile."""
    desk: PeopleDesk = desk_or_absent(ctx.people)
    now_ms = ctx.clock.now_ms()
    saved = replace(after, revision=user.revision + 1, updated_at_ms=now_ms)
    was = {name: _told(user, name) for name in names if _told(user, name) != _told(after, name)}
    now = {name: _told(after, name) for name in was}
    change = UserChange(
        user=saved,
        new_link=link,
        end_sessions=end_all(user.user_id, now_ms, but=operator.session_id) if end_sessions else None,
        trail=about_user(
            ctx, operator, action, saved, before=was, after={**now, **(said or {})}, also=user.merchant_ids
        ),
    )
    try:
        await desk.store.commit_user(change)
    except CommitConflict:
        raise PaySwitchError(REVISION_CONFLICT) from None
    return saved


def _told(user: User, name: str) -> object:
    value = getattr(user, name)
    return sorted(value) if isinstance(value, frozenset) else value


async def _find(ctx: Deeds, operator: Operator, user_id: str) -> User:
    user = await desk_or_absent(ctx.people).store.user(user_id)
    if user is None or not user.merchant_ids & operator.merchant_ids:
        raise PaySwitchError(
            NOT_FOUND, f"nobody called {user_id} works for a merchant that you manage", f"没有由您管理的用户 {user_id}"
        )
    return user


async def changeable(ctx: Deeds, operator: Operator, user_id: str) -> User:
    user = await _find(ctx, operator, user_id)
    if not may_change(user, operator):
        raise PaySwitchError(
            FORBIDDEN,
            f"{user_id} works for merchants that you do not manage, too; an owner of all of them can change this",
            f"{user_id} 同时服务于您不管理的商户，须由管理其全部商户的负责人修改",
        )
    return user


def _shared(user: User, operator: Operator) -> User:
    return replace(user, merchant_ids=user.merchant_ids & operator.merchant_ids)


def _check(operator: Operator, user_id: str, name: str, merchant_ids: list[str]) -> None:
    """Raises `invalid_request` with everything that is wrong."""
    errors = []
    if ID.fullmatch(user_id) is None:
        message = "must be 1 to 64 of 0-9 A-Z a-z _ - / 须为 1 到 64 个字母、数字、下划线或减号"
        errors.append({"field": "user_id", "message": message})
    if not name.strip() or len(name) > 64:
        errors.append({"field": "name", "message": "must have 1 to 64 characters / 须为 1 到 64 个字符"})
    if not merchant_ids:
        errors.append({"field": "merchant_ids", "message": "name at least one merchant / 至少填写一个商户"})
    foreign = sorted(set(merchant_ids) - operator.merchant_ids)
    if foreign:
        message = f"{', '.join(foreign)}: not a merchant that you manage / 不是您管理的商户"
        errors.append({"field": "merchant_ids", "message": message})
    if errors:
        raise PaySwitchError(
            INVALID_REQUEST, f"mend these {len(errors)} places", f"请修正这 {len(errors)} 处", errors=errors
        )


def _yourself() -> PaySwitchError:
    return PaySwitchError(
        FORBIDDEN,
        "nobody changes their own role, merchants or state: ask another owner, or use `payswitch user`",
        "不能修改自己的角色、商户或状态：请联系其他负责人，或使用 payswitch user 命令",
    )
