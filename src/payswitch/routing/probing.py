"""The budget of recovery probes: a customer's payment is lent to a suspect, so not too many of them may be."""

from __future__ import annotations

from typing import Final

from payswitch.routing.policy import Triggers

_SAVED_UP: Final = 2.0
"""At most so many probes in a burst: enough to bring one channel back with two payments in a row."""


class ProbeBudget:
    """A token bucket per merchant: each first attempt adds `probe_share`, each probe takes one."""

    def __init__(self) -> None:
        self._saved: dict[str, float] = {}

    def accrue(self, merchant_id: str, triggers: Triggers) -> bool:
        """Count one first attempt; True when a probe can be afforded."""
        saved = min(_SAVED_UP, self._saved.get(merchant_id, _SAVED_UP) + triggers.probe_share)
        self._saved[merchant_id] = saved
        return saved >= 1.0

    def spend(self, merchant_id: str) -> None:
        """Take one probe out of what was saved."""
        self._saved[merchant_id] -= 1.0
