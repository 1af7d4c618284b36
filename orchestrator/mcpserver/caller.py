"""What an agent can do at the server under its name: claim a turn, report progress, hand in, release. Any thread may
call it.
"""

import secrets
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Final

from orchestrator.engine.door import knock
from orchestrator.engine.requests import Claiming, HandingIn, LettingGo, OfClaimant, Request, Saying, secret_of
from orchestrator.evidence.measurement import Claim
from orchestrator.journal.errors import UnknownRun
from orchestrator.mcpserver.known import Known, Look
from orchestrator.mcpserver.views import answers_view, evidence_view, offers_view, plan_view, verdicts_view
from orchestrator.mcpserver.words import NAME_KEPT, Refusal, figure, kept
from orchestrator.plan.handins import full_id
from orchestrator.report import build_report, render_markdown
from orchestrator.state.events import HandedIn, RoundJudged, TaskStarted, TurnClaimed
from orchestrator.state.questions import ASKS
from orchestrator.state.run import RunState

HAND_IN_PATIENCE: Final = 600.0


@dataclass(frozen=True, slots=True)
class Ticket:
    """A claim, as its holder has it: the run, task and attempt, and the token by which the run knows it."""

    run: str
    task: str
    attempt: int
    token: str

    def __str__(self) -> str:
        return f"{self.run}/{self.task}/{self.attempt}/{self.token}"


def ticket(text: str) -> Ticket:
    """The inverse of `str(ticket)`. Raises Refusal for what is none."""
    parts = text.split("/")
    if len(parts) != 4 or not (parts[2].isascii() and parts[2].isdecimal() and len(parts[2]) < 10) or "\0" in text:
        raise Refusal("this is not a claim\n  mend: give the text that the tool `claim` answered as `claim`")
    return Ticket(parts[0], parts[1], int(parts[2]), parts[3])


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls under the name of an agent of the plan. channel: how they arrived."""

    known: Known
    agent: str
    channel: str

    def plan(self, run: str = "") -> dict[str, Any]:
        """The plan with how it stands."""
        return self.known.seen(run, lambda look: plan_view(look.loaded, look.state))

    def next_tasks(self, run: str = "") -> list[dict[str, Any]]:
        """The turns that wait to be claimed by this agent."""
        return self.known.seen(run, lambda look: offers_view(look.loaded, look.state, self.agent))

    def claim(self, task: str = "", run: str = "", name: str = "") -> dict[str, Any]:
        """Take a turn: that of the task, or the first that is on offer. Raises Refusal."""
        chosen, offers = self.known.seen(run, lambda look: (look.run, offers_view(look.loaded, look.state, self.agent)))
        wanted = [task] if task else [each["task"] for each in offers]
        said = f"nothing is on offer for {self.agent} in run {chosen}"
        for each in wanted:
            token = secrets.token_urlsafe(24)
            asked = Claiming(each, self.agent, kept(name or self.agent, NAME_KEPT), self.channel, secret_of(token))
            found = self._asked(chosen, asked)
            said = str(found.pop("refused"))
            if not said:
                return {"claim": str(Ticket(chosen, each, int(found["attempt"]), token)), "run": chosen, **found}
        raise Refusal(said)

    def brief(self, claim: str) -> dict[str, Any]:
        """The rounds so far of what is claimed, and what it must PASS: the brief itself came with the claim."""
        held = ticket(claim)
        return self.known.seen(
            held.run, lambda look: {**_demands(look, held.task), **verdicts_view(look.state, held.task)}
        )

    def verdicts(self, task: str, run: str = "") -> dict[str, Any]:
        """How a task stands and what became of its rounds. Raises Refusal for one that is not there."""
        return self.known.seen(run, lambda look: verdicts_view(_with_task(look, task), task))

    def report(self, run: str = "") -> str:
        """The report in Markdown, as far as the run got."""
        chosen, loaded = self.known.seen(run, lambda look: (look.run, look.loaded))
        return render_markdown(build_report(loaded.plan, loaded.graph, self.known.events(chosen)))

    def evidence(self, task: str, run: str = "") -> dict[str, Any]:
        """What was measured in a task."""
        return self.known.seen(run, lambda look: evidence_view(_with_task(look, task), task))

    def say(self, claim: str, text: str = "", said: Claim | None = None) -> dict[str, Any]:
        """Show that the claimant lives, and pass on what it says. Raises Refusal where it has the claim no more."""
        held = ticket(claim)
        self._done(
            held,
            Saying(
                held.task,
                held.attempt,
                secret_of(held.token),
                kept(text),
                None if said is None else figure(said.metric, said.value, said.unit),
            ),
        )
        return {"yours": held.task, "answered": [each for each in self.answers(claim) if each["answer"]]}

    def ask(self, claim: str, question: str) -> dict[str, Any]:
        """Put a question to people. Nobody is waited for."""
        self.say(claim, f"{ASKS}{question}")
        return {"noted": True, "waits": False, **asked_last(self.answers(claim))}

    def answers(self, claim: str) -> list[dict[str, Any]]:
        """What was asked of people in the task, and what they answered."""
        held = ticket(claim)
        return self.known.seen(held.run, lambda look: answers_view(_with_task(look, held.task), held.task))

    def hand_in(self, claim: str, said: str = "") -> dict[str, Any]:
        """Hand in what lies in the workspace; answered once it is taken, or the round is lost. Whoever asks again,
        since the answer was lost, has the same one. Raises Refusal.
        """
        held = ticket(claim)
        asked = HandingIn(held.task, held.attempt, secret_of(held.token), kept(said))
        try:
            found = self._done(held, asked)
        except Refusal:
            before = self._taken_before(held)
            if before is None:
                raise
            found = before
        return {"task": held.task, **found}

    def release(self, claim: str, why: str = "") -> dict[str, Any]:
        """Give a turn back. Raises Refusal."""
        held = ticket(claim)
        self._done(held, LettingGo(held.task, held.attempt, secret_of(held.token), kept(why)))
        return {"released": held.task}

    def _taken_before(self, held: Ticket) -> dict[str, Any] | None:
        """What became of the hand-in of this very claim, by the journal; None where it has none, or the task has
        another turn by now.
        """
        try:
            events = [each.event for each in self.known.events(held.run)]
        except UnknownRun:
            return None
        mine = [each for each in events if getattr(each, "task", "") == held.task]
        mine = [each for each in mine if getattr(each, "attempt", 0) == held.attempt]
        claims = [each.claim for each in mine if isinstance(each, TurnClaimed)]
        begun = [each.attempt for each in events if isinstance(each, TaskStarted) and each.task == held.task]
        if max(begun, default=0) > held.attempt:
            return None
        if not any(compare_digest(each.secret, secret_of(held.token)) for each in claims):
            return None
        for each in mine:
            if isinstance(each, HandedIn):
                return {"commit": each.hand_in.commit, "round_lost": ""}
            if isinstance(each, RoundJudged) and not each.round.passed:
                return {"commit": "", "round_lost": each.round.why}
        return None

    def _done(self, held: Ticket, asked: OfClaimant) -> dict[str, Any]:
        found = self._asked(held.run, asked)
        if said := str(found.pop("refused")):
            raise Refusal(said)
        return found

    def _asked(self, run: str, asked: Request) -> dict[str, Any]:
        found = knock(self.known.folder_of(run), asked, HAND_IN_PATIENCE)
        if found is None:
            raise Refusal(
                f"run {run} is not under way\n  mend: somebody carries it on with `orchestrate resume {run}`; then "
                f"claim again"
            )
        return found


def asked_last(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """The name of the latest question, for who asked it."""
    return {"question": answers[-1]["question"]} if answers else {}


def _with_task(look: Look, task: str) -> RunState:
    """The run's state, if it has such a task. Raises Refusal."""
    if task not in look.state.tasks:
        raise Refusal(f"run {look.run} has no task {task!r}\n  mend: the tool `plan` lists the tasks")
    return look.state


def _demands(look: Look, task: str) -> dict[str, Any]:
    _with_task(look, task)
    node = look.loaded.graph.nodes[task]
    spec = node.task
    criteria = [full_id(node.group, each) for each in spec.until]
    wanted = {name: str(look.loaded.plan.criteria[name].target) for name in criteria}
    return {"brief": spec.brief, "writes": list(spec.writes), "pinned": list(spec.pinned), "must_pass": wanted}
