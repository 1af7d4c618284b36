"""What is asked, what an answer holds for, when it does not: real runs in this process, and the pure parts by
themselves.
"""

import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from orchestrator.api.running import run
from orchestrator.bundle.check import check_bundle
from orchestrator.desk import Desk, Said
from orchestrator.engine.answering import Refused
from orchestrator.engine.door import Door, knock, refused
from orchestrator.engine.options import RunOptions
from orchestrator.engine.people import expired, refusal
from orchestrator.engine.requests import Answering
from orchestrator.report.verify import Standing, verify
from orchestrator.runs import Runs
from orchestrator.state import events as e
from orchestrator.state.failure import Cause
from orchestrator.state.fold import fold
from orchestrator.state.people import Answer, Asked, Bound, Word, differences
from orchestrator.state.transitions import Status

BOUND = Bound("1" * 40, "p", "c", "")
ASKED = Asked(True, "MENTOR", "Good?", "A.y", BOUND, 500.0)
ANSWER = Answer("id", Word.APPROVED, "Ada", "ada", "cli", "", BOUND, 1, 103.0)
COUNT = """echo '{"kind":"measurement","metric":"n","unit":"files","values":[3],"method":"m"}' >> "$ORCHESTRATE_EVIDENCE" """  # noqa: E501
QUIET = RunOptions(page=False)


def plan_data():
    """A plan with a gate on what a program measured, an agent with a file, and something that waits for the gate."""
    tasks = [
        {"id": "count", "title": "Count", "command": ["sh", "-c", COUNT], "metrics": [{"name": "n", "unit": "files",
        "better": "higher"}]},
        {"id": "look", "title": "Look", "agent": "MENTOR", "approve": {"ask": "Good?", "of": "count"}},
        {"id": "after", "title": "After", "command": ["true"]},
    ]  # fmt: skip
    criteria = [
        {"id": "few", "title": "Few", "metric": "n", "target": "<= 9 files"},
        {"id": "some", "title": "Some", "metric": "n", "target": ">= 1 files"},
    ]
    return {
        "schema": 1, "id": "gated", "title": "Gated",
        "agents": {
            "ONE": {"from": "one.agent.md", "driver": "command", "may": {"run": ["ls"]}},
            "MENTOR": {"specialty": "review", "driver": "human"},
        },
        "workstreams": {"A": {"title": "A", "lead": "ONE", "tasks": tasks, "success_criteria": criteria}},
    }  # fmt: skip


def write(plan):
    Path("plan.yaml").write_text(yaml.safe_dump(plan, sort_keys=False), "utf-8")


@pytest.fixture
def gated(tmp_path, monkeypatch):
    """A run that waits at its gate; its id."""
    monkeypatch.chdir(tmp_path)
    Path("one.agent.md").write_text("---\nname: ONE\ndescription: counts\n---\nCount well.\n")
    write(plan_data())
    waiting = run("plan.yaml", options=QUIET)
    assert (waiting.exit_code, waiting.report) == (5, None)
    return waiting.run


def a_yes(run_id):
    return Desk(Path(".orchestrate"), Path.cwd()).answer(run_id, "A.look", Said(Word.APPROVED, "cli", by="Ada"))


def edited(change):
    plan = plan_data()
    change(plan["workstreams"]["A"], plan)
    write(plan)


def a_criterion(group, _plan):
    group["success_criteria"][0]["samples"] = 2


def a_target(group, _plan):
    group["success_criteria"][0]["target"] = "<= 90 files"


def a_task(group, _plan):
    group["tasks"][2]["command"] = ["echo", "hi"]


def a_wider_may(_group, plan):
    plan["agents"]["ONE"]["may"]["run"] = ["*"]


def a_criterion_less(group, _plan):
    del group["success_criteria"][0]


MUTATIONS = {
    "edited criterion": lambda: edited(a_criterion),
    "target": lambda: edited(a_target),
    "plan task": lambda: edited(a_task),
    "widened may": lambda: edited(a_wider_may),
    "removed criterion": lambda: edited(a_criterion_less),
    "agent file": lambda: Path("one.agent.md").write_text("---\nname: ONE\ndescription: counts\n---\nCount fast.\n"),
}


def test_a_run_waits_for_its_gate_goes_on_with_a_yes_and_keeps_who_said_it(gated):
    (waiting,) = Runs().inbox()
    assert (waiting.task, waiting.words, waiting.asked.of) == ("A.look", ("approve", "reject"), "A.count")
    given = a_yes(gated)
    assert Runs().inbox() == ()
    done = run("plan.yaml", options=QUIET)
    assert (done.run, done.exit_code) == (gated, 0)
    record = Runs().state(gated).tasks["A.look"]
    assert (record.status, record.answer) == (Status.SUCCEEDED, given)
    assert "approved by Ada" in next(f for f in Runs().verify(gated).findings if f.subject == "A.look").detail
    assert "| approved | Ada" in Runs().markdown(gated, full=True)
    assert "approved" in Runs().junit(gated)
    assert "Ada" in Runs().html(gated)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_what_changes_after_a_yes_voids_it_aloud_and_it_is_asked_again(gated, mutation):
    a_yes(gated)
    MUTATIONS[mutation]()
    told = []
    again = Runs().resume if mutation == "agent file" else None
    outcome = (
        again(gated, replace(QUIET, listener=told.append)) if again else run("plan.yaml", options=replace(QUIET,
        listener=told.append))
    )  # fmt: skip
    assert (outcome.run, outcome.exit_code) == (gated, 5)
    void = [
        each.event.reason for each in told if isinstance(each.event, e.TaskInvalidated) and each.event.task == "A.look"
    ]
    assert len(void) == 1
    assert "approved by Ada, and that is void" in void[0]
    record = Runs().state(gated).tasks["A.look"]
    assert (record.status, record.answers[-1].void) == (Status.ASKED, void[0])
    assert "void" in Runs().markdown(gated, full=True)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_yes_to_what_has_changed_since_it_was_asked_is_refused(gated, mutation):
    MUTATIONS[mutation]()
    with pytest.raises(Refused, match="would be void"):
        a_yes(gated)
    assert Runs().state(gated).tasks["A.look"].answers == ()


def test_a_no_to_what_no_agent_did_fails_the_gate_with_the_comment(gated):
    Runs().answer(gated, "A.look", Word.REJECTED, comment="Count again.", by="Ada")
    done = run("plan.yaml", options=QUIET)
    state = Runs().state(gated)
    assert done.exit_code == 1
    assert state.tasks["A.look"].failures[-1].cause is Cause.REJECTED
    assert "Count again." in state.tasks["A.look"].failures[-1].message
    assert state.tasks["A.after"].status is Status.SKIPPED


def test_a_question_whose_time_is_over_fails_at_the_next_look(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan = plan_data()
    plan["agents"]["ONE"] = {"specialty": "s", "driver": "command"}
    plan["workstreams"]["A"]["tasks"][1]["approve"]["within"] = "100ms"
    write(plan)
    first = run("plan.yaml", options=QUIET)
    with pytest.raises(Refused, match="the time to answer is over"):
        Desk(Path(".orchestrate"), Path.cwd(), wall=lambda: 1e11).answer(
            first.run, "A.look", Said(Word.APPROVED, "cli")
        )
    threading.Event().wait(0.15)
    assert run("plan.yaml", options=QUIET).exit_code == 1
    assert Runs().state(first.run).tasks["A.look"].failures[-1].cause is Cause.EXPIRED


@pytest.mark.parametrize("part", ["commit", "plan", "criteria", "agents"])
def test_an_approval_in_the_journal_that_is_for_something_else_does_not_verify(gated, part):
    a_yes(gated)
    run("plan.yaml", options=QUIET)
    forged = [_with_bound(each, **{part: "0" * 64}) for each in Runs().events(gated)]
    loaded = Runs().plan(gated)
    found = verify(loaded.plan, loaded.graph, fold(forged), {}, lambda _path: None)
    assert [each.standing for each in found if each.subject == "A.look"] == [Standing.DIFFERS]


def _with_bound(envelope, **changed):
    event = envelope.event
    if not isinstance(event, e.PersonAnswered):
        return envelope
    answer = replace(event.answer, bound=replace(event.answer.bound, **changed))
    return replace(envelope, event=replace(event, answer=answer))


def test_a_run_that_is_exported_holds_its_approvals(gated):

    a_yes(gated)
    run("plan.yaml", options=QUIET)
    Runs().export(gated, "run.tar")
    found = {each.subject: each for each in check_bundle(Path("run.tar")).findings}
    assert found["A.look"].standing.value == "matches"


def sealed(*events):
    begin = e.RunStarted("r", "demo", "d", "t", "p.yaml", {}, {}, (), {"A.x": "1", "A.y": "2"})
    return fold(e.Envelope(seq, 100.0 + seq, float(seq), 1, event) for seq, event in enumerate((begin, *events), 1))


@pytest.mark.parametrize(
    ("answer", "now", "why"),
    [
        (ANSWER, 200.0, ""),
        (ANSWER, 500.0, "the time to answer is over"),
        (replace(ANSWER, word=Word.DONE), 200.0, "approve or reject it"),
        (replace(ANSWER, bound=replace(BOUND, criteria="other")), 200.0, "the criteria changed"),
        (replace(ANSWER, attempt=2), 200.0, "asked again"),
    ],
    ids=["a yes", "too late", "the wrong word", "something else", "an older question"],
)
def test_an_answer_is_taken_only_for_what_is_asked_now(answer, now, why):
    state = sealed(e.PersonAsked("A.x", 1, ASKED))
    assert why in refusal(state, "A.x", answer, now)
    assert bool(refusal(state, "A.x", answer, now)) == bool(why)
    assert "does not wait for a person" in refusal(state, "A.y", answer, now)


def test_an_answer_that_is_given_twice_is_taken_once_and_told_both_times():
    state = sealed(e.PersonAsked("A.x", 1, ASKED), e.PersonAnswered("A.x", 1, ANSWER))
    assert refusal(state, "A.x", ANSWER, 200.0) == ""
    assert "answered" in refusal(state, "A.x", replace(ANSWER, id="another"), 200.0)


def test_only_an_open_question_expires():
    assert list(expired(sealed(e.PersonAsked("A.x", 1, ASKED)), 500.0)) == ["A.x"]
    assert list(expired(sealed(e.PersonAsked("A.x", 1, ASKED), e.PersonAnswered("A.x", 1, ANSWER)), 500.0)) == []


def test_changed_criteria_are_told_as_criteria_and_not_as_the_plan_too():
    other = replace(BOUND, criteria="o", plan="o")
    assert differences(BOUND, other) == ("the criteria",)
    assert differences(BOUND, replace(BOUND, plan="o", commit="o")) == ("what it is about", "the plan")


def test_who_knocks_is_told_once_it_was_heard_and_a_shut_door_answers_nobody(tmp_path):
    heard = []

    def hear(brought):
        heard.append(brought.request)
        brought.reply(refused("no" if brought.request.answer.comment else ""))

    deep = tmp_path.joinpath(*["a-rather-long-name-of-a-folder"] * 6)
    deep.mkdir(parents=True)
    door = Door(deep, hear)
    assert knock(deep, Answering("A.x", ANSWER)) == {"refused": ""}
    assert knock(deep, Answering("A.x", replace(ANSWER, comment="?"))) == {"refused": "no"}
    assert heard[0] == Answering("A.x", ANSWER)
    door.close()
    assert knock(deep, Answering("A.x", ANSWER)) is None


def test_a_door_that_shuts_while_somebody_stands_in_it_tells_them_nothing(tmp_path):
    door = Door(tmp_path, lambda _brought: door.close())
    assert knock(tmp_path, Answering("A.x", ANSWER)) is None


def test_an_answer_from_another_folder_is_about_the_files_of_the_runs_own_folder(gated, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "one.agent.md").write_text("---\nname: ONE\ndescription: another\n---\nAnother.\n")
    monkeypatch.chdir(elsewhere)
    desk = Desk(tmp_path / ".orchestrate", elsewhere)
    given = desk.answer(gated, "A.look", Said(Word.APPROVED, "cli", by="Ada"))
    monkeypatch.chdir(tmp_path)
    assert run("plan.yaml", options=QUIET).exit_code == 0
    assert Runs().state(gated).tasks["A.look"].answer == given


def git(*words):
    return subprocess.run(
        ["git", "-c", "user.name=t", "-c", "user.email=t@t", *words], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def handed_in(tmp_path, monkeypatch):
    """A run that waits for a yes to what an agent handed in; its id."""
    pytest.importorskip("acp")
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main", ".")
    Path("src").mkdir()
    Path("src/a.txt").write_text("a\n")
    git("add", "src")
    git("commit", "-qm", "one")
    plan = plan_data()
    plan["agents"]["ONE"] = {"specialty": "s", "driver": "command", "program": ["sh", "-c", "date +%N >> src/a.txt"]}
    plan["workstreams"]["A"]["tasks"] = [
        {"id": "write", "title": "Write", "brief": "Write.", "writes": ["src/**"], "rounds": 3,
        "workspace": {"repo": ".", "base": "main"}},
        {"id": "look", "title": "Look", "agent": "MENTOR", "approve": {"ask": "Good?", "of": "write"}},
    ]  # fmt: skip
    del plan["workstreams"]["A"]["success_criteria"]
    write(plan)
    waiting = run("plan.yaml", options=QUIET)
    assert waiting.exit_code == 5
    return waiting.run


def a_new_commit(branch, commit):
    tree = git("rev-parse", f"{commit}^{{tree}}").strip()
    git("update-ref", f"refs/heads/{branch}", git("commit-tree", tree, "-p", commit, "-m", "more").strip())


def a_rebased_commit(branch, commit):
    tree, parent = git("rev-parse", f"{commit}^{{tree}}").strip(), git("rev-parse", f"{commit}^").strip()
    git("update-ref", f"refs/heads/{branch}", git("commit-tree", tree, "-p", parent, "-m", "the same").strip())


@pytest.mark.parametrize("mutate", [a_new_commit, a_rebased_commit])
def test_a_yes_to_a_commit_is_void_once_its_branch_has_another(handed_in, mutate):
    a_yes(handed_in)
    hand_in = Runs().state(handed_in).tasks["A.write"].hand_in
    mutate(hand_in.branch, hand_in.commit)
    assert run("plan.yaml", options=QUIET).exit_code == 5
    record = Runs().state(handed_in).tasks["A.look"]
    assert "void: what it is about changed" in record.answers[-1].void
    with pytest.raises(Refused, match="would be void") as refused:
        a_yes(handed_in)
    put_back = f"git -C {hand_in.repo} update-ref refs/heads/{hand_in.branch} {hand_in.commit}"
    assert put_back in str(refused.value)
    assert f"orchestrate resume {handed_in} --force A.write" in str(refused.value)
    subprocess.run(put_back, shell=True, check=True)
    a_yes(handed_in)
    assert run("plan.yaml", options=QUIET).exit_code == 0


def test_a_no_to_a_hand_in_goes_to_its_agent_as_a_round_and_the_next_one_is_asked_about(handed_in):
    first = Runs().inbox()[0].asked.bound.commit
    Runs().answer(handed_in, "A.look", Word.REJECTED, comment="Shorter, please.", by="Ada")
    assert run("plan.yaml", options=QUIET).exit_code == 5
    rounds = Runs().state(handed_in).tasks["A.write"].rounds
    assert [one.passed for one in rounds] == [True, False, True]
    assert "Shorter, please." in rounds[1].why
    second = Runs().inbox()[0].asked.bound.commit
    assert second != first
    Runs().answer(handed_in, "A.look", Word.REJECTED, comment="No.", by="Ada")
    assert run("plan.yaml", options=QUIET).exit_code == 1  # three rounds are used up
    assert "no round left" in Runs().state(handed_in).tasks["A.look"].failures[-1].message
