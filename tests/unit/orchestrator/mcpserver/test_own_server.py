"""Agents that we drive ask about their own task, from within their sandbox, by a relay."""

import asyncio
import shutil
import sys
from pathlib import Path

import pytest
import yaml
from mcp import Client, StdioServerParameters

from orchestrator.agents import mcp_relay
from orchestrator.agents import script as script_module
from orchestrator.agents.permission import OUR_TOOLS
from orchestrator.mcpserver.own import OwnServer
from orchestrator.state import events as e

SANDBOXES = [
    pytest.param(
        "bubblewrap",
        marks=[pytest.mark.slow, pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")],
    ),
    "none",
]


@pytest.mark.parametrize("sandbox", SANDBOXES)
def test_an_agent_in_its_sandbox_asks_what_it_must_prove_and_why_it_was_refused(
    project, runs, shell, kit_for_agents, sandbox
):
    pytest.importorskip("acp")
    rounds = [
        [{"write": {"src/a.txt": "one\n"}}, {"tool": {"name": "progress", "with": {"text": "from inside"}}},
        {"tool": {"name": "submit_figure", "with": {"metric": "n", "value": 7, "unit": "files"}}}],
        [{"tool": {"name": "brief"}}, {"write": {"src/a.txt": "one\ntwo\n"}}],
    ]  # fmt: skip
    (project / "script.yaml").write_text(yaml.safe_dump({"rounds": rounds}))
    program = [sys.executable, script_module.__file__, str(project / "script.yaml")]
    plan = kit_for_agents.plan_data(driver="acp", program=program, sandbox=sandbox)
    Path("plan.yaml").write_text(yaml.safe_dump(plan))
    done = shell("run", "-q", "--no-page", "plan.yaml")
    record = runs.state(runs.latest).tasks["A.it"]
    assert (done.returncode, [one.passed for one in record.rounds]) == (0, [False, True]), (done.stderr, record.rounds)
    noted = [each.event for each in runs.events(runs.latest) if isinstance(each.event, e.TaskNoted)]
    assert "from inside" in [each.text for each in noted]
    assert [each.claim.value for each in noted if each.claim] == [7.0]
    assert "Write two lines." in record.rounds[1].talk.said
    assert "the whole interval misses the target" in record.rounds[1].talk.said


def test_who_has_no_token_of_an_attempt_is_answered_nothing(tmp_path):
    async def ask(socket, token):
        words = StdioServerParameters(
            command=sys.executable,
            args=["-I", "-S", mcp_relay.__file__, str(socket)],
            env={"ORCHESTRATE_MCP_TOKEN": token},
        )
        async with asyncio.timeout(30), Client(words) as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    with OwnServer(tmp_path) as server:
        with server.hatch("r", "A.x", "Do it.", lambda _text, _claim: None) as hatch:
            assert asyncio.run(ask(hatch.socket, hatch.token)) == OUR_TOOLS  # what an agent may call without asking
            with pytest.raises(BaseException):  # noqa: B017 - of which kind is the SDK's affair
                asyncio.run(ask(hatch.socket, "guessed"))
        with pytest.raises(BaseException):  # noqa: B017 - as above
            asyncio.run(ask(hatch.socket, hatch.token))  # its attempt is over
