"""What a run of one command does not need, it does not load: that is most of the time it takes."""

import subprocess
import sys

import pytest

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
    "email",
    "importlib.metadata",
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
    "pydantic",
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
    command = (sys.executable, "-c", LOADED, "run", "one.yaml")
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    names = next(line for line in done.stdout.splitlines() if line.startswith("loaded "))
    return set(names.split()[1:])


@pytest.mark.parametrize("name", UNNEEDED)
def test_a_run_of_one_command_does_not_load(name, loaded):
    assert "orchestrator.engine.engine" in loaded
    assert name not in loaded
