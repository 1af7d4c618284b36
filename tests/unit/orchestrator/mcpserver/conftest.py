"""A real run in this process that waits for agents to come, and the SDK's own client over a real socket."""

import asyncio
import subprocess
import threading
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

pytest.importorskip("mcp")

import httpx2
import yaml
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from orchestrator.api.running import run
from orchestrator.engine.options import RunOptions
from orchestrator.mcpserver.known import Known
from orchestrator.mcpserver.web import McpHttp
from orchestrator.runs import Runs

COUNT = """n=$(wc -l < ${checkout}/src/a.txt); echo "{\\"kind\\":\\"measurement\\",\\"metric\\":\\"n\\",\\"unit\\":\\"files\\",\\"values\\":[$n],\\"method\\":\\"wc\\"}" >> "$ORCHESTRATE_EVIDENCE" """  # noqa: E501
QUIET = RunOptions(page=False, jobs=2)


def plan_data(**agent):
    """Two lines are wanted of an agent that comes by itself; a program counts them."""
    tasks = [
        {"id": "it", "title": "It", "brief": "Write two lines.", "workspace": {"repo": ".", "base": "main"},
        "writes": ["src/**"], "until": ["lines"], "rounds": 3},
        {"id": "count", "title": "Count", "agent": "CI", "measures": "it", "command": ["sh", "-c", COUNT],
        "metrics": [{"name": "n", "unit": "files", "better": "higher"}]},
    ]  # fmt: skip
    criteria = [{"id": "lines", "title": "Lines", "metric": "n", "target": ">= 2 files"}]
    return {
        "schema": 1, "id": "pull", "title": "Pull",
        "agents": {
            "X": {"specialty": "writing", "driver": "pull", "silent": "60s", **agent},
            "CI": {"specialty": "measuring", "driver": "command"},
        },
        "workstreams": {"A": {"title": "A", "lead": "X", "tasks": tasks, "success_criteria": criteria}},
    }  # fmt: skip


class Work:
    """A run under way in a thread. outcome: once it has ended."""

    def __init__(self):
        self.outcome = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        self.outcome = run("plan.yaml", options=QUIET)

    def join(self):
        self._thread.join(120)
        assert self.outcome is not None
        return self.outcome


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with the plan in it."""
    monkeypatch.chdir(tmp_path)
    Path("src").mkdir()
    Path("src/a.txt").write_text("a\n")
    for words in (
        ("init", "-q", "-b", "main", "."),
        ("add", "src"),
        ("-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "one"),
    ):
        subprocess.run(["git", *words], check=True)
    Path("plan.yaml").write_text(yaml.safe_dump(plan_data()))
    return tmp_path


@pytest.fixture
def kit_for_agents():
    """What these tests share."""

    class Kit:
        pass

    kit = Kit()
    kit.plan_data, kit.Work, kit.connected, kit.call, kit.offered = plan_data, Work, connected, call, offered
    return kit


@asynccontextmanager
async def connected(served, agent="X"):
    """The SDK's client with the agent's token."""
    headers = {"Authorization": f"Bearer {served.tokens[agent]}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        Client(streamable_http_client(served.url, http_client=http)) as client,
    ):
        yield client


async def call(client, tool, **given):
    """What a tool answers; an error as its text under "error"."""
    answered = await client.call_tool(tool, given)
    return {"error": answered.content[0].text} if answered.is_error else answered.structured_content


async def offered(client):
    """Claim the task as soon as it is on offer."""
    for _ in range(600):
        claimed = await call(client, "claim", name="tester 1")
        if "error" not in claimed:
            return claimed
        await asyncio.sleep(0.05)
    raise AssertionError(claimed)


@pytest.fixture
def served(project):  # noqa: ARG001 - its folder is the current one
    """The server for agent X and for another one."""
    known = Known(Path(".orchestrate").absolute())
    with McpHttp(known, ["X", "Y"]) as server:
        yield server
    known.close()


@pytest.fixture
def runs(project):  # noqa: ARG001 - as above
    return Runs()
