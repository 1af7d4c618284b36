from importlib import metadata

import pytest
import yaml

from orchestrator import extensions
from orchestrator.agents.carry import require_drivers
from orchestrator.agents.driver import DriverError, agent_environment, find_driver, missing_names
from orchestrator.graph.load import load_text
from orchestrator.registry import DRIVERS


def plan(**agent):
    said = {"specialty": "tests", "driver": "command", "program": ["sh"], "sandbox": "none", **agent}
    task = {"id": "it", "title": "It", "brief": "Do it.", "writes": ["src/**"]}
    group = {"title": "A", "lead": "X", "tasks": [task]}
    text = {"schema": 1, "id": "demo", "title": "Demo", "agents": {"X": said}, "workstreams": {"A": group}}
    return load_text(yaml.safe_dump(text, sort_keys=False), "demo.yaml").plan


def entry(monkeypatch, name, value):
    point = metadata.EntryPoint(name, value, DRIVERS)
    monkeypatch.setattr(extensions, "points", lambda group: (point,) if group == DRIVERS else ())


class Mine:
    name = "mine"

    def problem(self, program):
        return None if program == ("sh",) else "it does not like it\n  mend: another"

    def take_turn(self, going):
        raise NotImplementedError


def test_an_unknown_driver_is_told_with_those_that_there_are():
    with pytest.raises(DriverError, match=r"no driver 'acpp'\n  mend: .*acp, command"):
        find_driver("acpp")


def test_a_packages_driver_is_found_by_its_entry_point(monkeypatch):
    entry(monkeypatch, "mine", f"{__name__}:Mine")
    monkeypatch.setitem(__import__("sys").modules, __name__, __import__("types").SimpleNamespace(Mine=Mine))
    assert find_driver("mine").name == "mine"
    require_drivers(plan(driver="mine"), ["X"], {})
    with pytest.raises(DriverError, match="agent X: it does not like it"):
        require_drivers(plan(driver="mine", program=["other"]), ["X"], {})


@pytest.mark.parametrize("value", ["no.such.module:Driver", "os:path", "os:nothing"])
def test_a_driver_that_is_broken_says_which_package_to_mend(monkeypatch, value):
    entry(monkeypatch, "mine", value)
    with pytest.raises(DriverError, match=r"the driver 'mine' cannot be used(.|\n)*mend: mend or uninstall"):
        find_driver("mine")


def test_a_program_that_is_not_there_is_told_before_anything_starts():
    with pytest.raises(DriverError, match=r"agent X: the program 'no-such-agent' is not there\n  mend: install it"):
        require_drivers(plan(program=["no-such-agent"]), ["X"], {})
    require_drivers(plan(program=["no-such-agent"]), [], {})


def test_places_in_a_program_are_filled_in_and_those_of_a_task_are_left_to_it(tmp_path):
    require_drivers(plan(program=["${folder}/agent"]), ["X"], {"project": tmp_path})
    with pytest.raises(DriverError, match=str(tmp_path)):
        require_drivers(plan(program=["${project}/agent"]), ["X"], {"project": tmp_path})
    (tmp_path / "agent").touch(0o755)
    require_drivers(plan(program=["${project}/agent"]), ["X"], {"project": tmp_path})


def test_a_name_of_the_environment_that_is_not_set_is_told(monkeypatch):
    monkeypatch.delenv("NO_SUCH_NAME", raising=False)
    with pytest.raises(DriverError, match="NO_SUCH_NAME is not set"):
        require_drivers(plan(env=["NO_SUCH_NAME"]), ["X"], {})


def test_an_agent_gets_nothing_of_our_environment_but_what_the_plan_names(repo, monkeypatch):
    monkeypatch.setenv("CANARY", "secret")
    monkeypatch.setenv("PASSED", "on")
    monkeypatch.setenv("OPENAI_API_KEY", "the real key")
    turn = repo.turn(env=("PASSED", "OPENAI_API_KEY", "MISSING"))
    found = agent_environment(turn, {"ORCHESTRATE_ATTEMPT": "r/A.it/1"})
    assert (found["PASSED"], found["HOME"], found["ORCHESTRATE_ATTEMPT"]) == ("on", str(turn.home), "r/A.it/1")
    assert not {"secret", "the real key"} & set(found.values())
    assert list(missing_names(turn)) == ["MISSING"]
