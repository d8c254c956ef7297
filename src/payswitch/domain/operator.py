"""运营人员: a person (or a program of theirs) who runs channels, and whose channels they may touch."""

from __future__ import annotations

import msgspec

from payswitch.domain.roles import KEY_PERMISSIONS, Permission, Role
from payswitch.domain.trail import OperatorKind


class Operator(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever calls the admin API just now: somebody with an operator's key (apart from the shops' keys), or a user
    who is signed in to the console."""

    operator_id: str
    name: str
    merchant_ids: frozenset[str]
    """The merchants whose channels this operator manages. What belongs to another merchant does not exist for them."""
    permissions: frozenset[Permission] = KEY_PERMISSIONS
    kind: OperatorKind = OperatorKind.KEY
    role: Role | None = None
    """A user's; None: a key of the configuration file."""
    session_id: str = ""
    """A user's; empty for a key."""
    address: str = ""
    """Where this call comes from, as far as the server knows; empty when nobody asked."""

    def manages(self, merchant_id: str) -> bool:
        return merchant_id in self.merchant_ids

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions
