"""What the console is told about whoever is signed in."""

from __future__ import annotations

import msgspec

from payswitch.domain.operator import Operator
from payswitch.domain.roles import Permission, Role
from payswitch.domain.user import Session, User
from payswitch.kit.clock import iso_utc


class OwnUserView(msgspec.Struct, frozen=True, kw_only=True):
    """The user who is signed in."""

    user_id: str
    name: str
    role: Role
    merchant_ids: list[str]
    has_password: bool
    """False: they came by a link and should set one."""
    has_totp: bool
    recovery_codes_left: int


class OwnSessionView(msgspec.Struct, frozen=True, kw_only=True):
    """Who is signed in here, and what they may do."""

    user: OwnUserView
    permissions: list[Permission]
    ends_at: str
    """However much it is used."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """It is done."""

    done: bool = True


class EnrolmentView(msgspec.Struct, frozen=True, kw_only=True):
    """What the authenticator app is told. Shown once."""

    secret: str
    """For typing it in."""
    uri: str
    qr_svg: str
    """The same as a QR code."""


class RecoveryCodesView(msgspec.Struct, frozen=True, kw_only=True):
    """Each signs in once instead of a code of the app. Shown once: keep them elsewhere."""

    recovery_codes: list[str]


def own_session_view(operator: Operator, user: User, session: Session) -> OwnSessionView:
    return OwnSessionView(
        user=OwnUserView(
            user_id=user.user_id,
            name=user.name,
            role=user.role,
            merchant_ids=sorted(user.merchant_ids),
            has_password=user.password_hash is not None,
            has_totp=user.has_totp,
            recovery_codes_left=len(user.recovery_hashes),
        ),
        permissions=sorted(operator.permissions, key=list(Permission).index),
        ends_at=iso_utc(session.ends_at_ms),
    )
