"""策略版本: policy documents as they are kept: drafts that never change, and the log of which one is in force.

Nothing here is ever changed or deleted. What is in force is the newest entry of the log; a draft is a version that was
never in force, a superseded one was.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from payswitch.domain.trail import TrailEntry


class PolicyState(StrEnum):
    DRAFT = "draft"
    ACTIVE = "active"
    SUPERSEDED = "superseded"


class PolicyAction(StrEnum):
    ACTIVATE = "activate"
    ROLLBACK = "rollback"


class PolicyScope(msgspec.Struct, frozen=True):
    """Whose policy: a merchant's, or one shop's of theirs."""

    merchant_id: str
    shop_id: str = ""
    """Empty: the merchant's own, which the shops inherit."""

    @property
    def name(self) -> str:
        return f"{self.merchant_id}/{self.shop_id}" if self.shop_id else self.merchant_id

    @property
    def own_name(self) -> str:
        """The part of a version's name that says whose it is."""
        return self.shop_id or self.merchant_id


class PolicyVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One document, as an operator wrote it."""

    policy_id: str
    merchant_id: str
    shop_id: str
    number: int
    """Counts the documents of this merchant (or shop) from 1."""
    document: msgspec.Raw
    """JSON: a merchant's whole policy, or what a shop does otherwise."""
    note: str
    created_at_ms: int
    created_by: str
    """The operator's id."""

    @property
    def scope(self) -> PolicyScope:
        return PolicyScope(self.merchant_id, self.shop_id)

    @property
    def name(self) -> str:
        """`m-1@5`, `m-1/tea@2`."""
        return f"{self.scope.name}@{self.number}"


class PolicyActivation(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the log: from this moment on that version was in force."""

    merchant_id: str
    shop_id: str
    revision: int
    """Counts the entries of this merchant (or shop) from 1: two operators cannot both write the next one."""
    number: int
    """Of the version; 0: none, what is inherited."""
    action: PolicyAction
    policy_version: str
    """The name under which it decides from then on."""
    note: str
    at_ms: int
    operator_id: str


class ResolvedPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """A whole policy as routing uses it, by the name that decisions carry. A name means one document for ever."""

    policy_version: str
    document: msgspec.Raw
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """A unit of work, all or nothing. Applies only if the log of the merchant (or shop) ends just before its entry."""

    activation: PolicyActivation
    resolved: tuple[ResolvedPolicy, ...] = ()
    """What follows from it: the merchant's own policy and those of the shops that inherit from it."""
    trail: TrailEntry | None = None
    """None: no operator did it."""
