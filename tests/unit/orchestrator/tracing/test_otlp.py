"""Spans over OTLP/HTTP, to a real receiver on loopback that decodes what it gets."""

import pytest
from web_receiver import WebReceiver

pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from orchestrator.tracing import otlp
from orchestrator.tracing.model import Span, SpanEvent

SPANS = [
    Span("run", None, "invoke_workflow small", 1_000, 9_000, {"gen_ai.agent.name": "small"}),
    Span(
        "A", "run", "workstream A", 2_000, 8_000, {"n": 3}, [SpanEvent("gen_ai.evaluation.result", 7_000, {"x": 0.5})]
    ),
    Span("A.do/1/round/call 1", "A", "chat m", 3_000, 4_000, {"known": True}, client=True, error="it failed"),
]


@pytest.fixture
def web(monkeypatch):
    for name in ("OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", *otlp.ENDPOINTS):
        monkeypatch.delenv(name, raising=False)
    with WebReceiver() as receiver:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://{receiver.host}")
        yield receiver


def received(web):
    """Every resource's name of service, and every span."""
    requests = [ExportTraceServiceRequest.FromString(each.body) for each in web.posted]
    parts = [part for request in requests for part in request.resource_spans]
    names = {
        each.value.string_value for part in parts for each in part.resource.attributes if each.key == "service.name"
    }
    return names, [span for part in parts for scope in part.scope_spans for span in scope.spans]


def test_spans_arrive_with_their_times_places_and_kinds(web):
    assert otlp.send(SPANS, "r1") == 3
    names, (run, group, call) = received(web)
    assert names == {"orchestrate"}
    assert [each.path for each in web.posted] == ["/v1/traces"]
    assert (run.name, run.start_time_unix_nano, run.end_time_unix_nano, run.parent_span_id) == (
        "invoke_workflow small",
        1_000,
        9_000,
        b"",
    )
    assert (group.parent_span_id, call.parent_span_id) == (run.span_id, group.span_id)
    assert {run.trace_id, group.trace_id, call.trace_id} == {otlp.trace_id("r1").to_bytes(16, "big")}
    assert (call.kind, call.status.code, call.status.message) == (3, 2, "it failed")
    (event,) = group.events
    assert (event.name, event.time_unix_nano, event.attributes[0].value.double_value) == (
        "gen_ai.evaluation.result",
        7_000,
        0.5,
    )


def test_the_same_run_has_the_same_ids_whenever_it_is_sent(web):
    otlp.send(SPANS, "r1")
    otlp.send(SPANS, "r1")
    otlp.send(SPANS, "r2")
    ids = [(span.trace_id, span.span_id) for span in received(web)[1]]
    assert ids[:3] == ids[3:6]
    assert not {*ids[:3]} & {*ids[6:]}


def test_many_spans_and_events_all_arrive(web):
    many = [Span(f"A/{n}", None, "x", 1, 2, {}, [SpanEvent("e", 1, {}) for _ in range(3)]) for n in range(1_200)]
    many.append(
        Span("B", None, "b", 1, 2, {f"a{n}": n for n in range(300)}, [SpanEvent("e", 1, {}) for _ in range(500)])
    )
    assert otlp.send(many, "r1") == 1_201
    found = received(web)[1]
    assert (len(found), len(found[-1].events), len(found[-1].attributes)) == (1_201, 500, 300)


def test_the_variables_of_opentelemetry_name_service_and_headers(web, monkeypatch):
    monkeypatch.setenv("OTEL_SERVICE_NAME", "mine")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "api-key=abc")
    otlp.send(SPANS, "r1")
    assert received(web)[0] == {"mine"}
    assert web.posted[0].headers["api-key"] == "abc"


def test_a_receiver_that_refuses_is_told_and_nothing_is_printed(web, capfd):
    web.status = 400
    with pytest.raises(otlp.TracingError, match=r"spans could not be sent: .*\n  mend: "):
        otlp.send(SPANS, "r1")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("environment", "sent"),
    [
        ({}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://x/v1/traces"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
    ],
)
def test_spans_are_sent_where_the_environment_names_a_receiver(environment, sent):
    assert otlp.wanted(environment) is sent
