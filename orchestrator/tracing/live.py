"""Decide whether a run's spans are sent, and send them from its journal."""

from collections.abc import Callable, Mapping, Sequence

from orchestrator.graph.load import LoadedPlan
from orchestrator.secrets import mask
from orchestrator.state.events import Envelope
from orchestrator.tracing.otlp import ENDPOINTS, installed, require_installed, send, switched_off, wanted


def to_be_sent(asked: bool | None, environment: Mapping[str, str], notice: Callable[[str], None]) -> bool:  # noqa: FBT001 - an answer of three
    """Whether they are: where that is asked for, or left open and the environment names a receiver. Raises
    NoTracingError before anything runs.
    """
    if asked:
        require_installed()
        return not switched_off(environment)
    if asked is None and wanted(environment):
        if installed():
            return True
        notice(f"{' or '.join(ENDPOINTS)} is set, but the extra otel is not installed; no spans are sent")
    return False


def send_run(loaded: LoadedPlan, envelopes: Sequence[Envelope], run: str, secrets: tuple[str, ...]) -> int:
    """Send the run as far as it got; how many spans. secrets: masked, beside what looks like one. Raises
    TracingError.
    """
    from orchestrator.tracing.spans import spans_of  # noqa: PLC0415 - few runs are traced

    return send(spans_of(loaded, envelopes, lambda text: mask(text, secrets)), run)
