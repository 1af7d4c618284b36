"""An importer for `orchestrate`: tables with the columns `task` and `hours`, as a spreadsheet writes them."""

import csv

from orchestrator.importers.draft import Concern, Draft, DraftTask
from orchestrator.importers.format import Importer, Source
from orchestrator.plan.problem import PlanError, Problem


class Csv(Importer):
    """`orchestrate import work.csv`, or `--from csv` for a file that ends otherwise."""

    suffixes = (".csv",)
    settings = ("hours",)

    def read(self, source: Source) -> Draft:
        """A draft: what it lacks (runners, agents) gets a placeholder and a note. Raises PlanError."""
        hours = source.settings.get("hours", "hours")
        rows = list(csv.DictReader(source.text.splitlines()))
        if not rows or "task" not in rows[0]:
            raise PlanError([Problem(source.name, 1, 1, "no column `task`", "name the columns in the first line")])
        draft = Draft(source.name, title="A table of tasks")
        group = draft.new_group("WORK", "The table", 1)
        for line, row in enumerate(rows, 2):
            task = DraftTask(row["task"], line)
            try:
                task.estimate = float(row.get(hours) or "") * 3600
            except ValueError:
                draft.note(line, Concern.MISSING, f"{row['task']}: no {hours}")
            group.tasks.append(task)
        return draft
