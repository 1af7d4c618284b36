"""Sends spans over OTLP/HTTP, by OpenTelemetry's SDK. The SDK's own variables (OTEL_EXPORTER_OTLP_…) say where to, and
with which headers and certificates.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import ClassVar, Final

from orchestrator.environment import install_extra, version
from orchestrator.errors import OrchestratorError
from orchestrator.secrets import mask
from orchestrator.tracing.model import Span

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
MODULE: Final = "opentelemetry.exporter.otlp.proto.http"
BATCH: Final = 512
SAID: Final = logging.getLogger("opentelemetry")


class TracingError(OrchestratorError):
    """Spans could not be sent. The message has the mend."""

    exit_code: ClassVar[int] = 4


class NoTracingError(TracingError):
    """The extra is not installed: nothing was started."""

    exit_code: ClassVar[int] = 2


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether the environment says where spans go, and does not switch OpenTelemetry off."""
    return any(environment.get(name) for name in ENDPOINTS) and not switched_off(environment)


def switched_off(environment: Mapping[str, str]) -> bool:
    """Whether OTEL_SDK_DISABLED says so."""
    return environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true"


def installed() -> bool:
    """Whether the extra is there. Nothing is imported but the packages above it."""
    try:
        return find_spec(MODULE) is not None
    except ModuleNotFoundError:
        return False


def require_installed() -> None:
    """Raises NoTracingError."""
    if not installed():
        raise NoTracingError(f"sending spans needs the extra otel\n  mend: {install_extra('otel')}")


def send(spans: Sequence[Span], run: str) -> int:
    """Send a run's spans, all with ids that follow from the run and their places in it; how many. Raises
    TracingError.
    """
    require_installed()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415 - an extra
    from opentelemetry.sdk.trace.export import SpanExportResult  # noqa: PLC0415

    from orchestrator.tracing.sdk import readable  # noqa: PLC0415

    with _heard() as said:
        exporter = OTLPSpanExporter()
        try:
            made = readable(spans, run, version())
            for start in range(0, len(made), BATCH):
                if exporter.export(made[start : start + BATCH]) is not SpanExportResult.SUCCESS:
                    raise TracingError(_complaint(said))
        finally:
            exporter.shutdown()  # type: ignore[no-untyped-call]  # the SDK has no types there
    return len(made)


def trace_id(run: str) -> int:
    """128 bits that name a run's trace: the same whenever it is exported."""
    return int.from_bytes(hashlib.sha256(f"orchestrate/{run}".encode()).digest()[:16], "big") or 1


def span_id(run: str, key: str) -> int:
    """64 bits that name a span of it."""
    return int.from_bytes(hashlib.sha256(f"orchestrate/{run}/{key}".encode()).digest()[:8], "big") or 1


def _complaint(said: Sequence[str]) -> str:
    why = mask("; ".join(dict.fromkeys(said))) or "the receiver did not take them"
    return (
        f"spans could not be sent: {' '.join(why.split())[:400]}\n  mend: look at {ENDPOINTS[0]}, and at what listens "
        f"there"
    )


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What the SDK says meanwhile, from warnings on; nothing of it goes to standard error."""
    found: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    SAID.addHandler(handler)
    passed, SAID.propagate = SAID.propagate, False
    try:
        yield found
    finally:
        SAID.propagate = passed
        SAID.removeHandler(handler)
