"""Requests of attempts and other processes to the engine. They get a reply once the result is durable."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from orchestrator.engine.answers import Answers
from orchestrator.engine.door import Brought, refused
from orchestrator.engine.people import reply_is_taken, reply_refused
from orchestrator.engine.pulling import Pulls
from orchestrator.engine.work import Work
from orchestrator.executors.order import Asking
from orchestrator.state.events import QuestionAnswered, SpendReserved, TaskNoted, TurnClaimed

if TYPE_CHECKING:
    from orchestrator.engine.requests import Replying


class Replies:
    """Records what is asked, and replies. pulls: turns that wait to be claimed."""

    def __init__(self, work: Work, answers: Answers) -> None:
        self.pulls = Pulls()
        self._work = work
        self._answers = answers
        self._granted: list[Callable[[], object]] = []

    def give(self) -> None:
        """Tell those whose request is recorded, now that it is durable."""
        while self._granted:
            self._granted.pop()()

    def ask(self, asked: Asking) -> None:
        """Allow a call of a model once its reservation is durable, or reply why it is not allowed."""
        left = self._work.orders.hand_ins.left(self._work.state, asked.task)
        none_left = (left.tokens is not None and left.tokens <= 0) or (left.cost is not None and left.cost <= 0)
        if (left.reason and not left.only_turns) or none_left:
            asked.reply(left.reason or "all that is left of a budget is reserved for calls under way")
            return
        self._work.recorder.record(SpendReserved(asked.task, asked.attempt, asked.reserved))
        self._granted.append(partial(asked.reply, ""))

    def let_in(self, brought: Brought) -> None:
        """Do what another process asks, or say why not."""
        asked, recorder = brought.request, self._work.recorder
        if asked.kind == "answering":
            self._granted.append(partial(brought.reply, refused(self._answers.hear(asked))))
        elif asked.kind == "replying":
            self._granted.append(partial(brought.reply, refused(self._hear_reply(asked))))
        elif asked.kind == "claiming":
            claim, reply = self.pulls.claim(asked, recorder.now())
            if claim is not None:
                recorder.record(TurnClaimed(asked.task, reply["attempt"], claim))
            self._granted.append(partial(brought.reply, reply))
        elif asked.kind == "saying":
            said = self.pulls.hear(asked, recorder.now(), brought.reply)
            if not said and asked.text:
                recorder.record(TaskNoted(asked.task, asked.attempt, asked.text, asked.claim))
            self._granted.append(partial(brought.reply, refused(said)))
        elif said := self.pulls.hear(asked, recorder.now(), brought.reply):
            brought.reply(refused(said))

    def _hear_reply(self, asked: "Replying") -> str:
        """Record what a person answers to an agent's question; why not, where it is refused."""
        state = self._work.state
        said = reply_refused(state, asked.task, asked.number, asked.reply)
        if not said and not reply_is_taken(state, asked.task, asked.number):
            self._work.recorder.record(QuestionAnswered(asked.task, asked.number, asked.reply))
        return said

    def turn_is_over(self, task: str) -> None:
        """Tell who handed in, or gave back, what came of it, once that is durable."""
        reply = self.pulls.ended(task)
        if reply is None:
            return
        record = self._work.state.tasks[task]
        last = record.rounds[-1] if record.rounds else None
        lost = last is not None and last.attempt == record.attempt and record.hand_in is None
        commit = record.hand_in.commit if record.hand_in else ""
        why = last.why if lost and last is not None else ""
        self._granted.append(partial(reply, {**refused(""), "commit": commit, "round_lost": why}))
