"""The importer of workflow instances of WfCommons; `orchestrator.plan.wfformat` reads them."""

from typing import Any

from orchestrator.importers.format import Importer, Likeness, Source
from orchestrator.plan.problem import PlanError
from orchestrator.plan.wfformat import is_wfformat, plan_data


class WfCommons(Importer):
    """An instance in WfFormat."""

    suffixes = (".json",)
    for_agents = False

    def detect(self, source: Source) -> Likeness:
        """By the content: several formats are JSON."""
        try:
            return Likeness.SURE if source.suffix == ".json" and is_wfformat(source.data) else Likeness.NO
        except PlanError:  # told by who is asked to read it
            return Likeness.NO

    def read(self, source: Source) -> dict[str, Any]:
        """The plan. Raises PlanError where tasks cannot be read."""
        return plan_data(source.data, source.name)
