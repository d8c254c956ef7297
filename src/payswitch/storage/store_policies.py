"""`services.ports.PolicyStore`, for every database."""

from __future__ import annotations

from collections.abc import Sequence

from payswitch.domain.changes import CommitConflict, UniqueViolation
from payswitch.domain.policy_record import PolicyActivation, PolicyChange, PolicyScope, PolicyVersion, ResolvedPolicy
from payswitch.domain.recorded_decision import RecordedDecision
from payswitch.domain.trail import TrailEntry
from payswitch.storage import policies
from payswitch.storage import read_statements as reads
from payswitch.storage.running import ScriptRunner


class PolicyStore(ScriptRunner):
    """Policy documents, the log of which is in force, and recorded decisions. Only ever added to."""

    async def add_policy(self, version: PolicyVersion, trail: TrailEntry | None = None) -> None:
        await self.write(lambda: policies.add(version, trail))

    async def activate_policy(self, change: PolicyChange) -> None:
        """See `services.ports.PolicyStore.activate_policy`."""
        try:
            await self.write(lambda: policies.activate(change))
        except UniqueViolation as error:
            if error.constraint != "uq_policy_activation":
                raise
            # Two that read the same log wrote its next entry at the same moment, over two connections.
            raise CommitConflict(f"{change.activation.merchant_id}/{change.activation.shop_id}") from error

    async def save_resolved(self, policy: ResolvedPolicy) -> None:
        await self.write(lambda: policies.save_resolved([policy]))

    async def policies(self, merchant_id: str) -> Sequence[PolicyVersion]:
        return await self._rows(policies.POLICY, reads.POLICIES_OF, merchant_id=merchant_id)

    async def policy(self, policy_id: str) -> PolicyVersion | None:
        return await self._row(policies.POLICY, reads.POLICY_BY_ID, policy_id=policy_id)

    async def policy_activations(self, merchant_id: str) -> Sequence[PolicyActivation]:
        return await self._rows(policies.ACTIVATION, reads.ACTIVATIONS_OF, merchant_id=merchant_id)

    async def resolved_policy(self, policy_version: str) -> ResolvedPolicy | None:
        return await self._row(policies.RESOLVED, reads.RESOLVED_POLICY, policy_version=policy_version)

    async def newest_decisions(self, since_ms: int, most: int) -> tuple[tuple[int, str], int]:
        return await self.read(policies.first_place(since_ms, most), snapshot=True)

    async def recorded_decisions(
        self, scope: PolicyScope, place: tuple[int, str], limit: int
    ) -> tuple[Sequence[RecordedDecision], tuple[int, str] | None]:
        return await self.read(policies.recorded(place, limit, scope.merchant_id, scope.shop_id), snapshot=True)
