"""Make a plan's text from what an importer read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from orchestrator.importers.accounting import told
from orchestrator.importers.agentwork import LEFT as BRIEFS_LEFT
from orchestrator.importers.agentwork import Workers, as_briefs
from orchestrator.importers.draft import Draft, Note
from orchestrator.importers.format import Importer, ImporterError, Source
from orchestrator.importers.write import LEFT as RUNNERS_LEFT
from orchestrator.importers.write import plan_document, written
from orchestrator.plan.dumper import PlanDumper


@dataclass(frozen=True, slots=True)
class Imported:
    """text: the plan's. checked: the same plan, in a form that is quicker to check. summary: what went where, in
    one line.
    """

    text: str
    checked: str
    notes: list[Note] = field(default_factory=list)
    summary: str = ""


def make_plan(importer: Importer, source: Source, workers: Workers | None = None) -> Imported:
    """The plan of a file. workers: how agents do its tasks, which then are briefs. Raises PlanError, ImporterError."""
    if workers is not None and not importer.for_agents:
        what = f"--driver {workers.driver}: {source.name} says nothing that an agent could be asked to do"
        raise ImporterError(f"{what}\n  mend: leave it out")
    found = importer.read(source)
    return _of_draft(importer, found, source, workers) if isinstance(found, Draft) else _of_plan(found)


def _of_draft(importer: Importer, draft: Draft, source: Source, workers: Workers | None) -> Imported:
    document = plan_document(draft)
    summary = importer.summary(draft, source)
    if workers is not None:
        document = as_briefs(draft, document, workers)
    notes = told(draft.notes)
    text = written(draft, document, summary, RUNNERS_LEFT if workers is None else BRIEFS_LEFT)
    return Imported(text, json.dumps(document), notes, summary)


def _of_plan(plan: Mapping[str, Any]) -> Imported:
    text = yaml.dump(dict(plan), Dumper=PlanDumper, sort_keys=False, allow_unicode=True)
    return Imported(text, json.dumps(plan))
