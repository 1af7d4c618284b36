"""A demand that a plan loosened since earlier in its run."""

from orchestrator.evidence.metric import Metric
from orchestrator.evidence.verdict import Verdict
from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Loosened:
    """A change that makes the plan ask for less than it did earlier in the run.

    what: the change in words. why: why it asks for less. criterion: the criterion concerned, by its current name;
    empty if it concerns something else. seq, at: the event and wall clock second of the resume that brought it.
    accepted: whether a resume accepted it. former: the verdict that a loosened or removed criterion would have had.
    metric: that criterion's, as declared.
    """

    what: str
    why: str
    criterion: str
    seq: int
    at: float
    accepted: bool
    former: Verdict | None = None
    metric: Metric | None = None
