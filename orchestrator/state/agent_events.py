"""What happens in an agent's turn, or between a run and people, as plain data."""

from typing import Literal

from orchestrator.evidence.measurement import Usage
from orchestrator.records import dataclass
from orchestrator.state.claims import Claimed
from orchestrator.state.people import Answer, Asked
from orchestrator.state.questions import Reply
from orchestrator.state.rounds import HandIn, Joined, Round
from orchestrator.state.spending import Reserved, Settled


@dataclass(frozen=True, slots=True)
class SpendReserved:
    """A call of a model is about to be made for the attempt. This is journalled before the call."""

    task: str
    attempt: int
    reserved: Reserved
    kind: Literal["spend_reserved"] = "spend_reserved"


@dataclass(frozen=True, slots=True)
class SpendSettled:
    """A call was answered, and this was its cost."""

    task: str
    attempt: int
    settled: Settled
    kind: Literal["spend_settled"] = "spend_settled"


@dataclass(frozen=True, slots=True)
class HandedIn:
    """The agent's turn is over and left a commit. The commit is measured and judged before the task counts as done."""

    task: str
    attempt: int
    hand_in: HandIn
    usage: Usage
    kind: Literal["handed_in"] = "handed_in"


@dataclass(frozen=True, slots=True)
class RoundJudged:
    """The result of a round. Its consequence (done, again, failed) is the next event of the task."""

    task: str
    attempt: int
    round: Round
    kind: Literal["round_judged"] = "round_judged"


@dataclass(frozen=True, slots=True)
class RoundReturned:
    """The hand-in goes back to its agent, with the verdicts: the task has another round."""

    task: str
    attempt: int
    reason: str
    kind: Literal["round_returned"] = "round_returned"


@dataclass(frozen=True, slots=True)
class HandInJoined:
    """A merge joined a hand-in, or says why it did not."""

    task: str
    attempt: int
    joined: Joined
    kind: Literal["hand_in_joined"] = "hand_in_joined"


@dataclass(frozen=True, slots=True)
class TurnClaimed:
    """An agent that came by itself has taken the turn. A turn is claimed once; when its claimant is lost, it is
    interrupted.
    """

    task: str
    attempt: int
    claim: Claimed
    kind: Literal["turn_claimed"] = "turn_claimed"


@dataclass(frozen=True, slots=True)
class PersonAsked:
    """The task waits for a person from here on. attempt counts from 1 within the run, as of tasks that run."""

    task: str
    attempt: int
    asked: Asked
    kind: Literal["person_asked"] = "person_asked"


@dataclass(frozen=True, slots=True)
class PersonAnswered:
    """A person answered. What follows from it (done, again, failed) is the next event of the task."""

    task: str
    attempt: int
    answer: Answer
    kind: Literal["person_answered"] = "person_answered"


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    """A person answered what an agent asked in a note while it worked. The task stands as before. number: of the
    question, from 1.
    """

    task: str
    number: int
    reply: Reply
    kind: Literal["question_answered"] = "question_answered"
