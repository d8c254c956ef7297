"""Users, sessions, sign-in links and the trail: small tables, written by people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, select, update

from payswitch.domain.changes import CommitConflict
from payswitch.domain.trail import TrailEntry, TrailFilters
from payswitch.domain.user import EndSessions, Session, SignInLink, User, UserChange
from payswitch.storage.codec import RowCodec
from payswitch.storage.parameters import LIMIT, bound_number, bound_text
from payswitch.storage.prepared import Prepared, PreparedInsert
from payswitch.storage.schema import audit_trail, sessions, sign_in_links, users
from payswitch.storage.scripts import Script, decoded, row_or_none, write
from payswitch.storage.write_statements import TRAIL

USER: Final = RowCodec(User)
SESSION: Final = RowCodec(Session)
LINK: Final = RowCodec(SignInLink)

_INSERT_USER: Final = PreparedInsert(users)
_INSERT_SESSION: Final = PreparedInsert(sessions)
_INSERT_LINK: Final = PreparedInsert(sign_in_links)
INSERT_TRAIL: Final = PreparedInsert(audit_trail)


USERS: Final = Prepared(select(*users.columns).order_by(users.c.user_id))
USER_BY_ID: Final = Prepared(select(*users.columns).where(users.c.user_id == bound_text("user_id")))
SESSION_BY_TOKEN: Final = Prepared(
    select(*sessions.columns).where(sessions.c.token_sha256 == bound_text("token_sha256"))
)
SESSIONS_OF: Final = Prepared(
    select(*sessions.columns)
    .where(sessions.c.user_id == bound_text("user_id"))
    .order_by(sessions.c.session_id.desc())
    .limit(LIMIT)
)
LINK_BY_TOKEN: Final = Prepared(
    select(*sign_in_links.columns).where(sign_in_links.c.token_sha256 == bound_text("token_sha256"))
)

_UPDATE_USER: Final = Prepared(
    update(users)
    .where(users.c.user_id == bindparam("old_user_id"), users.c.revision == bindparam("old_revision"))
    .values(
        {
            column.name: bindparam(column.name)
            for column in users.columns
            if column.name not in ("user_id", "created_at_ms", "created_by")
        }
    )
)
_END_SESSION: Final = Prepared(
    update(sessions)
    .where(sessions.c.session_id == bindparam("old_session_id"), sessions.c.ended_at_ms.is_(None))
    .values(ended_at_ms=bindparam("ended_at_ms"))
)
_END_SESSIONS: Final = Prepared(
    update(sessions)
    .where(
        sessions.c.user_id == bindparam("old_user_id"),
        sessions.c.session_id != bindparam("but"),
        sessions.c.ended_at_ms.is_(None),
    )
    .values(ended_at_ms=bindparam("ended_at_ms"))
)
_SEEN: Final = Prepared(
    update(sessions)
    .where(sessions.c.session_id == bindparam("old_session_id"), sessions.c.ended_at_ms.is_(None))
    .values(seen_at_ms=bindparam("seen_at_ms"))
)
_USE_LINK: Final = Prepared(
    update(sign_in_links)
    .where(sign_in_links.c.token_sha256 == bindparam("old_token"), sign_in_links.c.used_at_ms.is_(None))
    .values(used_at_ms=bindparam("used_at_ms"))
)
_USE_LINKS_OF: Final = Prepared(
    update(sign_in_links)
    .where(sign_in_links.c.user_id == bindparam("old_user_id"), sign_in_links.c.used_at_ms.is_(None))
    .values(used_at_ms=bindparam("used_at_ms"))
)


def apply(change: UserChange) -> Script[None]:
    """One unit of work. Raises CommitConflict when the user, or the link, is not as the caller believes any more."""
    if change.user is not None:
        yield from _save(change.user)
    if change.used_link is not None:
        given = {"old_token": change.used_link.token_sha256, "used_at_ms": change.used_link.used_at_ms}
        if (yield from write(_USE_LINK, given)) != 1:
            raise CommitConflict("sign-in link")
    if change.new_link is not None:
        link = change.new_link
        yield from write(_USE_LINKS_OF, {"old_user_id": link.user_id, "used_at_ms": link.created_at_ms})
        yield from write(_INSERT_LINK, LINK.encode(link))
    yield from _sessions(change)
    yield from add_trail(change.trail)


def _save(user: User) -> Script[None]:
    row = USER.encode(user)
    if user.revision == 1:
        yield from write(_INSERT_USER, row)
        return
    given = dict(zip(USER.fields, row, strict=True)) | {"old_user_id": user.user_id, "old_revision": user.revision - 1}
    if (yield from write(_UPDATE_USER, given)) != 1:
        raise CommitConflict(user.user_id)


def _sessions(change: UserChange) -> Script[None]:
    if change.ended_session is not None:
        ended = change.ended_session
        yield from write(_END_SESSION, {"old_session_id": ended.session_id, "ended_at_ms": ended.ended_at_ms})
    if change.end_sessions is not None:
        all_but: EndSessions = change.end_sessions
        given = {"old_user_id": all_but.user_id, "but": all_but.but, "ended_at_ms": all_but.at_ms}
        yield from write(_END_SESSIONS, given)
    if change.new_session is not None:
        yield from write(_INSERT_SESSION, SESSION.encode(change.new_session))


def add_trail(entries: Sequence[TrailEntry]) -> Script[None]:
    for entry in entries:
        yield from write(INSERT_TRAIL, TRAIL.encode(entry))


def see(session_id: str, now_ms: int) -> Script[None]:
    yield from write(_SEEN, {"old_session_id": session_id, "seen_at_ms": now_ms})


def by_token(token_sha256: str) -> Script[tuple[Session, User] | None]:
    """The session with its user: two look-ups by key."""
    session = yield from row_or_none(SESSION, SESSION_BY_TOKEN, token_sha256=token_sha256)
    if session is None:
        return None
    user = yield from row_or_none(USER, USER_BY_ID, user_id=session.user_id)
    return None if user is None else (session, user)


def _trail_statement(*, of_object: bool) -> Prepared:
    """A page of one merchant's trail, newest first. A filter that is empty lets everything pass; `before` is a place
    after which nothing comes when there is none."""
    columns = audit_trail.c
    conditions = [
        columns.merchant_id == bound_text("merchant_id"),
        columns.audit_id < bound_text("before"),
        (bound_text("operator_id") == "") | (columns.operator_id == bound_text("operator_id")),
        (bound_text("action") == "") | (columns.action == bound_text("action")),
    ]
    if of_object:
        conditions += [columns.kind == bound_text("kind"), columns.object_id == bound_text("object_id")]
    else:
        conditions += [
            (bound_text("kind") == "") | (columns.kind == bound_text("kind")),
            columns.at_ms >= bound_number("since_ms"),
        ]
    return Prepared(select(*columns).where(*conditions).order_by(columns.audit_id.desc()).limit(LIMIT))


TRAIL_PAGE: Final = _trail_statement(of_object=False)
TRAIL_OF_OBJECT: Final = _trail_statement(of_object=True)

LAST_PLACE: Final = "~"
"""Sorts after every id."""


def trail_page(merchant_id: str, limit: int, filters: TrailFilters) -> Script[list[TrailEntry]]:
    kind, object_id = filters.get("kind", ""), filters.get("object_id", "")
    common = {
        "merchant_id": merchant_id,
        "operator_id": filters.get("operator_id", ""),
        "action": filters.get("action", ""),
        "kind": kind,
        "before": filters.get("before") or LAST_PLACE,
        "limit": limit,
    }
    if kind and object_id:
        return (yield from decoded(TRAIL, TRAIL_OF_OBJECT, **common, object_id=object_id))
    return (yield from decoded(TRAIL, TRAIL_PAGE, **common, since_ms=filters.get("since_ms", 0)))
