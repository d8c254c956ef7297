"""What operators ask for about policies: plain requests, checked for shape by the entry, for sense by the service."""

from __future__ import annotations

from typing import Any

import msgspec


class DraftPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/policies`: a new version, in force nowhere yet."""

    merchant_id: str
    shop_id: str | None = None
    """None: the merchant's own, which its shops inherit."""
    document: dict[str, Any]
    """A merchant's whole policy, or what the shop does otherwise."""
    note: str = ""


class CheckPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/policies/check`: the same without writing anything."""

    merchant_id: str
    shop_id: str | None = None
    document: dict[str, Any]


class SimulatePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/policies/{policy_id}/simulate`."""

    days: int = 7


class ActivatePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/policies/{policy_id}/activate`."""

    revision: int
    """That of the scope as it was read; 0: nothing was ever in force there."""
    note: str = ""


class RollBackPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/policies/rollback`."""

    merchant_id: str
    shop_id: str | None = None
    revision: int
    """That of the scope as it was read."""
    to: int | None = None
    """The number of an earlier version, 0 for what is inherited; None: the one before the present one."""
    note: str = ""
