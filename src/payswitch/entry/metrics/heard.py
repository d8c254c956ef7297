"""The metrics that are counted when something happens: heard from the feed, and from the storage's writer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from prometheus_client.core import Metric as Exposed
from prometheus_client.registry import Collector

from payswitch.entry.metrics.catalog import channels, events, machinery, money, payments
from payswitch.entry.metrics.tallies import Count, Spreads

Facts = Mapping[str, Any]


class HeardMetrics(Collector):
    """Implements `services.ports.LiveFeed`. Stands in the path of a payment: half a microsecond for each news."""

    def __init__(self) -> None:
        self._created = Count(payments.PAYMENTS_CREATED)
        self._without_candidate = Count(payments.PAYMENTS_WITHOUT_CANDIDATE)
        self._decision_s = Spreads(channels.DECISION_DURATION)
        self._credential_s = Spreads(channels.CREDENTIAL_DURATION)
        self._calls = Count(channels.CHANNEL_CALLS)
        self._call_s = Spreads(channels.CHANNEL_CALL_DURATION)
        self._switches = Count(channels.SWITCHES)
        self._switch_s = Spreads(channels.SWITCH_DURATION)
        self._moves = Count(channels.BREAKER_MOVES)
        self._notifications = Count(money.NOTIFICATIONS)
        self._deliveries = Count(events.EVENT_DELIVERIES)
        self._event_delay_s = Spreads(events.EVENT_DELAY)
        self._refunds = Count(money.REFUNDS_ENDED)
        self._refund_s = Spreads(money.REFUND_DURATION)
        self._commit_s = Spreads(machinery.COMMIT_DURATION)
        self._commit_units = Spreads(machinery.COMMIT_UNITS)
        self._ears: Mapping[str, Callable[[Facts], None]] = {
            "payment_created": self._payment_created,
            "no_candidate": self._no_candidate,
            "decided": self._decided,
            "create_answered": self._called,
            "channel_called": self._called,
            "exposed": self._exposed,
            "switched": self._switched,
            "breaker": self._breaker_moved,
            "notified": self._notified,
            "untrusted": self._untrusted,
            "event_delivered": self._event_delivered,
            "event_failed": self._event_failed,
            "refunded": self._refunded,
        }

    def tell(self, kind: str, facts: Facts) -> None:
        """News of a kind that is not known here is counted elsewhere, or nowhere."""
        hear = self._ears.get(kind)
        if hear is not None:
            hear(facts)

    def hear_commit(self, units: int, took_ms: float) -> None:
        """One transaction of payments. On SQLite it is the writer's thread that tells, and nobody else does."""
        self._commit_s.of(()).add(took_ms / 1_000)
        self._commit_units.of(()).add(units)

    def describe(self) -> Iterable[Exposed]:
        """Nothing: the registry would collect before there is anything to see."""
        return ()

    def collect(self) -> Iterator[Exposed]:
        return (value.exposed() for value in vars(self).values() if isinstance(value, Count | Spreads))

    def _payment_created(self, facts: Facts) -> None:
        shown = facts["shown"]
        self._created.of["later" if shown is None else "shown" if shown else "none",] += 1

    def _no_candidate(self, facts: Facts) -> None:
        self._without_candidate.of[()] += 1

    def _decided(self, facts: Facts) -> None:
        self._decision_s.of(()).add(facts["duration_us"] / 1_000_000)

    def _called(self, facts: Facts) -> None:
        channel_id, call = facts["channel_id"], facts["call"]
        self._calls.of[channel_id, facts["product"], call, facts["outcome"]] += 1
        self._call_s.of((channel_id, call)).add(facts["latency_ms"] / 1_000)

    def _exposed(self, facts: Facts) -> None:
        self._credential_s.of((facts["channel_id"], facts["product"])).add(facts["credential_ms"] / 1_000)

    def _switched(self, facts: Facts) -> None:
        self._switches.of[facts["from_channel"], facts["to_channel"]] += 1
        self._switch_s.of(()).add(facts["switch_ms"] / 1_000)

    def _breaker_moved(self, facts: Facts) -> None:
        self._moves.of[facts["channel_id"], facts["product"], facts["after"]] += 1

    def _notified(self, facts: Facts) -> None:
        self._notifications.of[facts["channel_id"], "applied" if facts["believed"] else "refused"] += 1

    def _untrusted(self, facts: Facts) -> None:
        self._notifications.of[facts["channel_id"], "untrusted"] += 1

    def _event_delivered(self, facts: Facts) -> None:
        self._deliveries.of["delivered",] += 1
        self._event_delay_s.of(()).add(facts["age_ms"] / 1_000)

    def _event_failed(self, facts: Facts) -> None:
        self._deliveries.of["dead" if facts["state"] == "dead" else "failed",] += 1

    def _refunded(self, facts: Facts) -> None:
        self._refunds.of[facts["kind"], facts["state"]] += 1
        if facts["state"] == "succeeded":
            self._refund_s.of((facts["kind"],)).add(facts["age_ms"] / 1_000)
