"""What people are asked in a run, and for what their answers are valid. Pure, except for `tip`, which asks a
repository.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from orchestrator.engine.briefs import NO_AGENTS, Agents
from orchestrator.graph.model import TaskGraph
from orchestrator.journal.codec import plain
from orchestrator.plan.handins import briefed, for_people, gates, joined
from orchestrator.plan.model import Plan
from orchestrator.records import dataclass
from orchestrator.state.people import Answer, Asked, Bound, Word, differences
from orchestrator.state.questions import Reply
from orchestrator.state.run import RunState, TaskRecord
from orchestrator.state.transitions import Status

Tip = Callable[[str, str], str | None]
"""The commit that a branch (or HEAD) of a repository is at now, None where it cannot be told."""

OF_GATES: Final = frozenset({Word.APPROVED, Word.REJECTED})
OF_TASKS: Final = frozenset({Word.DONE, Word.REJECTED})
HOLDING: Final = frozenset({Status.ASKED, Status.ANSWERED, Status.SUCCEEDED})
"""Where a question or an answer to it stands."""


def nobody_knows(_repo: str, _branch: str) -> None:
    """The `Tip` of who can ask no repository."""


@dataclass(frozen=True, slots=True)
class People:
    """What a plan asks of people, for one run. digest: of the plan, as the run has it."""

    plan: Plan
    graph: TaskGraph
    digest: str
    agents: Agents = NO_AGENTS

    def tasks(self) -> tuple[str, ...]:
        """The tasks that wait for people, in the plan's order."""
        return tuple(for_people(self.plan))

    def question(self, state: RunState, task: str, now: float) -> Asked:
        """What is asked once everything that the task needs is done. now: wall clock seconds."""
        node = self.graph.nodes[task]
        approval = node.task.approve
        within = approval.within if approval else None
        return Asked(
            gate=approval is not None,
            who=node.agent,
            text=approval.ask if approval else node.task.brief or node.task.title,
            of=gates(self.plan).get(task, ""),
            bound=self.bound(state, task),
            until=None if within is None else now + within,
        )

    def bound(self, state: RunState, task: str) -> Bound:
        """What an answer holds for, as it is now."""
        of = gates(self.plan).get(task, "")
        record = state.tasks.get(of)
        return Bound(
            commit=_subject(record) if record is not None else "",
            plan=self.digest,
            criteria=criteria_digest(self.plan),
            agents=agents_digest(self.plan, self.agents),
        )

    def void(self, state: RunState, tip: Tip = nobody_knows) -> dict[str, str]:
        """Why a gate's question or answer does not hold any more, by task; those that hold are not named."""
        found = {}
        for task in self.tasks():
            record = state.tasks.get(task)
            if record is None or record.status not in HOLDING or record.asked is None or not record.asked.gate:
                continue
            held = record.answer.bound if record.answer else record.asked.bound
            changed = differences(held, self.bound(state, task))
            if not changed and self._moved(state, record.asked.of, tip):
                changed = differences(held, replace(held, commit=""))
            if changed:
                found[task] = _void(record, changed)
        return found

    def _moved(self, state: RunState, of: str, tip: Tip) -> bool:
        """Whether the branch that holds what was approved is somewhere else now, and we did not move it."""
        record = state.tasks.get(of)
        if record is None:
            return False
        if record.hand_in is not None:
            now = tip(record.hand_in.repo, record.hand_in.branch)
            return now is not None and now != record.hand_in.commit
        return any(record.joined) and self._merge_moved(state, of, tip)

    def _merge_moved(self, state: RunState, merge: str, tip: Tip) -> bool:
        first = joined(self.plan).get(merge, ("",))[0]
        hand_in = state.tasks[first].hand_in if first in state.tasks else None
        if hand_in is None:
            return False
        into = self.graph.nodes[merge].task.into or self.graph.nodes[first].task.workspace.base
        now = tip(hand_in.repo, into)
        ours = {each.commit for record in state.tasks.values() for each in record.joined}
        return now is not None and now not in ours

    def to_return(self, task: str, state: RunState) -> tuple[str, ...]:
        """The agents' tasks to which a rejection goes back as a round; () where no agent did what was rejected."""
        of = gates(self.plan).get(task, "")
        doers = briefed(self.plan)
        meant = joined(self.plan).get(of, (of,))
        return tuple(each for each in meant if each in doers and state.tasks[each].status is Status.SUCCEEDED)

    def below(self, tasks: tuple[str, ...]) -> tuple[str, ...]:
        """The tasks and all that wait for them, in the graph's order."""
        found = set(tasks)
        for each in self.graph.nodes:
            if found.intersection(self.graph.needs[each]):
                found.add(each)
        return tuple(each for each in self.graph.nodes if each in found)


def refusal(state: RunState, task: str, answer: Answer, now: float) -> str:  # noqa: PLR0911 - one for each reason
    """Why an answer cannot be taken, "" where it can. now: wall clock seconds."""
    record = state.tasks.get(task)
    if record is None:
        return f"run {state.run} has no task {task!r}"
    if is_taken(state, task, answer):
        return ""
    if record.status is not Status.ASKED or record.asked is None:
        return f"{task} does not wait for a person: it is {record.status}"
    if answer.word not in (OF_GATES if record.asked.gate else OF_TASKS):
        return (
            f"{task} is {'a gate: approve or reject it' if record.asked.gate else 'to be done: say done, or reject it'}"
        )
    if record.asked.until is not None and now >= record.asked.until:
        return f"{task}: the time to answer is over"
    if changed := differences(record.asked.bound, answer.bound):
        return f"{task}: the answer is void, since {' and '.join(changed)} changed"
    return f"{task}: it was asked again meanwhile" if answer.attempt != record.attempt else ""


def reply_refused(state: RunState, task: str, number: int, reply: Reply) -> str:
    """Why a question's answer cannot be taken, "" where it can, or is taken already."""
    record = state.tasks.get(task)
    if record is None:
        return f"run {state.run} has no task {task!r}"
    if not 0 < number <= len(record.questions):
        return f"{task} has asked {len(record.questions)} questions; there is no {number}"
    said = record.questions[number - 1].reply
    return f"{task}/{number} is answered already, by {said.by}" if said is not None and said.id != reply.id else ""


def reply_is_taken(state: RunState, task: str, number: int) -> bool:
    """Whether the question, which is there, is answered already."""
    return state.tasks[task].questions[number - 1].reply is not None


def is_taken(state: RunState, task: str, answer: Answer) -> bool:
    """Whether this very answer is recorded already."""
    return any(each.id == answer.id for each in state.tasks[task].answers)


def expired(state: RunState, now: float) -> Iterator[str]:
    """The tasks that nobody answered in time. now: wall clock seconds."""
    for task in state.asking:
        asked = state.tasks[task].asked
        if asked is not None and asked.until is not None and now >= asked.until:
            yield task


def next_expiry(state: RunState) -> float | None:
    """When the next question is over, in wall clock seconds."""
    asked = (state.tasks[task].asked for task in state.asking)
    return min((each.until for each in asked if each is not None and each.until is not None), default=None)


def criteria_digest(plan: Plan) -> str:
    """sha256 over every criterion, as it is read."""
    return _digest({name: each.model_dump(mode="json", by_alias=True) for name, each in plan.criteria.items()})


def agents_digest(plan: Plan, agents: Agents) -> str:
    """sha256 over the agents' files, "" where no agent has one."""
    files: Mapping[str, str] = {name: agents.digest(name) for name, agent in plan.agents.items() if agent.from_}
    return _digest(dict(files)) if files else ""


def _subject(record: TaskRecord) -> str:
    """What is approved of a task: the commit that it left or joined, or else a digest of its evidence."""
    if record.hand_in is not None:
        return record.hand_in.commit
    if commits := [each.commit for each in record.joined if each.commit]:
        return commits[-1]
    return _digest(plain(record.evidence)) if record.evidence is not None else ""


def _void(record: TaskRecord, changed: tuple[str, ...]) -> str:
    why = f"{' and '.join(changed)} changed"
    answer = record.answer
    if answer is None:
        return f"it is asked anew: {why} since it was asked"
    return f"it was {answer.word.value} by {answer.by}, and that is void: {why}"


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
