"""`orchestrate export`: a run with all its evidence as one file."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from orchestrator.api.proof import export_bundle, export_spans
from orchestrator.atomic_write import require_file, require_writable
from orchestrator.bundle.keys import PrivateKey
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import counted, say, tell
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.cli.report import write_junit


def export_run(  # noqa: PLR0913 - what the verb takes
    state: Path,
    name: str | None,
    output: Path | None,
    junit: Path | None,
    key: Path | None = None,
    *,
    as_data: bool,
) -> None:
    """Write the bundle (`<run>.tar` unless told), signed where a key is named, and say its sha256. Raises
    UsageError, JournalError, OSError.
    """
    signer = None if key is None else PrivateKey(key)
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        target = output or Path(f"{run}.tar")
        require_file(target)
        for file in filter(None, (target, junit)):
            require_writable(file)
        done = export_bundle(journal, run, state, target, signer)
        write_junit(journal, run, junit)
    if as_data:
        say(as_json({"run": run, **asdict(done), "path": str(done.path)}))
        return
    say(f"{done.sha256}  {done.path}")
    tell(f"{done.files} files, {done.size} bytes; check it anywhere with: orchestrate verify {done.path}")
    tell(f"signed with key {done.signed[:16]}" if done.signed else "not signed: `--key` names a key to sign it with")
    for told, paths in (("gone, so it is not in the bundle", done.missing), ("not as it was measured", done.changed)):
        for path in paths:
            tell(f"{path}: {told}; what was computed from it is stale")


def export_otlp(state: Path, name: str | None, others: Mapping[str, Path | None], *, as_data: bool) -> None:
    """Send the run's spans over OTLP, and say how many. others: options that mean nothing then. Raises UsageError,
    JournalError, TracingError.
    """
    for option, given in others.items():
        if given is not None:
            raise UsageError(
                f"{option} means nothing with --otlp, which writes no file\n  mend: leave out one of the two"
            )
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        sent = export_spans(journal, run)
    if as_data:
        say(as_json({"run": run, "spans": sent}))
    else:
        say(f"{counted(sent, 'span')} of run {run} sent")
