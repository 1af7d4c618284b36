"""`orchestrate verify`: judge a run again from its stored evidence and check every artifact, or do so for a bundle."""

from dataclasses import asdict
from pathlib import Path

from orchestrator.api.proof import verify_run
from orchestrator.bundle.check import Checked, check_bundle
from orchestrator.bundle.keys import PublicKey
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import say, table
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.report.verify import Standing


def verify_named(state: Path, name: str | None, key: Path | None = None, *, as_data: bool) -> int:
    """Print a finding for every criterion, artifact and file. name: a run, or a bundle's path; key: by which that must
    be signed.

    The exit code is what a run with the verdicts of now has; where that would be 0 and something does not match, it is
    3. Raises UsageError, JournalError, BundleError.
    """
    bundle = _bundle(name)
    if bundle is None and key is not None:
        raise UsageError("--key: only a bundle is signed\n  mend: leave it out, or name a bundle")
    checker = None if key is None else PublicKey(key)
    checked = _check_run(state, name) if bundle is None else check_bundle(bundle, checker=checker)
    if as_data:
        told = {"run": checked.run, "ok": checked.stands, "exit_code": checked.exit_code}
        say(as_json({**told, "findings": [asdict(one) for one in checked.findings]}))
    else:
        say(_text(checked))
    return checked.exit_code


def _bundle(name: str | None) -> Path | None:
    """The bundle that the name is the path of; None for a run's. Raises UsageError for a path where nothing is."""
    if name is None:
        return None
    path = Path(name)
    if path.is_file():
        return path
    if path.suffix == ".tar" or path.name != name:  # no run's id looks so
        raise UsageError(f"{name}: there is no such bundle\n  mend: check the path; `orchestrate export` writes one")
    return None


def _check_run(state: Path, name: str | None) -> Checked:
    with opened_journal(state) as journal:
        return verify_run(journal, find_run(journal, name).run, state)


def _text(checked: Checked) -> str:
    stands = "stands" if checked.stands else "does not stand"
    head = f"{checked.run}: the evidence {stands} as it was judged"
    shown = [one for one in checked.findings if one.standing is not Standing.MATCHES]
    shown += [one for one in checked.findings if one.standing is Standing.MATCHES]
    rows = table(
        ("", "criterion, artifact or file", ""), ((one.standing.value, one.subject, one.detail) for one in shown)
    )
    return f"{head}\n\n{rows}" if shown else head
