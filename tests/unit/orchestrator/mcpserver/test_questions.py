"""What an agent asks people while it works, and how their answers come back to it."""

import asyncio
import json
import os
import sys
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from threading import Event

import pytest
import yaml
from mcp import Client, StdioServerParameters

from orchestrator.agents import script as script_module
from orchestrator.engine.answering import Refused
from orchestrator.engine.runs import open_journal
from orchestrator.journal.errors import JournalError
from orchestrator.state import events as e
from orchestrator.state.fold import fold
from orchestrator.state.questions import ASKS, Reply
from orchestrator.state.transitions import IllegalTransition

BEGUN = e.RunStarted("r", "demo", "d", "t", "p.yaml", {}, {}, (), {"A.x": "1"})
REPLY = Reply("1", "The second.", "Ada", "ada", "cli", 9.0)


def folded(*events):
    return fold(e.Envelope(seq, 5.0, 0.0, 1, event) for seq, event in enumerate((BEGUN, *events), 1))


def write(claimed, text):
    Path(claimed["workspace"], "src/a.txt").write_text(text)


@asynccontextmanager
async def over_streams():
    words = StdioServerParameters(command=sys.executable, args=["-m", "orchestrator", "mcp", "X"], env=dict(os.environ))
    async with Client(words) as client:
        yield client


@pytest.mark.parametrize("transport", ["http", "stdio"])
def test_a_persons_answer_reaches_the_agent_that_asked_and_the_brief_of_its_next_turn(
    served, runs, shell, kit_for_agents, transport
):
    kit = kit_for_agents

    async def work():
        async with kit.connected(served) if transport == "http" else over_streams() as client:
            first = await kit.offered(client)
            asked = await kit.call(client, "ask_person", claim=first["claim"], question="Which two lines?")
            assert asked == {"noted": True, "waits": False, "question": "A.it/1"}
            assert (await kit.call(client, "heartbeat", claim=first["claim"]))["answered"] == []
            (listed,) = json.loads((await asyncio.to_thread(shell, "inbox", "--json")).stdout)
            assert listed["question"] == {"name": "A.it/1", "text": "Which two lines?"}
            said = await asyncio.to_thread(
                shell, "answer", first["run"], "A.it/1", "--text", "One and two.", "--as", "Ada"
            )
            assert said.returncode == 0, said.stderr
            known = {"question": "A.it/1", "asked": "Which two lines?", "answer": "One and two.", "by": "Ada"}
            assert (await kit.call(client, "answers", claim=first["claim"]))["answers"] == [known]
            assert (await kit.call(client, "heartbeat", claim=first["claim"]))["answered"] == [known]
            again = await asyncio.to_thread(shell, "answer", first["run"], "A.it/1", "--text", "No.")
            assert "answered already, by Ada" in again.stderr
            write(first, "one\n")
            handed = await kit.call(client, "hand_in", claim=first["claim"], wait=60)
            assert handed.get("stands", "accepted") != "accepted", str(handed)[:600]
            second = await kit.offered(client)
            assert "Ada answered: One and two." in second["brief"]
            write(second, "one\ntwo\n")
            await kit.call(client, "hand_in", claim=second["claim"], wait=60)

    under_way = kit.Work()
    asyncio.run(asyncio.wait_for(work(), 240))
    assert under_way.join().exit_code == 0
    assert "Ada answers A.it/1: One and two." in runs.state(under_way.outcome.run).tasks["A.it"].notes
    assert runs.questions() == ()


def test_an_agent_that_we_drive_reads_the_answer_in_its_own_tools(project, runs, shell, kit_for_agents):
    pytest.importorskip("acp")
    answered = project / "answered"
    rounds = [
        [
            {"tool": {"name": "ask_person", "with": {"question": "How many?"}}},
            {"run": f"until [ -e {answered} ]; do sleep 0.1; done"},
            {"tool": {"name": "answers"}},
            {"write": {"src/a.txt": "one\n"}},
        ],
        [{"write": {"src/a.txt": "one\ntwo\n"}}],
    ]
    (project / "script.yaml").write_text(yaml.safe_dump({"rounds": rounds}))
    program = [sys.executable, script_module.__file__, str(project / "script.yaml")]
    plan = kit_for_agents.plan_data(driver="acp", program=program, sandbox="none", may={"run": ["*"]})
    Path("plan.yaml").write_text(yaml.safe_dump(plan))
    running = shell.start("run", "-q", "--no-page", "plan.yaml")
    found = ()
    while not found:
        assert running.poll() is None
        Event().wait(0.05)
        with suppress(JournalError):  # it is not there yet
            found = runs.questions()
    runs.reply(found[0].run, "A.it", found[0].question.number, "Two of them.")
    answered.touch()
    running.communicate(timeout=120)
    first, second = runs.state(runs.latest).tasks["A.it"].rounds
    assert (running.returncode, first.passed, second.passed) == (0, False, True)
    assert "Two of them." in first.talk.said


def test_an_answer_is_kept_where_nobody_has_the_run_and_an_unknown_question_is_refused(project, runs):
    with open_run(project) as run:
        pass
    assert [(each.question.name, each.question.text) for each in runs.questions()] == [("A.it/1", "Which?")]
    with pytest.raises(Refused, match="there is no 2"):
        runs.reply(run, "A.it", 2, "What?")
    runs.reply(run, "A.it", 1, "The second.")
    assert runs.state(run).tasks["A.it"].questions[0].reply.text == "The second."
    assert runs.questions() == ()
    assert next(each.last for each in runs.list() if each.run == run) == "task_noted"


class open_run:  # noqa: N801 - read as a sentence
    """A run that its owner left in the middle."""

    def __init__(self, project):
        self.project = project

    def __enter__(self):
        journal, run = open_journal(self.project / ".orchestrate", readonly=False), "pull-1"
        fence = journal.acquire(run)
        text = Path("plan.yaml").read_text()
        begun = e.RunStarted(run, "pull", "d", text, "plan.yaml", {}, {}, (), {"A.it": "1", "A.count": "1"})
        steps = (begun, e.TaskStarted("A.it", 1), e.TaskNoted("A.it", 1, f"{ASKS}Which?"))
        journal.append(run, [e.Envelope(seq, 1.0, 0.0, fence, each) for seq, each in enumerate(steps, 1)])
        journal.release(run, fence)
        journal.close()
        return run

    def __exit__(self, *_):
        return None


def test_a_question_is_answered_once_whatever_became_of_its_task():
    asked = (e.TaskStarted("A.x", 1), e.TaskNoted("A.x", 1, f"{ASKS}Which?"))
    state = folded(*asked, e.TaskInterrupted("A.x", 1, "killed"), e.QuestionAnswered("A.x", 1, REPLY))
    (question,) = state.tasks["A.x"].questions
    assert (question.name, question.text, question.reply) == ("A.x/1", "Which?", REPLY)
    for events in (
        (*asked, e.QuestionAnswered("A.x", 2, REPLY)),
        (*asked, *[e.QuestionAnswered("A.x", 1, REPLY)] * 2),
    ):
        with pytest.raises(IllegalTransition, match="without an open question"):
            folded(*events)
