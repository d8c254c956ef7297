"""登录: with a password (and a second factor) or a one-time link, into a session of one browser.

Nothing here tells a stranger who exists: a wrong name and a wrong password take as long and answer the same. The token
of a session is new at every sign-in, stands in the browser's cookie alone, and is kept here as its hash.
"""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from payswitch.domain.changes import CommitConflict
from payswitch.domain.errors import (
    LINK_UNUSABLE,
    REVISION_CONFLICT,
    SIGN_IN_REFUSED,
    TOTP_REQUIRED,
    PaySwitchError,
)
from payswitch.domain.operator import Operator
from payswitch.domain.roles import PERMISSIONS
from payswitch.domain.trail import OperatorKind, TrailEntry, TrailKind
from payswitch.domain.user import EndSessions, Session, SignInLink, User, UserChange, UserState
from payswitch.kit.secrets import Secret, fingerprint
from payswitch.services.context import Context
from payswitch.services.people import second_factor
from payswitch.services.people.people_desk import Deeds, PeopleDesk, desk_or_absent
from payswitch.services.people.trail import deed

LONGEST_AGENT = 200
MOST_SESSIONS = 50
"""Of one user, the newest: nobody works at more browsers."""


class SignIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Please let me in: with user and password, or with the token of a link."""

    user: str | None = None
    password: str | None = None
    totp: str | None = None
    """The code of the authenticator app, or a recovery code; only of users who have a second factor."""
    link: str | None = None

    def __repr__(self) -> str:
        return f"SignIn({self.user!r})"


class Browser(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody signs in."""

    address: str
    user_agent: str
    token: str | None = None
    """Of the session that it has already, if any: it ends when a new one begins."""


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """A session that has begun."""

    user: User
    session: Session
    token: Secret
    """For the browser's cookie. Not kept."""


async def sign_in(ctx: Context, command: SignIn, browser: Browser) -> SignedIn:
    """Raises `sign_in_refused`, `totp_required`, `link_unusable`, `too_many_sign_ins`."""
    desk = desk_or_absent(ctx.people)
    if command.link is not None:
        return await _by_link(ctx, desk, command, command.link, browser)
    name, password = command.user or "", command.password or ""
    desk.limits.begin(name, browser.address)
    user = await desk.store.user(name)
    stored = user.password_hash if user is not None and user.state is UserState.ACTIVE else None
    matches = await desk.passwords.matches(stored, password)
    if user is None or not matches:
        await _note_refusal(ctx, desk, user, browser)
        raise _refused()
    proved = await _prove(ctx, desk, user, command.totp, browser)
    if desk.passwords.is_outdated(user.password_hash or ""):
        proved = replace(proved, password_hash=await desk.passwords.hash(password))
    begun = await _begin(ctx, desk, user, proved, browser, how="password")
    desk.limits.succeeded(name, browser.address)
    return begun


async def _by_link(ctx: Context, desk: PeopleDesk, command: SignIn, token: str, browser: Browser) -> SignedIn:
    desk.limits.begin("", browser.address)
    now_ms = ctx.clock.now_ms()
    link = await desk.store.sign_in_link(fingerprint(token))
    user = None if link is None else await desk.store.user(link.user_id)
    if (
        link is None
        or user is None
        or user.state is not UserState.ACTIVE
        or link.used_at_ms is not None
        or now_ms >= link.ends_at_ms
    ):
        raise PaySwitchError(LINK_UNUSABLE)
    proved = await _prove(ctx, desk, user, command.totp, browser)
    begun = await _begin(ctx, desk, user, proved, browser, how="link", link=replace(link, used_at_ms=now_ms))
    desk.limits.succeeded("", browser.address)
    return begun


async def _prove(ctx: Context, desk: PeopleDesk, user: User, code: str | None, browser: Browser) -> User:
    """The second factor, where there is one. The user after it: its code counts no more."""
    if not user.has_totp:
        return user
    if not code:
        # The first factor was right: asking for the second one is no wrong try.
        desk.limits.succeeded(user.user_id, browser.address)
        raise PaySwitchError(TOTP_REQUIRED)
    proved = second_factor.used(desk.key_ring, user, code, ctx.clock.now_ms())
    if proved is None:
        await _note_refusal(ctx, desk, user, browser)
        raise PaySwitchError(
            SIGN_IN_REFUSED,
            "the code is wrong or was used already; wait for the next one",
            "验证码错误或已使用，请等待下一个",
            extra={"totp": True},
        )
    return proved


async def _begin(
    ctx: Context,
    desk: PeopleDesk,
    stored: User,
    proved: User,
    browser: Browser,
    *,
    how: str,
    link: SignInLink | None = None,
) -> SignedIn:
    """Raises `revision_conflict` when somebody changed the user (or used the link, or the code) meanwhile."""
    now_ms = ctx.clock.now_ms()
    token = Secret(ctx.ids.token())
    session = Session(
        session_id=ctx.ids.new("ses_", now_ms),
        token_sha256=fingerprint(token.reveal()),
        user_id=stored.user_id,
        created_at_ms=now_ms,
        seen_at_ms=now_ms,
        ends_at_ms=now_ms + desk.times.whole_ms,
        ended_at_ms=None,
        address=browser.address,
        user_agent=browser.user_agent[:LONGEST_AGENT],
    )
    change = UserChange(
        user=None if proved is stored else replace(proved, revision=stored.revision + 1, updated_at_ms=now_ms),
        used_link=link,
        ended_session=await _earlier(desk, browser, now_ms),
        new_session=session,
        trail=about_session(ctx, operator_of(proved, session, browser.address), "sign_in", session, after={"how": how}),
    )
    try:
        await desk.store.commit_user(change)
    except CommitConflict:
        raise PaySwitchError(LINK_UNUSABLE if link is not None else REVISION_CONFLICT) from None
    return SignedIn(user=change.user or stored, session=session, token=token)


async def _earlier(desk: PeopleDesk, browser: Browser, now_ms: int) -> Session | None:
    """The session that the browser came with: a token that somebody may have planted there is worth nothing after."""
    found = None if browser.token is None else await desk.store.session_by_token(fingerprint(browser.token))
    if found is None or found[0].ended_at_ms is not None:
        return None
    return replace(found[0], ended_at_ms=now_ms)


async def who_is(ctx: Context, token: str, address: str) -> tuple[Operator, Session] | None:
    """The operator of this token, as they are at this moment; None when it opens nothing (any more). Two look-ups by
    key; once a minute the session is noted as used."""
    if ctx.people is None:
        return None
    found = await ctx.people.store.session_by_token(fingerprint(token))
    if found is None:
        return None
    session, user = found
    now_ms = ctx.clock.now_ms()
    if not is_live(session, user, now_ms, ctx.people.times.idle_ms):
        return None
    if now_ms - session.seen_at_ms >= ctx.people.times.seen_every_ms:
        await ctx.people.store.see_session(session.session_id, now_ms)
    return operator_of(user, session, address), session


def is_live(session: Session, user: User, now_ms: int, idle_ms: int) -> bool:
    """Whether it still opens anything."""
    return (
        session.ended_at_ms is None
        and user.state is UserState.ACTIVE
        and now_ms < session.ends_at_ms
        and now_ms - session.seen_at_ms < idle_ms
    )


async def is_still_in(ctx: Deeds, operator: Operator) -> bool:
    """Whether what a long answer (a stream) goes on telling may still be told: asked again and again while it lasts."""
    if not operator.session_id or ctx.people is None:
        return True
    user = await ctx.people.store.user(operator.operator_id)
    if user is None or (user.role, user.merchant_ids) != (operator.role, operator.merchant_ids):
        return False
    now_ms = ctx.clock.now_ms()
    sessions = await ctx.people.store.sessions_of(user.user_id, MOST_SESSIONS)
    return any(
        one.session_id == operator.session_id and is_live(one, user, now_ms, ctx.people.times.idle_ms)
        for one in sessions
    )


def operator_of(user: User, session: Session, address: str) -> Operator:
    """What a user may do here and now."""
    return Operator(
        operator_id=user.user_id,
        name=user.name,
        merchant_ids=user.merchant_ids,
        permissions=PERMISSIONS[user.role],
        kind=OperatorKind.USER,
        role=user.role,
        session_id=session.session_id,
        address=address,
    )


async def sign_out(ctx: Context, operator: Operator, session: Session) -> None:
    """This browser's session ends."""
    desk = desk_or_absent(ctx.people)
    ended = replace(session, ended_at_ms=ctx.clock.now_ms())
    trail = about_session(ctx, operator, "sign_out", session)
    await desk.store.commit_user(UserChange(ended_session=ended, trail=trail))


def end_all(user_id: str, now_ms: int, *, but: str = "") -> EndSessions:
    return EndSessions(user_id=user_id, at_ms=now_ms, but=but)


def about_session(
    ctx: Context, operator: Operator, action: str, session: Session, *, after: dict[str, object] | None = None
) -> tuple[TrailEntry, ...]:
    """For each merchant of the user one entry, under one id."""
    audit_id = ctx.ids.new("aud_", ctx.clock.now_ms())
    more = {"user_id": session.user_id, **(after or {})}
    return tuple(
        deed(ctx, operator, action, TrailKind.SESSION, session.session_id, merchant_id, after=more, audit_id=audit_id)
        for merchant_id in sorted(operator.merchant_ids)
    )


async def _note_refusal(ctx: Context, desk: PeopleDesk, user: User | None, browser: Browser) -> None:
    """Somebody tried a name that exists. How many of these there can be is limited by the limits."""
    if user is None:
        return
    audit_id = ctx.ids.new("aud_", ctx.clock.now_ms())
    stranger = Operator(
        operator_id=user.user_id,
        name=user.name,
        merchant_ids=user.merchant_ids,
        permissions=frozenset(),
        kind=OperatorKind.USER,
        role=user.role,
        address=browser.address,
    )
    entries = tuple(
        deed(ctx, stranger, "sign_in_refused", TrailKind.USER, user.user_id, merchant_id, audit_id=audit_id)
        for merchant_id in sorted(user.merchant_ids)
    )
    await desk.store.commit_user(UserChange(trail=entries))


def _refused() -> PaySwitchError:
    return PaySwitchError(SIGN_IN_REFUSED)
