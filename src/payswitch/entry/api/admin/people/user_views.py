"""What owners see of users and their sessions."""

from __future__ import annotations

import msgspec

from payswitch.domain.operator import Operator
from payswitch.domain.roles import PERMISSIONS, ROLE_TEXTS, Permission, Role
from payswitch.domain.user import Session, User, UserState
from payswitch.kit.clock import iso_utc
from payswitch.services.people.users import Invited


class UserView(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may sign in to the console."""

    user_id: str
    """The name they sign in with."""
    name: str
    role: Role
    merchant_ids: list[str]
    """Those that you share."""
    state: UserState
    has_password: bool
    """False: they have not set one yet, and only a link lets them in."""
    has_totp: bool
    created_at: str
    created_by: str
    updated_at: str
    is_you: bool


class UserList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[UserView]


class InvitedView(msgspec.Struct, frozen=True, kw_only=True):
    """A user, and the link to hand over. It is shown this once."""

    user: UserView
    sign_in_url: str
    ends_at: str


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is signed in."""

    session_id: str
    created_at: str
    seen_at: str
    ends_at: str
    address: str
    user_agent: str
    is_this: bool
    """The one that asks."""


class SessionList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[SessionView]


class RoleView(msgspec.Struct, frozen=True, kw_only=True):
    """A role, and what it may."""

    role: Role
    text: str
    text_zh: str
    permissions: list[Permission]


class RoleList(msgspec.Struct, frozen=True, kw_only=True):
    data: list[RoleView]


def user_view(user: User, operator: Operator) -> UserView:
    return UserView(
        user_id=user.user_id,
        name=user.name,
        role=user.role,
        merchant_ids=sorted(user.merchant_ids),
        state=user.state,
        has_password=user.password_hash is not None,
        has_totp=user.has_totp,
        created_at=iso_utc(user.created_at_ms),
        created_by=user.created_by,
        updated_at=iso_utc(user.updated_at_ms),
        is_you=user.user_id == operator.operator_id and bool(operator.session_id),
    )


def invited_view(invited: Invited, operator: Operator, sign_in_url: str) -> InvitedView:
    return InvitedView(
        user=user_view(invited.user, operator), sign_in_url=sign_in_url, ends_at=iso_utc(invited.link.ends_at_ms)
    )


def session_view(session: Session, operator: Operator) -> SessionView:
    return SessionView(
        session_id=session.session_id,
        created_at=iso_utc(session.created_at_ms),
        seen_at=iso_utc(session.seen_at_ms),
        ends_at=iso_utc(session.ends_at_ms),
        address=session.address,
        user_agent=session.user_agent,
        is_this=session.session_id == operator.session_id,
    )


def role_list() -> RoleList:
    return RoleList(
        data=[
            RoleView(
                role=role,
                text=ROLE_TEXTS[role][0],
                text_zh=ROLE_TEXTS[role][1],
                permissions=[one for one in Permission if one in PERMISSIONS[role]],
            )
            for role in Role
        ]
    )
