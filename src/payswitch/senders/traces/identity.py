"""Which trace a payment is: derived from its id, so that a notification a day later joins it and nothing is stored."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import NamedTuple

_HALF = 1 << 64


class TraceOf(NamedTuple):
    """A payment's trace and its root span."""

    trace_id: int
    root_id: int

    def is_sampled(self, share: float) -> bool:
        """Whether this payment is among the `share` (0..1) that is traced: the same answer on every node, for life.

        As OpenTelemetry's own ratio sampler has it: by the lower half of the trace id.
        """
        return self.trace_id % _HALF < share * _HALF


@lru_cache(maxsize=4_096)
def trace_of(payment_id: str) -> TraceOf:
    """Not to be guessed back: the id of a payment is what its shop's customers see, a trace's is for operators."""
    digest = hashlib.sha256(b"payswitch trace\0" + payment_id.encode()).digest()
    return TraceOf(_id(digest[:16]), _id(digest[16:24]))


@lru_cache(maxsize=8_192)
def span_of(attempt_id: str) -> int:
    """The span of an attempt: what its channel calls lie under, before it has ended itself."""
    return _id(hashlib.sha256(b"payswitch span\0" + attempt_id.encode()).digest()[:8])


def _id(octets: bytes) -> int:
    """Zero is no id in OpenTelemetry."""
    return int.from_bytes(octets, "big") or 1
