"""An orchestrator that is killed while its agents spend forgets nothing: turns and calls are what the provider and
the journal saw.
"""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

pytest.importorskip("acp")
pytest.importorskip("aiohttp")
from provider_double import ProviderDouble, as_json

from orchestrator.agents import script

ROOT = Path(__file__).parents[2]
EACH = 1050
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


def _slowly(_):
    time.sleep(0.05)
    return as_json({"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 50}})


def _plan(folder, agents, budget=None, times=8):
    """A plan whose agents call a model `times` times in a turn, one after another."""
    subprocess.run(["sh", ROOT / "plans/examples/agents/make-repo.sh", folder / "repo"], check=True)
    steps = [
        {"model": {"path": "/chat/completions", "times": times, "base": "OPENAI_BASE_URL", "key": "OPENAI_API_KEY"}},
        {"write": {"src/pack.py": ZLIB}},
    ]
    (folder / "agent.yaml").write_text(yaml.safe_dump({"name": "spender", "rounds": [steps]}))
    agent = {"specialty": "Spending", "driver": "acp", "env": ["OPENAI_API_KEY"], "budget": budget or {"turns": 100},
             "program": [sys.executable, script.__file__, str(folder / "agent.yaml")]}  # fmt: skip
    write = {"id": "write", "title": "Pack", "brief": "Make it small.", "workspace": {"repo": str(folder / "repo"),
    "base": "main"},
             "writes": ["src/**"], "until": ["W0.small"]}  # fmt: skip
    measure = {
        "id": "measure",
        "title": "Size",
        "measures": "write",
        "command": MEASURE,
        "metrics": [{"name": "share", "unit": "%", "better": "lower"}],
    }
    streams = {}
    for index in range(agents):
        metric = f"share.m{index}"
        command = [*MEASURE[:2], MEASURE[2].replace(" share ", f" {metric} "), *MEASURE[3:]]
        streams[f"W{index}"] = {
            "title": "Pack", "lead": f"A{index}",
            "tasks": [{**write, "until": [f"W{index}.small"]}, {**measure, "command": command,
            "metrics": [{**measure["metrics"][0], "name": metric}]}],
            "success_criteria": [{"id": "small", "title": "Small", "metric": metric, "target": "< 20 %"}],
        }  # fmt: skip
    plan = {
        "schema": 1,
        "id": "ledger",
        "title": "Spending",
        "resources": {"cpu": agents},
        "agents": {f"A{index}": agent for index in range(agents)},
        "workstreams": streams,
    }
    (folder / "plan.yaml").write_text(yaml.safe_dump(plan, sort_keys=False), "utf-8")


def _told(shell):
    report = json.loads(shell("report", "--json").stdout)
    return report, next(each["spent"] for each in report["spent"] if each["whose"] == "the run")


def _killed_and_resumed(shell, kills, seed):
    chance = random.Random(seed)
    _plan(shell.folder, agents=1)
    with ProviderDouble(_slowly) as provider:
        shell.env |= {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": f"{provider.url}/v1"}
        for turn in range(kills):
            seen = len(provider.asked)
            process = shell.start(*(("resume", "-q", "--no-page") if turn else ("run", "-q", "--no-page", "plan.yaml")))
            end = time.monotonic() + 120
            while len(provider.asked) == seen and process.poll() is None and time.monotonic() < end:
                time.sleep(0.01)
            time.sleep(chance.random() * 0.5)
            process.kill()
            process.communicate()
        done = shell("resume", "-q", "--no-page")
        return done, len(provider.asked)


def _check(shell, kills, seed):
    done, asked = _killed_and_resumed(shell, kills, seed)
    report, spent = _told(shell)
    assert done.returncode == 0, done.stderr
    assert spent["turns"] == kills + 1
    assert spent["calls"] >= asked  # nothing that the provider saw was not reserved
    assert spent["calls"] - asked <= kills  # reserved, and killed before it was made
    assert spent["unknown"] <= kills
    assert spent["open_tokens"] == 0
    known = (spent["calls"] - spent["unknown"]) * EACH
    assert spent["tokens"] - known >= spent["unknown"]  # what is unknown is charged, never zero
    whose = {each["whose"]: each["spent"]["tokens"] for each in report["spent"]}
    assert len(set(whose.values())) == 1, whose  # one task of one agent: all three ledgers say the same


def test_what_was_spent_before_a_kill_is_not_forgotten(shell):
    _check(shell, kills=2, seed=1)


@pytest.mark.slow
def test_after_twenty_kills_the_ledger_is_exact(shell):
    _check(shell, kills=20, seed=2)


def test_each_agent_overshoots_its_budget_by_one_call_at_the_most(shell):
    _plan(shell.folder, agents=3, budget={"tokens": 5 * EACH + 1}, times=12)
    with ProviderDouble(_slowly) as provider:
        shell.env |= {"OPENAI_API_KEY": "k", "OPENAI_BASE_URL": f"{provider.url}/v1"}
        shell("run", "-q", "--no-page", "-k", "plan.yaml")
    report, spent = _told(shell)
    assert spent["tokens"] == EACH * len(provider.asked)
    agents = [each["spent"]["tokens"] for each in report["spent"] if each["whose"].startswith("agent ")]
    assert agents == [6 * EACH] * 3
