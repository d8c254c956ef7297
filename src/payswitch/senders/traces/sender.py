"""Hears what happens, and sends it as spans over OTLP (HTTP, protobuf) with OpenTelemetry's own SDK.

Spans wait in a bounded queue and leave on a thread: a collector that is slow or away costs spans, never a payment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    Link,
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    get_current_span,
    set_span_in_context,
)
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from payswitch.kit.clock import Clock
from payswitch.senders.traces.identity import TraceOf, span_of, trace_of
from payswitch.senders.traces.spans import SpanDraft, draft_of

QUEUED: Final = 16_384
"""Spans that wait: at 100 payments a second, about twenty seconds of a collector that is away."""
SEND_GAP_MS: Final = 2_000
SEND_TIMEOUT_S: Final = 5.0
_SAMPLED: Final = TraceFlags(TraceFlags.SAMPLED)
_KINDS: Final = {"server": SpanKind.SERVER, "client": SpanKind.CLIENT, "internal": SpanKind.INTERNAL}
_propagator: Final = TraceContextTextMapPropagator()
_callers: ContextVar[SpanContext | None] = ContextVar("payswitch_caller", default=None)
"""The span of whoever made the request that is being answered."""


class _Ids(RandomIdGenerator):
    """The SDK asks for ids; some are known before."""

    def __init__(self) -> None:
        self.trace_id = 0
        self.span_id = 0
        """0: any."""

    def generate_trace_id(self) -> int:
        return self.trace_id

    def generate_span_id(self) -> int:
        return self.span_id or super().generate_span_id()


class TraceSender:
    """Implements `services.ports.LiveFeed`. One per process; `aclose()` sends what still waits."""

    def __init__(self, endpoint: str, *, share: float, resource: Mapping[str, str], clock: Clock) -> None:
        """`endpoint` is the collector's whole URL (`http://collector:4318/v1/traces`), `share` of the payments are
        traced (0..1). Headers that a collector asks for come from OTEL_EXPORTER_OTLP_HEADERS."""
        self._share = share
        self._clock = clock
        self._ids = _Ids()
        exporter = OTLPSpanExporter(endpoint=endpoint, timeout=SEND_TIMEOUT_S)
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource.create(dict(resource)),
            shutdown_on_exit=False,
            id_generator=self._ids,
        )
        self._provider.add_span_processor(
            BatchSpanProcessor(exporter, max_queue_size=QUEUED, schedule_delay_millis=SEND_GAP_MS)
        )
        self._tracer = self._provider.get_tracer("payswitch")

    def tell(self, kind: str, facts: Mapping[str, Any]) -> None:
        """News that belong to no payment, or to one that is not sampled, are no spans."""
        payment_id = facts.get("payment_id")
        if payment_id is None:
            return
        trace = trace_of(payment_id)
        if not trace.is_sampled(self._share):
            return
        draft = draft_of(kind, facts, self._clock.now_ms())
        if draft is not None:
            self._end(trace, draft)

    async def aclose(self) -> None:
        """Send what waits; a collector that does not answer is given up after its timeout."""
        await asyncio.to_thread(self._provider.shutdown)

    def _end(self, trace: TraceOf, draft: SpanDraft) -> None:
        ids = self._ids
        ids.trace_id = trace.trace_id
        ids.span_id = trace.root_id if draft.is_payment else span_of(draft.attempt_id) if draft.is_attempt else 0
        span = self._tracer.start_span(
            draft.name,
            context=_parent(trace, draft),
            kind=_KINDS[draft.kind],
            attributes=draft.attributes,
            links=_links() if draft.is_payment else None,
            start_time=int(draft.start_ms * 1_000_000),
        )
        if draft.failed:
            span.set_status(Status(StatusCode.ERROR, draft.failed))
        span.end(end_time=int(max(draft.end_ms, draft.start_ms) * 1_000_000))


def note_caller(traceparent: str | None) -> None:
    """W3C Trace Context: the payment's trace is linked to the span of the shop's program that asked for it. What is no
    valid header is as good as none."""
    found = None
    if traceparent:
        context = _propagator.extract({"traceparent": traceparent}, context=Context())
        caller = get_current_span(context).get_span_context()
        found = caller if caller.is_valid else None
    _callers.set(found)


def _links() -> list[Link]:
    caller = _callers.get()
    return [] if caller is None else [Link(caller)]


def _parent(trace: TraceOf, draft: SpanDraft) -> Context:
    if draft.is_payment:
        return Context()
    in_attempt = bool(draft.attempt_id) and not draft.is_attempt
    span_id = span_of(draft.attempt_id) if in_attempt else trace.root_id
    parent = SpanContext(trace.trace_id, span_id, is_remote=False, trace_flags=_SAMPLED)
    return set_span_in_context(NonRecordingSpan(parent), Context())
