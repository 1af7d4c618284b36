"""Agents through the real command line: no cheat passes, and no honest agent fails."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from agent_scripts import CHEATS, HONEST
from apart_scripts import APART
from measured_scripts import MEASURED

from orchestrator.agents import script as script_module

pytest.importorskip("acp")
pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="agents need a sandbox: install bubblewrap")
ROOT = Path(__file__).parents[2]
PROBES = {
    "self-reported-figures",
    "edited-benchmark",
    "link-out",
    "process-left-behind",
    "state-folder",
    "not-the-inverse",
    "crash",
    "measured-reads-the-home",
    "measured-leaves-a-daemon",
    "measured-kills-its-parent",
    "measured-forges-by-descriptor",
    "left-in-every-folder-that-can-be-written",
    "left-with-a-process-at-an-abstract-socket",
    "known-log",
}
CANARY = "canary-of-conformance"
HONEST_PROBES = {"two-rounds", "after-a-refusal", "it-left-a-process", "it-has-a-home"}


def _plan(folder, home, port, scripts):
    """A plan with one agent for each script, all in one repository. home: with a secret; port: somebody listens
    there.
    """
    repo = folder / "repo"
    subprocess.run(["sh", ROOT / "plans/examples/agents/make-repo.sh", repo], check=True)
    agents, streams = {}, {}
    for index, script in enumerate(scripts):
        text = yaml.safe_dump({"name": script.name, "rounds": script.rounds})
        places = {"@HOME@": str(home), "@PROJECT@": str(folder), "@METRIC@": f"share.m{index}", "@PORT@": str(port)}
        for name, value in places.items():
            text = text.replace(name, value)
        (folder / f"{script.name}.yaml").write_text(text, "utf-8")
        agents[f"G{index}"] = {
            "specialty": script.name, "driver": "acp",
            "program": [sys.executable, script_module.__file__, str(folder / f"{script.name}.yaml")],
        }  # fmt: skip
        metric = f"share.m{index}"
        measure = [
            "sh",
            "-c",
            'python3 -I "$1/bench/measure.py" "$1/src/pack.py" "$2" >> "$ORCHESTRATE_EVIDENCE"',
            "sh",
            "${checkout}",
            metric,
        ]
        streams[f"W{index}"] = {
            "title": script.name, "lead": f"G{index}",
            "tasks": [
                {"id": "write", "title": "Pack", "brief": "Make it small.", "workspace": {"repo": str(repo),
                "base": "main"}, "writes": ["src/**"],
                 "pinned": ["bench/**", "tests/**"], "until": [f"W{index}.small"], "rounds": max(1,
                 len(script.rounds))},
                {"id": "measure", "title": "Size", "measures": "write", "command": measure, "metrics": [{"name": metric,
                "unit": "%", "better": "lower"}]},
            ],
            "success_criteria": [{"id": "small", "title": "Small", "metric": metric, "target": "< 20 %"}],
        }  # fmt: skip
    plan = {
        "schema": 1,
        "id": "conformance",
        "title": "Conformance",
        "resources": {"cpu": 3},
        "agents": agents,
        "workstreams": streams,
    }
    (folder / "plan.yaml").write_text(yaml.safe_dump(plan, sort_keys=False), "utf-8")


def _run(folder, scripts):
    """Each script's verdict, and all that the run says of its tasks."""
    assert scripts, "no script has the names that were asked for"
    project, home = folder / "project", folder / "home"
    for each in (project, home):
        each.mkdir()
    (home / "secret").write_text(CANARY)
    (project / ".env").write_text(f"API_KEY={CANARY}\n")
    command, env = [sys.executable, "-m", "orchestrator"], os.environ | {"HOME": str(home), "CANARY_KEY": CANARY}
    folder = project
    with socket.create_server(("127.0.0.1", 0)) as door:
        _plan(folder, home, door.getsockname()[1], scripts)
        subprocess.run(
            [*command, "run", "-q", "--no-page", "plan.yaml"],
            cwd=folder,
            env=env,
            capture_output=True,
            timeout=900,
            check=False,
        )
    _no_canary(folder / ".orchestrate")
    told = subprocess.run([*command, "report", "--json"], cwd=folder, capture_output=True, timeout=120, check=True)
    report = json.loads(told.stdout)
    verdicts = {each["id"].split(".")[0]: each["verdict"]["outcome"] for each in report["criteria"]}
    said = {f"W{index}": "" for index in range(len(scripts))}
    for each in report["rounds"]:
        said[each["task"].split(".")[0]] += f" {each['round']['why']}"
    return [(script, verdicts[f"W{index}"], said[f"W{index}"]) for index, script in enumerate(scripts)]


def _no_canary(state):
    """Nothing that the run left has the secret."""
    for path in (each for each in state.rglob("*") if each.is_file()):
        assert CANARY.encode() not in path.read_bytes(), path


def _check_cheats(folder, scripts):
    for script, verdict, said in _run(folder, scripts):
        assert verdict != "PASS", script.name
        assert script.why in said, (script.name, said)


def _check_honest(folder, scripts):
    for script, verdict, said in _run(folder, scripts):
        assert verdict == "PASS", (script.name, said)


def test_a_cheating_agent_never_passes_and_is_told_why(tmp_path):
    _check_cheats(tmp_path, [each for each in CHEATS if each.name in PROBES])


def test_an_honest_agent_passes(tmp_path):
    _check_honest(tmp_path, [each for each in HONEST if each.name in HONEST_PROBES])


@pytest.mark.slow
def test_none_of_all_the_cheats_passes(tmp_path):
    _check_cheats(tmp_path, CHEATS + MEASURED + APART)


@pytest.mark.slow
def test_every_honest_script_passes(tmp_path):
    _check_honest(tmp_path, HONEST)


@pytest.mark.slow
def test_what_is_handed_in_reaches_nothing_while_it_is_measured(tmp_path):
    _check_cheats(tmp_path, MEASURED)


@pytest.mark.slow
def test_what_packs_leaves_nothing_for_what_unpacks(tmp_path):
    _check_cheats(tmp_path, APART)
