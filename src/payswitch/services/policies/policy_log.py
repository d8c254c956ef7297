"""What a merchant's policy log says: which version is in force where, what was before it, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from payswitch.domain.channel import Channel
from payswitch.domain.policy_record import (
    PolicyAction,
    PolicyActivation,
    PolicyScope,
    PolicyState,
    PolicyVersion,
)
from payswitch.routing.policy import Policy
from payswitch.routing.policy_book import WHOLE_MERCHANT
from payswitch.routing.policy_layers import ShopPolicy, load_merchant_policy, load_shop_policy, resolve
from payswitch.routing.policy_loading import PolicyInvalid
from payswitch.routing.policy_shape import PolicyProblem
from payswitch.services.ports import PolicyStore

Chosen = Mapping[str, PolicyVersion | None]
"""By shop (WHOLE_MERCHANT for the merchant's own): the version in force; None: what is inherited."""


@dataclass(frozen=True, slots=True)
class PolicyLog:
    """All versions of one merchant and its shops, and everything that was ever put in force."""

    versions: Sequence[PolicyVersion]
    activations: Sequence[PolicyActivation]

    def of(self, scope: PolicyScope) -> list[PolicyActivation]:
        return [entry for entry in self.activations if entry.shop_id == scope.shop_id]

    def revision(self, scope: PolicyScope) -> int:
        """How many entries the scope's log has: sent with a change, so that nobody overwrites what they never saw."""
        return len(self.of(scope))

    def version(self, scope: PolicyScope, number: int) -> PolicyVersion | None:
        fitting = (one for one in self.versions if one.shop_id == scope.shop_id and one.number == number)
        return next(fitting, None)

    def number_in_force(self, scope: PolicyScope) -> int:
        """0: none."""
        log = self.of(scope)
        return log[-1].number if log else 0

    def number_before(self, scope: PolicyScope) -> int | None:
        """What a roll-back leads to: the one that was in force before the present one came; None: there is none."""
        stack = [0]
        for entry in self.of(scope):
            if entry.action is PolicyAction.ROLLBACK and entry.number in stack:
                del stack[stack.index(entry.number) + 1 :]
            else:
                stack.append(entry.number)
        return stack[-2] if len(stack) > 1 else None

    def state(self, version: PolicyVersion) -> PolicyState:
        log = self.of(version.scope)
        if log and log[-1].number == version.number:
            return PolicyState.ACTIVE
        was = any(entry.number == version.number for entry in log)
        return PolicyState.SUPERSEDED if was else PolicyState.DRAFT

    def chosen(self) -> dict[str, PolicyVersion | None]:
        """What is in force in each scope that was ever given a version."""
        shops = {entry.shop_id: PolicyScope(entry.merchant_id, entry.shop_id) for entry in self.activations}
        return {shop_id: self.version(scope, self.number_in_force(scope)) for shop_id, scope in shops.items()}


async def read_log(store: PolicyStore, merchant_id: str) -> PolicyLog:
    return PolicyLog(await store.policies(merchant_id), await store.policy_activations(merchant_id))


def document_of(version: PolicyVersion) -> Any:
    return msgspec.json.decode(version.document)


def whole_policies(base: Policy, chosen: Chosen) -> dict[str, Policy | None]:
    """The policies that follow from a choice of versions, each under the name that decisions will carry: `m-1@5`,
    `m-1@5+tea@2`. None: the scope has none of its own. Raises msgspec.ValidationError for a document that this version
    of PaySwitch cannot read."""
    own = chosen.get(WHOLE_MERCHANT)
    merchant = base
    if own is not None:
        merchant = msgspec.convert({**document_of(own), "version": own.name}, Policy)
    found: dict[str, Policy | None] = {WHOLE_MERCHANT: None if own is None else merchant}
    for shop_id, version in chosen.items():
        if shop_id != WHOLE_MERCHANT:
            found[shop_id] = None if version is None else _of_shop(merchant, version)
    return found


def _of_shop(merchant: Policy, version: PolicyVersion) -> Policy:
    shop = msgspec.convert(document_of(version), ShopPolicy)
    return resolve(merchant, shop, f"{merchant.version}+{version.shop_id}@{version.number}")


def check_choice(
    base: Policy, chosen: Chosen, channels: Sequence[Channel], shops: Sequence[str], new: PolicyScope
) -> None:
    """Everything that is wrong with a choice of versions, also with what a shop inherits from a new one of its
    merchant's. Raises PolicyInvalid."""
    problems: list[PolicyProblem] = []
    own = chosen.get(WHOLE_MERCHANT)
    merchant = base
    if own is not None:
        if new.shop_id == WHOLE_MERCHANT:
            merchant = load_merchant_policy(document_of(own), channels, shops, own.name)
        else:
            merchant = msgspec.convert({**document_of(own), "version": own.name}, Policy)
    for shop_id, version in chosen.items():
        if shop_id == WHOLE_MERCHANT or version is None or new.shop_id not in (WHOLE_MERCHANT, shop_id):
            continue
        try:
            load_shop_policy(document_of(version), merchant, channels, shop_id)
        except PolicyInvalid as invalid:
            problems += [_at(problem, version, new) for problem in invalid.problems]
    if problems:
        raise PolicyInvalid(problems)


def _at(problem: PolicyProblem, version: PolicyVersion, new: PolicyScope) -> PolicyProblem:
    """Says in which document it is, when that is not the one at hand."""
    if version.scope == new:
        return problem
    return msgspec.structs.replace(problem, place=f"{version.name}: {problem.place}")
