"""What a run of one command does not need, it does not load: that is most of the time it takes."""

import json
import subprocess
import sys

import pytest
import yaml

PLAN = """
schema: 1
id: one
title: One
agents: {ME: {specialty: tests, driver: command}}
workstreams:
  A: {title: A, lead: ME, tasks: [{id: t, title: T, command: ["true"]}]}
"""
LOADED = """
import atexit, sys
from orchestrator.cli.start import main
atexit.register(lambda: print("loaded", *sorted(sys.modules)))
main()
"""
UNNEEDED = (
    "grandalf",
    "networkx",
    "numpy",
    "orchestrator.agents",
    "orchestrator.audit",
    "orchestrator.engine.requests",
    "orchestrator.executors.agentwork",
    "orchestrator.importers",
    "orchestrator.review.compare",
    "orchestrator.telling.news",
    "plotext",
    "psutil",
    "pygal",
    "rich",
    "tomllib",
    "typer",
    "workstreams",
)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one")
    (folder / "one.yaml").write_text(PLAN)
    return loaded_by("one.yaml", folder)


def loaded_by(plan, folder):
    command = (sys.executable, "-c", LOADED, "run", plan)
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    names = next(line for line in done.stdout.splitlines() if line.startswith("loaded "))
    return set(names.split()[1:])


@pytest.mark.parametrize("name", UNNEEDED)
def test_a_run_of_one_command_does_not_load(name, loaded):
    assert "orchestrator.engine.engine" in loaded
    assert name not in loaded


def test_a_plan_in_json_is_read_without_the_reader_of_yaml(tmp_path):
    (tmp_path / "one.json").write_text(json.dumps(yaml.safe_load(PLAN)))
    assert "yaml" not in loaded_by("one.json", tmp_path)
