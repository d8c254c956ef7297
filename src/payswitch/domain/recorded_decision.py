"""A recorded decision with what became of it: what replays and reports read."""

from __future__ import annotations

import msgspec

from payswitch.domain.payment import Attempt, Decision, PaymentFile


class RecordedDecision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision, and its payment with all attempts."""

    decision: Decision
    file: PaymentFile

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Those that this decision led to, in order."""
        return tuple(a for a in self.file.attempts if a.decision_id == self.decision.decision_id)
