"""What an agent's program must be able to do is known before the prompt: else the turn fails, with the mend."""

import json
import sys
import threading
from dataclasses import replace

import pytest

pytest.importorskip("acp")

from orchestrator.agents.acp_driver import AcpDriver
from orchestrator.agents.driver import DriverError, Going, agent_environment

PROGRAM = """
import json, sys
version, modes, refused = json.loads(sys.argv[1])
for line in sys.stdin:
    said = json.loads(line)
    method, answer = said.get("method"), {}
    if method == "initialize":
        answer = {"protocolVersion": version, "agentCapabilities": {}, "agentInfo": {"name": "tiny", "version": "7"}}
    elif method == "session/new":
        known = {"currentModeId": "ask", "availableModes": [{"id": each, "name": each} for each in modes]}
        answer = {"sessionId": "s", "modes": known if modes else None}
    elif method == "session/prompt":
        answer = {"stopReason": "end_turn"}
    told = {"error": {"code": refused[method], "message": "no"}} if method in refused else {"result": answer}
    if "id" in said:
        print(json.dumps({"jsonrpc": "2.0", "id": said["id"], **told}), flush=True)
"""


@pytest.fixture
def talk_with(repo, tmp_path):
    """A turn with a program that speaks this version, has these modes, and refuses these methods with these codes."""
    (tmp_path / "tiny.py").write_text(PROGRAM)

    def talk(version=1, modes=(), refused=None, **turn):
        words = (sys.executable, str(tmp_path / "tiny.py"), json.dumps([version, list(modes), refused or {}]))
        asked = replace(repo.turn(**turn), program=words)
        folder = tmp_path / "attempt"
        for each in (folder, asked.workspace, asked.home):
            each.mkdir(parents=True, exist_ok=True)
        env = agent_environment(asked, {})
        going = Going(asked, words, env, folder, threading.Event(), lambda *_: None, 2**20, "r/A.it/1")
        return AcpDriver().take_turn(going)

    return talk


def test_a_program_that_can_what_is_asked_takes_its_turn(talk_with):
    assert talk_with(modes=["ask", "code"], mode="code").stop == "end_turn"
    assert talk_with(mode="code").stop == "end_turn"


def test_another_version_of_the_protocol_is_told_before_the_prompt(talk_with):
    with pytest.raises(DriverError, match=r"tiny 7 speaks version 2 .*\n  mend: "):
        talk_with(version=2)


def test_a_mode_that_the_program_does_not_have_is_told_with_those_that_it_has(talk_with):
    with pytest.raises(DriverError, match=r"no mode 'agent'\n  mend: .*ask, code"):
        talk_with(modes=["ask", "code"], mode="agent")
    with pytest.raises(DriverError, match=r"no mode 'agent'.*\n  mend: "):
        talk_with(refused={"session/set_mode": -32602}, mode="agent")


def test_a_program_that_wants_a_login_is_told_with_the_mend(talk_with):
    with pytest.raises(DriverError, match=r"wants to be logged in.*\n  mend: .*`env`"):
        talk_with(refused={"session/new": -32000})


def test_a_session_that_is_refused_is_a_turn_that_could_not_begin(talk_with):
    with pytest.raises(DriverError, match=r"opened no session: no"):
        talk_with(refused={"session/new": -32603})
