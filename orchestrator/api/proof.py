"""Export a run as one file, and judge its verdicts again."""

from pathlib import Path

from orchestrator.api.stored import plan_in
from orchestrator.bundle.check import Checked
from orchestrator.bundle.dsse import Signer
from orchestrator.bundle.write import Exported, export
from orchestrator.engine.contract import judge_under_contract
from orchestrator.engine.exit_code import UNPROVEN, exit_code
from orchestrator.engine.judging import declared_metrics, file_digest
from orchestrator.engine.secrecy import secrets_of_run
from orchestrator.engine.testimony import contradictions
from orchestrator.environment import version
from orchestrator.journal.errors import Contradicted
from orchestrator.journal.port import JournalPort
from orchestrator.journal.reading import refusals_told
from orchestrator.registry import load_registry
from orchestrator.report.verify import STANDS, compared, sealed, testified
from orchestrator.state.fold import fold
from orchestrator.state.run import metrics_known
from orchestrator.tracing.live import send_run


def export_bundle(journal: JournalPort, run: str, state: Path, target: Path, signer: Signer | None = None) -> Exported:
    """Write the run with all its evidence as one file that `orchestrate verify` checks offline.

    Raises OSError, and Contradicted where the attempts' own files say something else than the journal.
    """
    envelopes = journal.read(run)
    folder = state / "runs" / run
    with refusals_told(state):
        found = next((one for one in contradictions(envelopes, folder) if not one.gone), None)
        if found is not None:
            raise Contradicted(run, found.path, found.detail)
        return export(envelopes, folder, target, version(), signer)


def export_spans(journal: JournalPort, run: str) -> int:
    """Send the run's spans over OTLP as far as it got, to where OTEL_EXPORTER_OTLP_ENDPOINT says; how many.

    Raises TracingError.
    """
    envelopes = journal.read(run)
    loaded = plan_in(envelopes, run)
    return send_run(loaded, envelopes, run, secrets_of_run(loaded.plan, Path.cwd()))


def verify_run(journal: JournalPort, run: str, state: Path) -> Checked:
    """Judge the run again from its stored evidence, and check every artifact.

    The exit code is what a run with the verdicts of now has; where that would be 0 and something does not match, it is
    3. Raises JournalError where this user may not read a file of the run: nothing can be said of it then.
    """
    envelopes = journal.read(run, unsealed=True)
    loaded, told = plan_in(envelopes, run), fold(envelopes)
    metrics = {**declared_metrics(loaded.graph, load_registry()), **metrics_known(told)}
    digest = file_digest(state / "runs" / run, told=True)
    with refusals_told(state):
        judged = judge_under_contract(loaded.plan, loaded.graph, told, metrics, digest)
        own = (*sealed(journal.seal(run)), *testified(contradictions(envelopes, state / "runs" / run)))
        findings = (*own, *compared(loaded.plan, loaded.graph, told, judged, digest))
    stands = all(one.standing in STANDS for one in findings)
    code = exit_code(told.tasks.values(), judged.verdicts, accepted=judged.accepted)
    return Checked(run, code if stands else code or UNPROVEN, findings)
