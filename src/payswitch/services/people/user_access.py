"""用户的登录方式: links, resets, and the sessions of the people of one's merchants."""

from __future__ import annotations

from msgspec.structs import replace

from payswitch.domain.errors import INVALID_REQUEST, PaySwitchError
from payswitch.domain.operator import Operator
from payswitch.domain.user import Session, User
from payswitch.kit.passwords import password_problem
from payswitch.services.people.people_desk import Deeds, desk_or_absent
from payswitch.services.people.signing_in import MOST_SESSIONS, is_live
from payswitch.services.people.users import Invited, changeable, new_link, save_user


async def reset_user(ctx: Deeds, operator: Operator, user_id: str, *, totp: bool) -> Invited:
    """忘记密码: the password (and, when asked, the second factor) is taken away, every session ends, and the link of
    the answer lets them in once."""
    desk = desk_or_absent(ctx.people)
    user = await changeable(ctx, operator, user_id)
    after = replace(user, password_hash=None)
    if totp:
        after = without_totp(after)
    token, link = new_link(ctx, user_id, desk.times.invitation_ms)
    said: dict[str, object] = {"second_factor": totp}
    saved = await save_user(ctx, operator, "reset", user, after, end_sessions=True, link=link, said=said)
    return Invited(user=saved, token=token, link=link)


async def list_sessions(ctx: Deeds, operator: Operator, user_id: str) -> list[Session]:
    """The live ones, newest first."""
    desk = desk_or_absent(ctx.people)
    user = await changeable(ctx, operator, user_id)
    now_ms = ctx.clock.now_ms()
    found = await desk.store.sessions_of(user_id, MOST_SESSIONS)
    return [session for session in found if is_live(session, user, now_ms, desk.times.idle_ms)]


async def revoke_sessions(ctx: Deeds, operator: Operator, user_id: str) -> None:
    """All of the user's, everywhere; of your own all but the one you ask with."""
    user = await changeable(ctx, operator, user_id)
    await save_user(ctx, operator, "revoke_sessions", user, user, end_sessions=True)


async def make_link(ctx: Deeds, operator: Operator, user_id: str) -> Invited:
    """一次性登录链接, for somebody at the machine: ten minutes, once. Every earlier link ends."""
    user = await changeable(ctx, operator, user_id)
    token, link = new_link(ctx, user_id, desk_or_absent(ctx.people).times.link_ms)
    saved = await save_user(ctx, operator, "link", user, user, link=link)
    return Invited(user=saved, token=token, link=link)


async def give_password(ctx: Deeds, operator: Operator, user_id: str, password: str) -> None:
    """For somebody at the machine. Every session of the user ends. Raises `invalid_request` for one that is no good."""
    user = await changeable(ctx, operator, user_id)
    check_password(password, user)
    changed = replace(user, password_hash=await desk_or_absent(ctx.people).passwords.hash(password))
    await save_user(ctx, operator, "password", user, changed, end_sessions=True)


async def take_totp(ctx: Deeds, operator: Operator, user_id: str) -> None:
    """The phone is lost: no second factor any more, and every session ends."""
    user = await changeable(ctx, operator, user_id)
    await save_user(ctx, operator, "totp_remove", user, without_totp(user), end_sessions=True)


def without_totp(user: User) -> User:
    return replace(user, totp_sealed=None, totp_pending=None, recovery_hashes=())


def check_password(password: str, user: User) -> None:
    """Raises `invalid_request`."""
    problem = password_problem(password, user.user_id, user.name)
    if problem is not None:
        english, chinese = problem
        raise PaySwitchError(
            INVALID_REQUEST,
            f"the password {english}",
            f"密码{chinese}",
            errors=[{"field": "new", "message": f"{english} / {chinese}"}],
        )
