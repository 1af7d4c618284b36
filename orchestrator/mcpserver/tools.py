"""The server's tools and resources, with the official SDK. `Caller` implements them. This module has the texts that a
model reads.
"""

import json
from collections.abc import Callable
from typing import Annotated, Any, Final, Protocol, TypeVar

import anyio
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field

from orchestrator.environment import version
from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Claim
from orchestrator.mcpserver.caller import Caller
from orchestrator.state.transitions import Status

Who = Callable[[Context[Any, Any]], Caller]
"""On whose behalf a call is made."""

INSTRUCTIONS: Final = (
    "Work that is to be done and proven. `next_tasks` says what waits for you, `claim` takes one: you get a brief, a "
    "workspace (a git "
    "worktree) and a claim, which you give back to every other tool. Work in the workspace only. Say something at "
    "least every "
    "`lease_seconds` (`heartbeat`, `progress`), or the claim is lost. `hand_in` ends your turn: what you leave is "
    "committed, measured in "
    "a clean checkout and judged. `verdicts` says what came of it. What you say is kept as a claim and never counts "
    "as evidence."
)
T = TypeVar("T")
LOOK: Final = 0.2
LONGEST_WAIT: Final = 3600.0

ClaimText = Annotated[str, Field(description="what `claim` answered as `claim`")]
RunText = Annotated[str, Field(description="a run's id; the one under way unless given")]
TaskText = Annotated[str, Field(description="a task as GROUP.task")]


def make_mcp(who: Who) -> MCPServer[Any]:
    """A server whose calls are made on behalf of `who`."""
    server: MCPServer[Any] = MCPServer(
        "orchestrate", instructions=INSTRUCTIONS, version=version(), log_level="CRITICAL", subscriptions=False
    )
    reading(server, who)
    _claiming(server, who)
    _working(server, who)
    _ending(server, who)
    _asking(server, who)
    _resources(server, who)
    return server


class Reader(Protocol):
    """A caller that may read a run."""

    def plan(self, run: str = "") -> dict[str, Any]:
        """The plan with how it stands."""

    def next_tasks(self, run: str = "") -> list[dict[str, Any]]:
        """The turns that wait for it."""

    def verdicts(self, task: str, run: str = "") -> dict[str, Any]:
        """What became of a task's rounds."""


def reading(server: MCPServer[Any], who: Callable[[Context[Any, Any]], Reader]) -> None:
    """The tools by which a run is read."""

    @server.tool()
    def plan(ctx: Context[Any, Any], run: RunText = "") -> dict[str, Any]:
        """The plan: its tasks and criteria, and how each stands."""
        return said(lambda: who(ctx).plan(run))

    @server.tool()
    def next_tasks(ctx: Context[Any, Any], run: RunText = "") -> dict[str, Any]:
        """The tasks that wait to be claimed by you."""
        return said(lambda: {"tasks": who(ctx).next_tasks(run)})

    @server.tool()
    def verdicts(ctx: Context[Any, Any], task: TaskText, run: RunText = "") -> dict[str, Any]:
        """How a task stands, and the verdicts of its rounds: value, interval, target, and why."""
        return said(lambda: who(ctx).verdicts(task, run))


def _claiming(server: MCPServer[Any], who: Who) -> None:
    """The tools by which a turn begins."""

    @server.tool()
    def claim(
        ctx: Context[Any, Any],
        task: Annotated[str, Field(description="a task as GROUP.task; the first on offer unless given")] = "",
        run: RunText = "",
        name: Annotated[str, Field(description="what you call yourself, with your version")] = "",
    ) -> dict[str, Any]:
        """Take a task. Answers a claim, the brief, the workspace to work in, and how long you may be silent."""
        return said(lambda: who(ctx).claim(task, run, name))

    @server.tool()
    def brief(ctx: Context[Any, Any], claim: ClaimText) -> dict[str, Any]:
        """What you have claimed: the work, what it must PASS, what it may change, and the rounds so far."""
        return said(lambda: who(ctx).brief(claim))


def _working(server: MCPServer[Any], who: Who) -> None:
    """The tools by which a turn that is claimed is told of."""

    @server.tool()
    def heartbeat(ctx: Context[Any, Any], claim: ClaimText) -> dict[str, Any]:
        """Say that you are still at it."""
        return said(lambda: who(ctx).say(claim))

    @server.tool()
    def progress(ctx: Context[Any, Any], claim: ClaimText, text: str) -> dict[str, Any]:
        """Say what you are doing; people see it."""
        return said(lambda: who(ctx).say(claim, text))

    @server.tool()
    def submit_figure(  # noqa: PLR0913, PLR0917 - what a figure is
        ctx: Context[Any, Any], claim: ClaimText, metric: str, value: float, unit: str, text: str = ""
    ) -> dict[str, Any]:
        """Say a figure that you measured. It is kept as your claim, beside what is measured of your hand-in."""
        figure = Claim(metric, value, unit)
        return said(lambda: who(ctx).say(claim, text or f"{metric}: {value:g} {unit}", figure))


def _ending(server: MCPServer[Any], who: Who) -> None:
    """The tools by which a turn ends."""

    @server.tool()
    def release(ctx: Context[Any, Any], claim: ClaimText, why: str = "") -> dict[str, Any]:
        """Give the task back, without a hand-in. Another turn of it will be on offer."""
        return said(lambda: who(ctx).release(claim, why))

    @server.tool()
    async def hand_in(
        ctx: Context[Any, Any],
        claim: ClaimText,
        words: Annotated[str, Field(description="what you did, in a few words")] = "",
        wait: Annotated[float, Field(ge=0, le=LONGEST_WAIT, description="seconds to wait for the verdicts")] = 0,
    ) -> dict[str, Any]:
        """End your turn: what lies in the workspace is committed, measured and judged. Answers the commit, or why
        the round is lost.
        """
        caller = who(ctx)
        await ctx.report_progress(0, 2, "taking the hand-in")
        taken = await anyio.to_thread.run_sync(lambda: said(lambda: caller.hand_in(claim, words)))
        await ctx.report_progress(1, 2, "it is measured now" if taken["commit"] else "the round is lost")
        if not wait or not taken["commit"]:
            return taken
        run, task = claim.split("/")[:2]
        found = await _judged(caller, task, run, wait)
        await ctx.report_progress(2, 2, found["stands"])
        return {**taken, **found}


def _asking(server: MCPServer[Any], who: Who) -> None:
    """The tools by which people are asked."""

    @server.tool()
    def ask_person(ctx: Context[Any, Any], claim: ClaimText, question: str) -> dict[str, Any]:
        """Put a question to people. Nobody is waited for: go on as well as you can. `answers` has what they say."""
        return said(lambda: who(ctx).ask(claim, question))

    @server.tool()
    def answers(ctx: Context[Any, Any], claim: ClaimText) -> dict[str, Any]:
        """What you asked people about your task, and what they answered so far."""
        return said(lambda: {"answers": who(ctx).answers(claim)})


async def _judged(caller: Caller, task: str, run: str, wait: float) -> dict[str, Any]:
    """How the task stands once its hand-in is judged, or the time is over."""
    with anyio.move_on_after(wait):
        while caller.known.seen(run, lambda look: look.state.tasks[task].status) is Status.HANDED_IN:  # noqa: ASYNC110 - nothing tells of it
            await anyio.sleep(LOOK)
    return caller.verdicts(task, run)


def _resources(server: MCPServer[Any], who: Who) -> None:
    """What a client can read beside the tools."""

    @server.resource("orchestrate://{run}/plan", mime_type="application/json")
    def plan_of(run: str, ctx: Context[Any, Any]) -> str:
        """The plan of a run, and how it stands."""
        return json.dumps(said(lambda: who(ctx).plan(run)), indent=2)

    @server.resource("orchestrate://{run}/report", mime_type="text/markdown")
    def report(run: str, ctx: Context[Any, Any]) -> str:
        """The report of a run, as far as it got."""
        return said(lambda: who(ctx).report(run))

    @server.resource("orchestrate://{run}/evidence/{task}", mime_type="application/json")
    def evidence(run: str, task: str, ctx: Context[Any, Any]) -> str:
        """What was measured in a task of a run."""
        return json.dumps(said(lambda: who(ctx).evidence(task, run)), indent=2)


def said(call: Callable[[], T]) -> T:
    """The answer, or what went wrong as an error that the model reads."""
    try:
        return call()
    except OrchestratorError as error:
        raise ToolError(str(error)) from error
