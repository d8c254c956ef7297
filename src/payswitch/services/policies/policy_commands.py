"""What operators ask for about policies: plain requests, checked for shape by the entry, for sense by the service."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from payswitch.domain.channel import Environment, Method


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
    refuse: bool = True
    """False: mistakes stand in an ordinary answer, for editors that ask after every change."""


class SimulatePolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/policies/{policy_id}/simulate`."""

    days: int = 7


class TryPayment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`POST /v1/admin/policies/try`: a payment that nobody makes."""

    merchant_id: str
    shop_id: str | None = None
    document: dict[str, Any] | None = None
    """A policy that is being written, as for a draft; None: the one in force."""
    amount_fen: Annotated[int, msgspec.Meta(ge=1, le=100_000_000_000)]
    environment: Environment
    methods: tuple[Method, ...] = ()
    """Those that the shop allows; empty means any."""
    customer_new: bool | None = None
    age: Annotated[int, msgspec.Meta(ge=0, le=150)] | None = None
    device: str = ""
    risk: str = ""
    bank: str = ""
    goods_tag: str = ""
    metadata: dict[str, str] = {}
    at_ms: int | None = None
    """For rules about hours and days; None: now. Health and maintenance are those of now in any case."""


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
