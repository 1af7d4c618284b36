"""Ask a program which version of the Agent Client Protocol it speaks: `initialize`, and nothing more, so that
nothing is spent.
"""

import asyncio
import contextlib
import os
import signal
import tempfile
from typing import Any, Final

import acp
from acp import schema

from orchestrator.doctor.findings import Agent

PATIENCE: Final = 20.0
"""Seconds in which the agent must answer."""
LONGEST_LINE: Final = 1 << 20


class _Nobody:
    """Our side of the connection: an agent that is only greeted asks nothing."""


def greet(words: tuple[str, ...]) -> Agent:
    """The agent with its version, or with the reason why there is none. The program runs in an empty folder, and
    its group is ended.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="doctor-") as folder:
            return asyncio.run(_greeted(words, folder))
    except (OSError, acp.RequestError, ConnectionError, ValueError) as error:
        return Agent(words[0], why=str(error).partition("\n")[0][:200] or type(error).__name__)


async def _greeted(words: tuple[str, ...], folder: str) -> Agent:
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
        limit=LONGEST_LINE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    agent: Any = acp.connect_to_agent(_Nobody(), process.stdin, process.stdout)  # type: ignore[arg-type]  # it is asked nothing
    try:
        said = await asyncio.wait_for(agent.initialize(acp.PROTOCOL_VERSION, schema.ClientCapabilities()), PATIENCE)
    except TimeoutError:
        return Agent(words[0], why=f"it did not answer within {PATIENCE:.0f} s")
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
    info = getattr(said, "agent_info", None)
    name = f"{info.name} {info.version or ''}".strip() if info is not None else ""
    return Agent(words[0], int(said.protocol_version), name)
