"""The importer of Markdown documents and plain text; `orchestrator.importers.breakdown` reads them."""

from typing import Final

from orchestrator.importers.accounting import account, is_hardly_a_plan
from orchestrator.importers.breakdown import read_breakdown
from orchestrator.importers.draft import Concern, Draft
from orchestrator.importers.format import Importer, Source
from orchestrator.plan.problem import PlanError, Problem

MOST_LINES: Final = 20_000
"""Lines of a document: nobody reviews a plan of more."""


class Markdown(Importer):
    """A work breakdown that somebody wrote for people."""

    suffixes = (".md", ".markdown", ".txt")

    def read(self, source: Source) -> Draft:
        """Raises PlanError where it is too long, or has no task."""
        number = source.text.count("\n") + 1
        if number > MOST_LINES:
            what = f"has {number:,} lines, more than {MOST_LINES:,}"
            raise PlanError([Problem(source.name, 0, 0, what, "import it in parts")])
        draft = read_breakdown(source.text, source.name)
        if not draft.groups:
            what = f"no task found in {number} lines"
            mend = (
                "name the parts of the work: headings such as '## Phase 1: Title' or '## Tasks', with lists or check "
                "boxes below them"
            )
            raise PlanError([Problem(source.name, 0, 0, what, mend)])
        if is_hardly_a_plan(draft, source.text):
            draft.note(
                0, Concern.CONTRADICTION, "little of this looks like a plan: most of its lines are about other things"
            )
        return draft

    def summary(self, draft: Draft, source: Source) -> str:
        """Where each line went."""
        return account(draft, source.text)
