"""What GitHub Actions shows of a run: a summary of the job, and an annotation for what did not pass. Nothing elsewhere.

A failure to tell never fails a run. See "Workflow commands" and "Adding a job summary" in GitHub's documentation.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from orchestrator.cli.output import tell
from orchestrator.errors import OrchestratorError
from orchestrator.journal.port import JournalPort

SUMMARY: Final = "GITHUB_STEP_SUMMARY"


def tell_github(
    journal: JournalPort, run: str, environment: Mapping[str, str] = os.environ, *, annotate: bool = True
) -> None:
    """Write the summary where GitHub names a file for it, and annotations to standard error where its runner reads
    them.
    """
    place, annotated = environment.get(SUMMARY), annotate and environment.get("GITHUB_ACTIONS") == "true"
    if not place and not annotated:
        return
    from orchestrator.api.stored import report_of  # noqa: PLC0415 - few runs need it
    from orchestrator.report.github import annotations, job_summary  # noqa: PLC0415 - as above

    with suppress(OSError, OrchestratorError):
        report = report_of(journal, run)
        for line in annotations(report) if annotated else ():
            tell(line)
        if place:
            with Path(place).open("a", encoding="utf-8") as file:
                file.write(job_summary(report))
