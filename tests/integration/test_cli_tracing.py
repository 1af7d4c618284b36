"""A run's spans by the real command line: at its end, and later from its journal."""

import os

import pytest
from web_receiver import WebReceiver

pytest.importorskip("opentelemetry.exporter.otlp.proto.http")
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.fixture
def web(shell, kit):
    shell.plan([kit.measuring("count", "3")], [kit.criterion(">= 1 cases")])
    with WebReceiver() as receiver:
        shell.env[ENDPOINT] = f"http://{receiver.host}"
        yield receiver


def spans(posted):
    request = ExportTraceServiceRequest.FromString(posted.body)
    return [span for part in request.resource_spans for scope in part.scope_spans for span in scope.spans]


def test_a_finished_run_is_sent_where_the_environment_says_so_and_again_when_asked(shell, web):
    shell.env["MY_TOKEN"] = "canary-4711"
    assert shell("run", "-q", "plan.yaml").returncode == 0
    (live,) = web.posted
    assert [each.name for each in spans(live)] == [
        "invoke_workflow small", "workstream A", "task A.count", "attempt 1 of A.count"
    ]  # fmt: skip
    (verdict,) = spans(live)[1].events
    told = {each.key: each.value.string_value for each in verdict.attributes}
    assert (verdict.name, told["gen_ai.evaluation.score.label"]) == ("gen_ai.evaluation.result", "pass")
    assert b"canary" not in live.body
    assert shell("export", "--otlp").returncode == 0
    assert [(each.span_id, each.end_time_unix_nano) for each in spans(web.posted[1])] == [
        (each.span_id, each.end_time_unix_nano) for each in spans(live)
    ]


def test_a_receiver_that_refuses_changes_no_verdict_and_fails_an_export(shell, web):
    web.status = 400
    done = shell("run", "-q", "plan.yaml")
    assert (done.returncode, done.stderr.count("spans could not be sent")) == (0, 1)
    assert shell("export", "--otlp").returncode == 4


def test_nothing_is_sent_where_that_is_switched_off(shell, web):
    assert shell("run", "-q", "--no-otlp", "plan.yaml").returncode == 0
    assert web.posted == []


@pytest.mark.usefixtures("web")
def test_without_the_extra_asking_for_it_is_refused_before_anything_runs(shell):
    hidden = shell.folder / "hidden" / "opentelemetry"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("")
    shell.env["PYTHONPATH"] = os.pathsep.join([str(hidden.parent), shell.env["PYTHONPATH"]])
    done = shell("run", "--otlp", "plan.yaml")
    assert (done.returncode, "[otel]'" in done.stderr, shell("history").stdout.strip()) == (2, True, "")
    told = shell("run", "-q", "plan.yaml")
    assert (told.returncode, "the extra otel is not installed" in told.stderr) == (0, True)
