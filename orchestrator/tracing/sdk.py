"""Convert our spans to the SDK's, with its own tracer, the recorded times, and our own ids."""

from collections.abc import Sequence

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from orchestrator.tracing import otlp
from orchestrator.tracing.model import Span

SERVICE = "service.name"
UNSET = SpanLimits.UNSET


def readable(spans: Sequence[Span], run: str, version: str) -> list[ReadableSpan]:
    """The same spans, in the same order."""
    ids, kept = _Ids(), _Kept()
    limits = SpanLimits(max_events=UNSET, max_span_attributes=UNSET, max_event_attributes=UNSET)
    provider = TracerProvider(ALWAYS_ON, _resource(version), False, id_generator=ids, span_limits=limits)
    provider.add_span_processor(kept)
    tracer = provider.get_tracer("orchestrate", version)
    trace = otlp.trace_id(run)
    for each in spans:
        ids.trace, ids.span = trace, otlp.span_id(run, each.key)
        around = None
        if each.parent is not None:
            parent = SpanContext(trace, otlp.span_id(run, each.parent), False, TraceFlags(TraceFlags.SAMPLED))
            around = set_span_in_context(NonRecordingSpan(parent))
        kind = SpanKind.CLIENT if each.client else SpanKind.INTERNAL
        made = tracer.start_span(each.name, around, kind, each.attributes, start_time=each.start)
        for event in each.events:
            made.add_event(event.name, event.attributes, event.at)
        if each.error:
            made.set_status(Status(StatusCode.ERROR, each.error))
        made.end(each.end)
    return kept.spans


def _resource(version: str) -> Resource:
    """As the variables of OpenTelemetry have it; the service is called `orchestrate` unless they say otherwise."""
    found = Resource.create({"service.version": version})
    if str(found.attributes.get(SERVICE, "")).startswith("unknown_service"):
        return found.merge(Resource({SERVICE: "orchestrate"}))
    return found


class _Ids(IdGenerator):
    """Gives the ids that were put there."""

    trace = 0
    span = 0

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span


class _Kept(SpanProcessor):
    def __init__(self) -> None:
        self.spans: list[ReadableSpan] = []

    def on_end(self, span: ReadableSpan) -> None:
        self.spans.append(span)
