"""The eligible channels of one payment, sorted by what their breakers allow to be done with them."""

from __future__ import annotations

from payswitch.routing.breaker import Admission, BreakerState
from payswitch.routing.eligibility import Entry
from payswitch.routing.request import Exclusion


class Pool:
    """Filled once per decision; `settle()` decides who is offered at all."""

    __slots__ = ("doubted", "excluded", "failed", "out", "probes", "usable")

    def __init__(self, excluded: tuple[Exclusion, ...]) -> None:
        self.excluded = list(excluded)
        self.usable: list[Entry] = []
        self.probes: list[Entry] = []
        """Behind an open breaker, but one payment may try it now."""
        self.out: list[Entry] = []
        self.doubted: list[tuple[Entry, str]] = []
        """Probably in vain, and why: a conclusion of ours, so that it is no reason to fail a payment."""
        self.failed: list[Entry] = []
        """Failed already in this payment."""

    def set_aside(self, entry: Entry, *, failed: bool, now_ms: int) -> None:
        """An eligible entry that failed in this payment, or whose breaker has cut it off: where does it belong?"""
        if failed:
            self.failed.append(entry)
        elif entry.line.breaker.admission(now_ms) is Admission.PROBE_DUE:
            self.probes.append(entry)
        else:
            self.out.append(entry)

    def exclude(self, entry: Entry, reason: str) -> None:
        self.excluded.append(Exclusion(channel_id=entry.channel_id, product=entry.product, reason=reason))

    def settle(self) -> str:
        """What is usable; else every suspect; else what failed: the last candidate is never removed.

        Returns the reason code that all the offered share, empty in ordinary times.
        """
        reason = ""
        if not self.usable:
            doubted = [entry for entry, _ in self.doubted]
            suspects = sorted([*self.probes, *self.out, *doubted], key=lambda entry: entry.position)
            if not suspects:
                self.usable, self.failed = self.failed, []
                return "retry_failed"
            self.usable, self.doubted, reason = suspects, [], "last_resort"
        for entry, doubt in self.doubted:
            self.exclude(entry, doubt)
        for entry in self.failed:
            self.exclude(entry, "already_failed")
        return reason

    def reserves(self, lent: Entry | None) -> list[Entry]:
        """The suspects (but the one that is lent this payment) that stand at the plan's end.

        None while there are two usable channels: then they are excluded. With only one, a plan without them would end
        with its first failure, though a suspect may well be back already.
        """
        suspects = [entry for entry in (*self.probes, *self.out) if entry is not lent]
        if not suspects:
            return []
        if len({entry.channel_id for entry in self.usable}) < 2:
            return sorted(suspects, key=lambda entry: entry.position)
        for entry in suspects:
            probing = entry.line.breaker.state is BreakerState.PROBING
            self.exclude(entry, "breaker_probing" if probing else "breaker_open")
        return []
