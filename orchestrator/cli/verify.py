"""`orchestrate verify`: judge a run again from its stored evidence, and check every artifact."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from orchestrator.api import plan_of
from orchestrator.cli.faults import Exit
from orchestrator.cli.output import say, table
from orchestrator.cli.places import as_json, find_run, opened_journal
from orchestrator.engine.judging import Digest, file_digest, judge_run
from orchestrator.engine.outcome import exit_code
from orchestrator.evidence.verdict import Verdict
from orchestrator.registry import load_registry
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState


@dataclass(frozen=True, slots=True)
class Spoiled:
    """An artifact that is not as it was. found: its sha256 now, None where the file is gone."""

    task: str
    path: str
    sha256: str
    found: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """verdicts: as judged now, each with what the journal has for it (None: never judged)."""

    run: str
    verdicts: tuple[tuple[Verdict, Verdict | None], ...]
    spoiled: tuple[Spoiled, ...]
    exit_code: int

    @property
    def ok(self) -> bool:
        """Whether the run still proves exactly what its journal says."""
        return not self.spoiled and all(now == then for now, then in self.verdicts)


def verify_run(state: Path, name: str | None, *, as_data: bool) -> int:
    """Print the verification; the exit code, as a run with these verdicts would have it. Raises UsageError, JournalError."""
    with opened_journal(state) as journal:
        run = find_run(journal, name).run
        loaded = plan_of(journal, run)
        told = fold(journal.read(run))
    digest = file_digest(state / "runs" / run)
    verdicts = tuple(judge_run(loaded.plan, loaded.graph, told, load_registry(), digest))
    spoiled = tuple(_spoiled(told, digest))
    code = exit_code(told.tasks.values(), verdicts) or (Exit.UNPROVEN if spoiled else Exit.PASS)
    found = Verification(run, tuple((one, told.verdicts.get(one.criterion)) for one in verdicts), spoiled, code)
    say(as_json(_data(found)) if as_data else _text(found))
    return found.exit_code if found.ok else found.exit_code or Exit.UNPROVEN


def _spoiled(run: RunState, digest: Digest) -> Iterator[Spoiled]:
    for record in run.tasks.values():
        for artifact in record.evidence.artifacts if record.evidence else ():
            found = digest(artifact.path)
            if found != artifact.sha256:
                yield Spoiled(record.id, artifact.path, artifact.sha256, found)


def _data(found: Verification) -> dict[str, Any]:
    return {
        "run": found.run,
        "ok": found.ok,
        "exit_code": found.exit_code,
        "artifacts": [asdict(one) for one in found.spoiled],
        "verdicts": [
            {**asdict(now), "journalled": None if then is None else then.outcome.value, "same": now == then}
            for now, then in found.verdicts
        ],
    }


def _text(found: Verification) -> str:
    rows = [
        (
            now.criterion,
            now.outcome.value,
            "never judged" if then is None else then.outcome.value,
            "" if now == then else now.detail,
        )
        for now, then in found.verdicts
    ]
    lines = [f"{found.run}: {'the evidence stands as it was judged' if found.ok else 'the evidence does not stand'}"]
    if rows:
        lines += ["", table(("criterion", "now", "journal", ""), rows)]
    if found.spoiled:
        rows_of_files = ((one.task, "gone" if one.found is None else "changed", one.path) for one in found.spoiled)
        lines += ["", table(("stale", "", "artifact"), rows_of_files)]
    return "\n".join(lines)
