"""A real coding agent, Codex over ACP, against a scripted model on loopback: in the sandbox, with a key that is no key,
through the proxy.

`.ci/real-agent FOLDER` installs it and runs these. ORCHESTRATE_CODEX_ACP names its program.
"""

import json
import os
import subprocess
from pathlib import Path

import psutil
import pytest
import yaml
from scripted_model import ScriptedModel, double

pytestmark = pytest.mark.agents
ROOT = Path(__file__).parents[2]
PROGRAM = os.environ.get("ORCHESTRATE_CODEX_ACP", "")
KEY = "sk-canary-4f1c"
CONFIG = """model = "scripted"
model_provider = "metered"
[model_providers.metered]
name = "metered"
base_url = "${proxy.openai}"
env_key = "OPENAI_API_KEY"
wire_api = "responses"
"""
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
def codex(shell):
    if not PROGRAM:
        pytest.skip("ORCHESTRATE_CODEX_ACP is not set: see .ci/real-agent")
    return Codex(shell)


class Codex:
    """One plan with one real agent."""

    def __init__(self, shell):
        self.shell, self.folder = shell, shell.folder
        subprocess.run(["sh", ROOT / "plans/examples/agents/make-repo.sh", self.folder / "repo"], check=True)

    def run(self, script, rounds=1, budget=None):
        """What the run reports, and the provider that was asked."""
        agent = {"specialty": "Packing", "driver": "acp", "program": [PROGRAM], "env": ["OPENAI_API_KEY"],
        "mode": "workspace-write",
                 "home": {".codex/config.toml": CONFIG}, "budget": budget or {"time": "60s"}}  # fmt: skip
        write = {"id": "write", "title": "Pack", "brief": "Make it small.",
        "workspace": {"repo": str(self.folder / "repo"), "base": "main"},
                 "writes": ["src/**"], "pinned": ["bench/**"], "until": ["W.small"], "rounds": rounds}  # fmt: skip
        measure = {"id": "measure", "title": "Size", "measures": "write", "command": MEASURE,
                   "metrics": [{"name": "share", "unit": "%", "better": "lower"}]}  # fmt: skip
        small = {"id": "small", "title": "Small", "metric": "share", "target": "< 20 %"}
        plan = {
            "schema": 1,
            "id": "real",
            "title": "A real agent",
            "agents": {"CODEX": agent},
            "workstreams": {
                "W": {"title": "Pack", "lead": "CODEX", "tasks": [write, measure], "success_criteria": [small]}
            },
        }
        (self.folder / "plan.yaml").write_text(yaml.safe_dump(plan, sort_keys=False), "utf-8")
        with double(ScriptedModel(script)) as provider:
            self.shell.env |= {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": f"{provider.url}/v1"}
            done = self.shell("run", "-q", "--no-page", "plan.yaml")
            provider.behave.free.set()
        report = json.loads(self.shell("report", "--json").stdout)
        assert "Traceback" not in done.stdout + done.stderr
        return done.returncode, report, provider

    def left_processes(self, run):
        """Programs of the run's attempts that are still there."""
        return [each.pid for each in psutil.process_iter(["environ"]) if run in str(each.info["environ"])]


def _spent(report):
    """What the ledger says of the run."""
    return next(each["spent"] for each in report["spent"] if each["whose"] == "the run")


def _holders(folder, secret):
    """Files below the folder that hold a text."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return [path for path in files if secret.encode() in path.read_bytes()]


def test_it_does_a_task_in_rounds_of_one_session_and_cannot_write_outside(codex):
    outside = codex.folder / "outside.txt"
    escape = {"shell": f"echo out > {outside}; cat {outside}"}
    asks = {"args": {"sandbox_permissions": "require_escalated", "justification": "I need it"}}
    code, report, provider = codex.run(
        [
            {"write": "src/pack.py", "content": f"# first\n{PLAIN}"}, escape, {"say": "All targets exceeded."},
            {"write": "src/pack.py", "content": f"# second\n{PLAIN}"}, {**escape, **asks},
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
    later = [each.raw for each in provider.asked if b"All targets exceeded." in each.raw]
    assert any(b"W.small" in each for each in later)  # a new process knew what was said, and was told the verdict

    assert not outside.exists()
    assert any("outside.txt" in each for each in talks[1]["refused"])

    assert {each.headers["authorization"] for each in provider.asked} == {f"Bearer {KEY}"}
    assert _holders(codex.folder, KEY) == []
    assert _spent(report)["tokens"] == 1050 * len(provider.asked)
    assert _spent(report)["unknown"] == 0
    assert codex.left_processes(report["run"]) == []


def test_a_call_under_way_at_the_deadline_is_cancelled_and_nothing_is_left(codex):
    _, report, provider = codex.run(
        [{"write": "src/pack.py", "content": ZLIB}, {"shell": "true", "delay": 120}], budget={"time": "8s"}
    )
    (only,) = report["rounds"]

    assert only["round"]["talk"]["stop"] == "out of time"
    assert len(provider.asked) >= 1
    assert codex.left_processes(report["run"]) == []
    assert _spent(report)["open_tokens"] == 0


def test_at_the_token_budget_it_is_refused_and_overshoots_by_one_call_at_the_most(codex):
    script = [{"shell": f"echo {step}"} for step in range(200)]
    code, report, provider = codex.run(script, budget={"tokens": 2500})
    spent = _spent(report)

    assert code != 0
    assert spent["tokens"] == 1050 * len(provider.asked)
    assert 2500 <= spent["tokens"] < 2500 + 1050
    assert report["criteria"][0]["verdict"]["outcome"] != "PASS"
