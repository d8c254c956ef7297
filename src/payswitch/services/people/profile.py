"""个人设置: a user's own password and second factor."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from payswitch.domain.changes import CommitConflict
from payswitch.domain.errors import (
    INVALID_REQUEST,
    REVISION_CONFLICT,
    SIGN_IN_REFUSED,
    UNAUTHENTICATED,
    PaySwitchError,
)
from payswitch.domain.operator import Operator
from payswitch.domain.user import User, UserChange
from payswitch.kit import totp
from payswitch.kit.sealing import SealBroken
from payswitch.kit.secrets import Secret
from payswitch.services.context import Context
from payswitch.services.people import second_factor
from payswitch.services.people.people_desk import desk_or_absent
from payswitch.services.people.signing_in import end_all
from payswitch.services.people.user_access import check_password, without_totp
from payswitch.services.people.users import about_user

ISSUER = "PaySwitch"


class ChangePassword(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Please take this one from now on. Every other session of the user ends."""

    new: str
    current: str | None = None
    """Needed where there is one."""

    def __repr__(self) -> str:
        return "ChangePassword()"


class ConfirmTotp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The app shows this code: it has the secret."""

    code: str


class RemoveTotp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Without a second factor from now on."""

    password: str

    def __repr__(self) -> str:
        return "RemoveTotp()"


class Enrolment(msgspec.Struct, frozen=True, kw_only=True):
    """What the authenticator app is told. Shown once."""

    secret: Secret
    uri: Secret


async def own_user(ctx: Context, operator: Operator) -> User:
    """The user behind the session. Raises `unauthenticated` for a key: a key has no profile."""
    user = await desk_or_absent(ctx.people).store.user(operator.operator_id) if operator.session_id else None
    if user is None:
        raise PaySwitchError(UNAUTHENTICATED, "sign in to the console first", "请先登录控制台")
    return user


async def change_password(ctx: Context, operator: Operator, command: ChangePassword) -> None:
    """Raises `sign_in_refused` for a wrong current one, `invalid_request` for a new one that is no good."""
    desk = desk_or_absent(ctx.people)
    user = await own_user(ctx, operator)
    await _prove_password(ctx, operator, user, command.current)
    check_password(command.new, user)
    changed = replace(user, password_hash=await desk.passwords.hash(command.new))
    await _save(ctx, operator, "password", user, changed, end_others=True)


async def begin_totp(ctx: Context, operator: Operator) -> Enrolment:
    """A new secret for the app. It counts once `confirm_totp` has seen a code of it; an older one stays till then."""
    desk = desk_or_absent(ctx.people)
    user = await own_user(ctx, operator)
    secret = totp.new_secret()
    sealed = second_factor.seal_secret(second_factor.ring_for(desk.key_ring), user.user_id, secret)
    await _save(ctx, operator, "totp_begin", user, replace(user, totp_pending=sealed))
    return Enrolment(secret=Secret(secret), uri=Secret(totp.enrolment_uri(secret, user.user_id, ISSUER)))


async def confirm_totp(ctx: Context, operator: Operator, command: ConfirmTotp) -> list[str]:
    """From now on a code is asked for at every sign-in. The recovery codes, shown this once."""
    desk = desk_or_absent(ctx.people)
    user = await own_user(ctx, operator)
    step = None
    if user.totp_pending is not None:
        try:
            secret = second_factor.open_secret(desk.key_ring, user, user.totp_pending)
        except SealBroken as broken:
            raise PaySwitchError(INVALID_REQUEST, str(broken), str(broken)) from broken
        step = totp.step_of(secret, totp.plain(command.code), ctx.clock.now_ms())
    if step is None:
        raise PaySwitchError(
            INVALID_REQUEST,
            "that is not the code of this secret now; look at the app again, and at the phone's clock",
            "验证码不正确，请查看验证器并检查手机时间",
            errors=[{"field": "code", "message": "wrong / 不正确"}],
        )
    codes = second_factor.new_recovery_codes(ctx.ids)
    enrolled = replace(
        user,
        totp_sealed=user.totp_pending,
        totp_pending=None,
        totp_step=step,
        recovery_hashes=second_factor.hashed(codes),
    )
    await _save(ctx, operator, "totp_enrol", user, enrolled, end_others=True)
    return codes


async def remove_totp(ctx: Context, operator: Operator, command: RemoveTotp) -> None:
    """Raises `sign_in_refused` for a wrong password."""
    user = await own_user(ctx, operator)
    await _prove_password(ctx, operator, user, command.password)
    await _save(ctx, operator, "totp_remove", user, without_totp(user), end_others=True)


async def _prove_password(ctx: Context, operator: Operator, user: User, password: str | None) -> None:
    """That it is the user who sits there, and not somebody at a browser that was left open. Guesses are counted."""
    if user.password_hash is None:
        return
    desk = desk_or_absent(ctx.people)
    desk.limits.begin(user.user_id, operator.address)
    if not await desk.passwords.matches(user.password_hash, password or ""):
        raise PaySwitchError(
            SIGN_IN_REFUSED,
            "the current password is wrong",
            "当前密码不正确",
            errors=[{"field": "current", "message": "wrong / 不正确"}],
        )
    desk.limits.succeeded(user.user_id, operator.address)


async def _save(
    ctx: Context, operator: Operator, action: str, user: User, changed: User, *, end_others: bool = False
) -> None:
    now_ms = ctx.clock.now_ms()
    saved = replace(changed, revision=user.revision + 1, updated_at_ms=now_ms)
    change = UserChange(
        user=saved,
        end_sessions=end_all(user.user_id, now_ms, but=operator.session_id) if end_others else None,
        trail=about_user(ctx, operator, action, saved),
    )
    try:
        await desk_or_absent(ctx.people).store.commit_user(change)
    except CommitConflict:
        raise PaySwitchError(REVISION_CONFLICT) from None
