"""`orchestrate audit`: compare the claims of a report or message with a run, a plan, the files in the checkout, and the
text itself.
"""

import gc
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestrator.atomic_write import require_writable, write_whole
from orchestrator.audit.judge import Known, audit
from orchestrator.audit.model import Asked, Audit, Measured
from orchestrator.cli.faults import Exit, UsageError
from orchestrator.cli.output import notice, plain, say
from orchestrator.ground import Folder
from orchestrator.plan.textfile import read_plan_text
from orchestrator.report.audited import audit_data, audit_junit, audit_markdown
from orchestrator.strict_json import as_json


def _page(found: Audit) -> str:
    from orchestrator.pages.audit import audit_page  # noqa: PLC0415 - drawing is slow to load

    return audit_page(found)


FORMATS: Final[Mapping[str, Callable[[Audit], str]]] = {
    "markdown": audit_markdown,
    "html": _page,
    "json": lambda found: as_json(audit_data(found)),
    "junit": audit_junit,
}
DOCUMENTS: Final = frozenset({".md", ".markdown"})


@dataclass(frozen=True, slots=True)
class Against:
    """What the text is held against: a run, bundle or kept report; a plan; the folder that the files it names are
    looked for in.
    """

    run: str | None = None
    plan: Path | None = None
    root: Path | None = None
    state: Path = Path(".orchestrate")


@dataclass(frozen=True, slots=True)
class Wanted:
    """style: one of FORMATS. output, junit: files."""

    style: str = "markdown"
    output: Path | None = None
    junit: Path | None = None


def audit_file(path: Path, against: Against, wanted: Wanted) -> int:
    """Print the claims with their labels; 1 where any is contradicted or inconsistent.

    Raises UsageError, JournalError, BundleError, PlanError, OSError.
    """
    if wanted.style not in FORMATS:
        raise UsageError(f"there is no format {wanted.style!r}\n  mend: use one of {', '.join(FORMATS)}")
    for target in filter(None, (wanted.output, wanted.junit)):
        require_writable(target)
    text = read_plan_text(path)
    source, measured = _measured(against)
    known = Known(measured, _asked(against), source)
    with _uncollected():
        found = audit(path.name, text, Folder.around(path, against.root), known)
        if wanted.junit is not None:
            write_whole(wanted.junit, audit_junit(found))
        written = FORMATS[wanted.style](found)
    if wanted.output is None:
        say(plain(written))
    else:
        write_whole(wanted.output, written if written.endswith("\n") else f"{written}\n")
    return Exit.FAIL if found.alarming else Exit.PASS


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the search for garbage in circles: every claim is kept to the end, and there are many."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _measured(against: Against) -> tuple[str, tuple[Measured, ...]]:
    """Where the figures come from, and what they are. Raises UsageError where there is nothing of that name."""
    name = against.run
    if name is None:
        return "", ()
    from orchestrator.report.held import measured_in, measured_of  # noqa: PLC0415 - where a run is named

    path = Path(name)
    if path.suffix in DOCUMENTS:
        run, measured = measured_in(_kept(path))
        if not measured:
            raise UsageError(
                f"{name}: no report of a run\n  mend: name one that `orchestrate report` wrote, a run or a bundle"
            )
        notice(f"{name}: its figures are taken as they stand; a run or a bundle can be verified")
        return f"{path.name} of run {run}", measured
    if path.is_file():
        from orchestrator.bundle.check import report_in  # noqa: PLC0415 - as above

        report = report_in(path)
        return f"{path.name} of run {report.run}", measured_of(report)
    if path.suffix == ".tar" or path.name != name:
        raise UsageError(f"{name}: there is no such bundle or report\n  mend: check the path")
    from orchestrator.api.stored import report_of  # noqa: PLC0415 - as above
    from orchestrator.cli.places import find_run, opened_journal  # noqa: PLC0415 - as above

    with opened_journal(against.state) as journal:
        run = find_run(journal, name).run
        return run, measured_of(report_of(journal, run))


def _kept(path: Path) -> str:
    """The text of a report and of its parts: the first screen of a large run does not list every criterion."""
    parts = sorted(path.with_suffix("").glob("*.md"))
    return "\n".join(read_plan_text(each) for each in (path, *parts))


def _asked(against: Against) -> tuple[Asked, ...]:
    if against.plan is None:
        return ()
    from orchestrator.plan.load import parse_plan  # noqa: PLC0415 - where a plan is named
    from orchestrator.report.held import asked_of  # noqa: PLC0415 - as above

    return asked_of(parse_plan(read_plan_text(against.plan), str(against.plan)))
