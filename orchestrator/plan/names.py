"""The names that a plan's references resolve to."""

from orchestrator.plan.handin_checks import UNREADABLE
from orchestrator.plan.matrix import expand_matrices
from orchestrator.plan.model import Plan
from orchestrator.plan.needs import task_ids
from orchestrator.plan.problem import did_you_mean


class Names:
    """Every name that a plan defines. tasks: full ids, those that matrices will make among them."""

    def __init__(self, plan: Plan) -> None:
        expanded, origins = expand_matrices(plan)
        self.groups = dict(plan.groups)
        self.tasks = dict.fromkeys([*task_ids(plan), *task_ids(expanded)])
        self.by_group: dict[str, list[str]] = {name: [] for name in self.groups}
        for full in self.tasks:
            self.by_group[full.split(".")[0]].append(full.split(".")[1])
        self.matrices = {*origins.values()}
        self._sound: dict[tuple[str, tuple[str, ...]], bool] = {}
        self.criteria = [f"{name}.{one.id}" for name, group in self.groups.items() for one in group.success_criteria]

    def all_resolve(self, group: str, references: tuple[str, ...]) -> bool:
        """Whether nothing is wrong with any of them; looked at once, as often many tasks wait for the same ones."""
        if (group, references) not in self._sound:
            self._sound[group, references] = not any(self.problem_of(group, one) for one in references)
        return self._sound[group, references]

    def problem_of(self, group: str, reference: str) -> tuple[str, str] | None:
        """What is wrong with a reference made in a group, and its mend; None where it resolves."""
        inside = reference if "." in reference else f"{group}.{reference}"
        if "." not in reference and inside in self.tasks and reference in self.groups and reference != group:
            mend = f"write '{inside}' for the task; for the group, rename the task"
            return f"'{reference}' is a task of this group, and a group as well", mend
        if inside in self.tasks or (reference in self.groups and reference != group) or UNREADABLE in reference:
            return None
        if reference == group:
            return f"'{reference}' is the group that it stands in", "name tasks of the group, or another group"
        choice = self.tasks if "." in reference else [*self.by_group[group], *self.groups]
        return f"'{reference}' is neither a task nor a group", did_you_mean(reference, choice)
