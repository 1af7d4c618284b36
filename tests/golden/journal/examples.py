"""One example of every event."""

import math

from orchestrator.evidence.history import Earlier
from orchestrator.evidence.measurement import (
    Artifact,
    Comparison,
    Evidence,
    Measurement,
    Negative,
    Origin,
    Samples,
    Trend,
    Usage,
)
from orchestrator.evidence.verdict import Control, NegativeControl, Outcome, Verdict, Why
from orchestrator.process import Launch, ProcessId
from orchestrator.state import events as e
from orchestrator.state.before import Before
from orchestrator.state.claims import Claimed
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.people import Answer, Asked, Bound, Word
from orchestrator.state.questions import Reply
from orchestrator.state.rounds import HandIn, Joined, Round, Talk
from orchestrator.state.spending import Reserved, Settled

USED = Usage(1.5, 1.25, 1 << 20, 15)
BROKEN = Failure(Cause.EXIT, "'sh' ended with exit code 3", 3)
BROKEN_OFF = Failure(Cause.TIMEOUT, "too long", -15, (Measurement("m.time", "ms", Samples((9.0,)), "timed"),))
LAUNCH = Launch(*(ProcessId("5e2f", pid, pid * 10.0) for pid in (7, 8, 9)))
EVIDENCE = Evidence(
    (
        Measurement("m.time", "ms", Samples((1.0, math.inf, 2.5)), "timed", 3, ("python", "x.py"), ("pool.json",)),
        Measurement("m.saved", "%", Comparison((1.0,), (2.0,), "MiB", (2.0,), labels=("log",)), "counted"),
        Measurement("m.slope", "MiB/GiB", Trend((1.0, 2.0), (3.0, 4.0), "GiB", "MiB"), "fitted"),
    ),
    (Artifact("pool.json", "A.tune/1/pool.json", "0" * 64, 12, "Pool"),),
)
SAMPLED = Evidence(
    (
        Measurement("m.time", "ms", Samples((1.0,)), "timed", 3, batches=(1,), negative=Negative((9.0,), "a slow one")),
        Measurement(
            "m.saved",
            "%",
            Comparison((1.0,), (2.0,), "MiB", (2.0,), order=("baseline", "treatment", "control")),
            "counted",
        ),
    ),
    (),
    (Artifact("A.w/pool.json", "A.w/1/pool.json", "1" * 64, 12),),
    (Origin(1, ("python", "x.py"), 0.5, 1.25, 1.5),),
)
CONTROLLED = Verdict(
    "A.fast", Outcome.PASS, Why.MET, "fine", "%", 26.0, 25.5, 27.0, 0.975, 10, None, -1.0, 1.0, "A.x", 2, 1, 2,
    ("pool.json",),
    NegativeControl(Control.UNCHANGED, Outcome.FAIL, Why.MISSED, "the baseline in its place", 0.0, -1.0, 1.0),
)  # fmt: skip
VERDICT = Verdict(
    "A.fast", Outcome.UNPROVEN, Why.INCONCLUSIVE, "so so", "%", 24.0, 20.0, 28.0, 0.95, 5, None, -1.0, 1.0
)

TALK = Talk(
    "acp", "honest 1", "s-1", "end_turn", "bubblewrap", "Done, all targets exceeded.", ("execute rm -rf /: no rule",)
)
HAND_IN = HandIn("/repo", "orchestrate/demo-1/A.x/1", "0" * 40, "1" * 40, ("src/a.py",), TALK)

BOUND = Bound("1" * 40, "2" * 64, "3" * 64, "")

EXAMPLES = (
    e.RunStarted(
        "demo-1",
        "demo",
        "ab",
        "schema: 1\n",
        "p.yaml",
        {"n": "1"},
        {"cpu": "ü"},
        ("go", "-j2"),
        {"A.x": "f"},
        "/p/p.yaml",
    ),
    e.RunStarted(
        "demo-2",
        "demo",
        "ab",
        "schema: 1\n",
        "p.yaml",
        {},
        {"cpu": "ü"},
        ("go",),
        {"A.x": "f"},
        "/p/p.yaml",
        (Earlier("A.c", "demo-1", 2.5, "ms"),),
        Before("demo-1", "ab", {"n": "1"}, {"cpu": "ü"}, {"A.c": "PASS"}),
    ),
    e.RunResumed("cd", "schema: 1\n", {}, {"cpu": "ü"}, {"A.x": "g"}),
    e.TaskStarted("A.x", 1),
    e.AttemptLaunched("A.x", 1, LAUNCH),
    e.TaskNoted("A.x", 1, 'half "done"\n'),
    e.TaskSucceeded("A.x", 1, EVIDENCE, USED),
    e.TaskSampled("A.x", 1, SAMPLED, USED, ("A.fast",)),
    e.TaskReused("A.x", "demo-0", 2, EVIDENCE, USED),
    e.AttemptFailed("A.x", 1, BROKEN, USED, 0.5),
    e.AttemptFailed("A.x", 2, BROKEN_OFF, USED, 0.5),
    e.SpendReserved("A.x", 1, Reserved(1, "openai", "gpt-x", 4096, 0.25)),
    e.SpendSettled("A.x", 1, Settled(1, 1000, 50, 900, 0.0125)),
    e.HandedIn("A.x", 1, HAND_IN, USED),
    e.RoundJudged("A.x", 1, Round(1, 1, False, "too slow", (VERDICT,), HAND_IN, TALK)),
    e.RoundJudged("A.x", 1, Round(2, 1, False, "nothing was handed in")),
    e.RoundReturned("A.x", 1, "too slow"),
    e.HandInJoined("A.m", 1, Joined("A.x", "1" * 40, "", "it clashes with what is in already: a.py", (VERDICT,))),
    e.TurnClaimed("A.x", 1, Claimed("VELOCITY", "codex 2.6", "mcp stdio", "4" * 64, 1200.0)),
    e.PersonAsked("A.m", 1, Asked(True, "MENTOR", "Ship this?", "A.x", BOUND, 1767225600.5)),
    e.PersonAnswered("A.m", 1, Answer("0a", Word.REJECTED, "Ada", "ada", "page", "Not yet.", BOUND, 1, 1767220000.25)),
    e.QuestionAnswered("A.x", 1, Reply("0b", "The second one.", "Ada", "ada", "cli", 1767220000.5)),
    e.TaskRequeued("A.x"),
    e.TaskFailed("A.x", 2, BROKEN, USED, tolerated=True),
    e.TaskInterrupted("A.x", 1, "SIGINT received"),
    e.TaskSkipped("A.x", "A.w failed", "A.w"),
    e.TaskCancelled("A.x", "cancelled"),
    e.TaskInvalidated("A.x", "what it runs has changed"),
    e.ProgressReported(1, 2, ("A.x",)),
    e.RunExpected(61.5, "2 earlier runs", 0.004),
    e.RunExpected(61.5, "2 earlier runs", 0.004, (("A.x", 60.25),)),
    e.CriterionJudged(VERDICT),
    e.CriterionJudged(CONTROLLED),
    e.RunInterrupted("SIGTERM received"),
    e.RunWaits(("A.m",)),
    e.RunFinished(3),
)
