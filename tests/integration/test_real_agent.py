"""A real coding agent over ACP, against a scripted model on loopback: in the sandbox, with a key that is no key,
through the proxy.

`.ci/real-agent FOLDER [NAME]` installs one and runs these; Codex where no name is given. ORCHESTRATE_REAL_AGENT is the
name, ORCHESTRATE_REAL_AGENT_BIN the folder of its program.
"""

import json
import os
import subprocess
import threading
from pathlib import Path

import psutil
import pytest
import yaml
from real_agents import AGENTS, KEY
from scripted_model import DIALECTS, ScriptedModel, double

pytestmark = pytest.mark.agents
ROOT = Path(__file__).parents[2]
NAME = os.environ.get("ORCHESTRATE_REAL_AGENT", "")
PROGRAMS = Path(os.environ.get("ORCHESTRATE_REAL_AGENT_BIN", ""))
PLAIN = "def pack(data):\n    return data\n\n\ndef unpack(packed):\n    return packed\n"
ZLIB = (
    "import zlib\n\n\ndef pack(data):\n    return zlib.compress(data, 9)\n\n\ndef unpack(packed):\n    return "
    "zlib.decompress(packed)\n"
)
MEASURE = [
    "sh",
    "-c",
    'python3 -I "$1/bench/measure.py" "$1/src/pack.py" share >> "$ORCHESTRATE_EVIDENCE"',
    "sh",
    "${checkout}",
]


@pytest.fixture
def agent(shell):
    if not NAME:
        pytest.skip("ORCHESTRATE_REAL_AGENT is not set: see .ci/real-agent")
    return Working(shell, AGENTS[NAME])


class Working:
    """One plan with one real agent."""

    def __init__(self, shell, real):
        self.shell, self.folder, self.real = shell, shell.folder, real
        subprocess.run(["sh", ROOT / "plans/examples/agents/make-repo.sh", self.folder / "repo"], check=True)

    def run(self, script, rounds=1, budget=None, may=()):
        """What the run of one task reports, and the provider that was asked."""
        if self.real.reads_first:
            script = [
                part for step in script for part in ([{"read": step["write"]}] if "write" in step else []) + [step]
            ]
        model = ScriptedModel(script)
        return self.carry_out(model, {"W": self.workstream("W", "Make it small.", rounds)}, budget, may)

    def run_several(self, model):
        """The same of tasks at once, one for each word of the model."""
        return self.carry_out(model, {word: self.workstream(word, f"{word}: make it small.") for word in model.models})

    def carry_out(self, model, groups, budget=None, may=()):
        """A plan with these workstreams, and one agent that has capacity for all."""
        real = self.real
        program = [str(PROGRAMS / real.program[0]), *real.program[1:]]
        agent = {"specialty": "Packing", "driver": "acp", "program": program, "env": [real.key, *real.settings],
                 "home": real.home, "budget": budget or {"time": f"{real.slow * 60}s"}}  # fmt: skip
        agent |= {"may": {"run": list(may)}, "capacity": len(groups)}
        if real.mode:
            agent["mode"] = real.mode
        plan = {
            "schema": 1,
            "id": "real",
            "title": "A real agent",
            "agents": {"REAL": agent},
            "workstreams": groups,
        }
        (self.folder / "plan.yaml").write_text(yaml.safe_dump(plan, sort_keys=False), "utf-8")
        with double(model) as provider:
            self.shell.env |= {real.key: KEY, real.base: provider.url + real.below, **real.settings}
            self.shell.env["PATH"] = f"{PROGRAMS}:{self.shell.env['PATH']}"  # a Node of its own is there
            done = self.shell("run", "-q", "--no-page", "-k", "plan.yaml")
            provider.behave.free.set()
        report = json.loads(self.shell("report", "--json").stdout)
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, report, provider

    def workstream(self, group, brief, rounds=1):
        """A task of an agent and its instrument."""
        write = {"id": "write", "title": "Pack", "brief": brief,
        "workspace": {"repo": str(self.folder / "repo"), "base": "main"},
                 "writes": ["src/**"], "pinned": ["bench/**"], "until": [f"{group}.small"],
                 "rounds": rounds}  # fmt: skip
        measure = {"id": "measure", "title": "Size", "measures": "write", "command": MEASURE,
                   "metrics": [{"name": "share", "unit": "%", "better": "lower"}]}  # fmt: skip
        small = {"id": "small", "title": "Small", "metric": "share", "target": "< 20 %", "from": f"{group}.measure"}
        return {"title": "Pack", "lead": "REAL", "tasks": [write, measure], "success_criteria": [small]}

    def left_processes(self, run):
        """Programs of the run's attempts that are still there."""
        return [each.pid for each in psutil.process_iter(["environ"]) if run in str(each.info["environ"])]


def _spent(report):
    """What the ledger says of the run."""
    return next(each["spent"] for each in report["spent"] if each["whose"] == "the run")


def _answers(provider):
    """The calls that cost something."""
    ends = tuple(DIALECTS)
    return [each for each in provider.asked if each.path.partition("?")[0].endswith(ends)]


def _keys(headers):
    """What a call was made with."""
    told = [headers.get("authorization", "").removeprefix("Bearer ")]
    return {each for each in (*told, headers.get("x-api-key"), headers.get("x-goog-api-key")) if each}


def _holders(folder, secret):
    """Files below the folder that hold a text."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in files if secret.encode() in path.read_bytes()]


def test_it_does_a_task_in_rounds_of_one_session_and_cannot_write_outside(agent):
    outside = agent.folder / "outside.txt"
    escape = {"shell": f"echo out > {outside}; cat {outside}"}
    own_sandbox = [escape] if agent.real.escalates else []  # it asks nobody, and is kept in by itself
    goes_on = [] if agent.real.ends_refused else [{"say": "I may not."}]
    code, report, provider = agent.run(
        [
            {"write": "src/pack.py", "content": f"# first\n{PLAIN}"}, *own_sandbox, {"say": "All targets exceeded."},
            {"write": "src/pack.py", "content": f"# second\n{PLAIN}"},
            {**escape, "args": agent.real.escalates}, *goes_on,
            {"write": "src/pack.py", "content": ZLIB}, {"say": "Now it is."},
        ],
        rounds=3,
    )  # fmt: skip
    first, second, third = (each["round"] for each in report["rounds"])
    talks = [each["talk"] for each in (first, second, third)]

    assert code == 0
    assert [each["passed"] for each in (first, second, third)] == [False, False, True]
    assert talks[0]["stop"] == "end_turn"  # which is no success
    assert "W.small FAIL" in first["why"]
    assert {each["sandbox"] for each in talks} == {"bubblewrap"}

    assert len({each["session"] for each in talks}) == 1
    later = [each.raw for each in provider.asked if b"This is round 2 of 3" in each.raw]
    assert any(b"All targets exceeded." in each for each in later)  # a new process knew what was said
    assert any(b"W.small: FAIL" in each for each in later)  # and was told the verdict

    assert not outside.exists()
    assert any("outside.txt" in each for each in talks[1]["refused"])

    assert {key for each in provider.asked for key in _keys(each.headers)} == {KEY}
    assert _holders(agent.folder, KEY) == []
    assert _spent(report)["tokens"] == 1050 * len(_answers(provider))
    assert _spent(report)["unknown"] == 0
    assert agent.left_processes(report["run"]) == []


def test_a_call_under_way_at_the_deadline_is_cancelled_and_nothing_is_left(agent):
    _, report, provider = agent.run(
        [{"write": "src/pack.py", "content": ZLIB}, {"shell": "true", "delay": 120}],
        budget={"time": f"{agent.real.slow * 8}s"},
    )
    (only,) = report["rounds"]

    assert only["round"]["talk"]["stop"] == "out of time"
    assert len(_answers(provider)) >= 1
    assert agent.left_processes(report["run"]) == []
    assert _spent(report)["open_tokens"] == 0


def test_at_the_token_budget_it_is_refused_and_overshoots_by_one_call_at_the_most(agent):
    script = [{"shell": f"echo {step}"} for step in range(200)]
    code, report, provider = agent.run(script, budget={"tokens": 2500}, may=["echo *"])
    spent = _spent(report)

    assert code != 0
    assert spent["tokens"] == 1050 * len(_answers(provider))
    assert 2500 <= spent["tokens"] < 2500 + 1050
    assert report["criteria"][0]["verdict"]["outcome"] != "PASS"


class Several:
    """A model for each of several agents; which one is asked is told by a word of its brief."""

    def __init__(self, scripts):
        self.models = {word: ScriptedModel(script) for word, script in scripts.items()}
        self.free = threading.Event()

    def __call__(self, asked):
        word = next(word for word in self.models if word.encode() in asked.raw)
        return self.models[word](asked)


@pytest.mark.skipif(
    NAME not in {"", "codex"}, reason="how others name the tools of a server is not known to the script"
)
def test_two_at_once_ask_our_server_and_each_is_judged_by_its_own_hand_in(agent):
    said = {"metric": "share", "value": 1, "unit": "%"}
    packs = {"ALPHA": ZLIB, "OMEGA": PLAIN}
    scripts = {
        word: [{"tool": "brief"}, {"tool": "submit_figure", "args": {**said, "text": f"{word} has 1 %"}},
        {"write": "src/pack.py", "content": f"# {word}\n{pack}"}, {"say": f"{word} is done."}]
        for word, pack in packs.items()
    }  # fmt: skip
    code, report, provider = agent.run_several(Several(scripts))
    rounds = {each["task"]: each["round"] for each in report["rounds"]}
    last = {word: max((each.raw for each in provider.asked if word.encode() in each.raw), key=len) for word in packs}

    assert code == 1
    assert {task: one["passed"] for task, one in rounds.items()} == {"ALPHA.write": True, "OMEGA.write": False}
    assert {one["talk"]["stop"] for one in rounds.values()} == {"end_turn"}
    assert len({one["hand_in"]["commit"] for one in rounds.values()}) == len(packs)
    assert [one["talk"]["refused"] for one in rounds.values()] == [[], []]
    measured = {one["text"]: one["measured"] for one in report["claims"]}
    assert {one["claimed"] for one in report["claims"]} == {1}
    assert measured.keys() == {"ALPHA has 1 %", "OMEGA has 1 %"}
    assert 1 < measured["ALPHA has 1 %"] < 20  # of a log that is made anew each time
    assert measured["OMEGA has 1 %"] == 100
    for word, body in last.items():
        assert f"{word}: make it small.".encode() in body
        assert all(other.encode() not in body for other in packs if other != word)
        assert b"counts" in body  # our server answered
