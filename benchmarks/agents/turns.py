"""What a turn of an agent costs beside the bare exchange over ACP, and what memory of ours is held while many work at
once.

    python benchmarks/agents/turns.py [--turns 8] [--agents 32]

Both do the same with the same program (a script that does nothing): start it, initialize, open a session, prompt once,
end it. Bars: 250 ms of ours a turn, 60 MiB of ours an agent, 1 GiB of ours for 32 agents. "Of ours" is the
orchestrator's process, launchers and relays included, without the agents' programs. Needs bubblewrap for the sandboxed
figure.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil

from orchestrator.agents import script
from orchestrator.agents.acp_driver import AcpDriver
from orchestrator.agents.driver import Going, agent_environment
from orchestrator.agents.turn import carry_turn
from orchestrator.executors.agentwork import Turn
from orchestrator.executors.order import WorkOrder

ROOT = Path(__file__).parents[2]
TURN_BAR, AGENT_BAR, ALL_BAR = 250.0, 60.0, 1024.0
SCRIPT = script.__file__


class Scene:
    """A repository, and scripts to play in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["sh", ROOT / "plans/examples/agents/make-repo.sh", folder / "repo"], check=True)
        (folder / "project").mkdir()
        (folder / "project/nothing.yaml").write_text("name: nothing\nrounds: [[{say: done}]]\n")
        (folder / "project/waits.yaml").write_text("name: waits\nrounds: [[{sleep: 600}]]\n")

    def order(self, number: int, script: str, sandbox: str) -> WorkOrder:
        """One turn."""
        place = self.folder / "state" / f"{script}-{sandbox}-{number}"
        turn = Turn(
            agent="A", driver="acp", program=(sys.executable, SCRIPT, str(self.folder / f"project/{script}.yaml")),
            env=(), mode=None, brief="Do it.",
            session="", repo=self.folder / "repo", base="main", onto=None, workspace=place / "workspace",
            home=place / "home",
            branch=f"b/{script}-{sandbox}-{number}", writes=("src/**",), pinned=(), run=(), network=False,
            sandbox=sandbox, silent=1200, number=1,
        )  # fmt: skip
        project, cache = self.folder / "project", self.folder / "state/cache/T"
        for each in (project, cache):
            each.mkdir(parents=True, exist_ok=True)
        return WorkOrder("bench", f"{script}{number}", number, place / "attempt", project, cache, turn=turn)

    def bare(self, number: int) -> None:
        """The same exchange, with nothing around it."""
        order = self.order(number, "nothing", "none")
        assert order.turn is not None
        turn = replace(order.turn, workspace=self.folder / "bare", home=self.folder / "bare-home")
        for each in (turn.workspace, turn.home, order.folder):
            each.mkdir(parents=True, exist_ok=True)
        going = Going(
            turn,
            turn.program,
            agent_environment(turn, {}),
            order.folder,
            threading.Event(),
            lambda *_: None,
            2**20,
            f"bench/{number}",
        )
        assert AcpDriver().take_turn(going).stop == "end_turn"

    def ours(self, number: int, sandbox: str) -> None:
        """A whole turn: workspace, sandbox, exchange, hand-in."""
        result = carry_turn(self.order(number, "nothing", sandbox), threading.Event(), lambda _: None)
        assert result.talk is not None
        assert result.talk.stop == "end_turn"


def milliseconds(what: Callable[[], None]) -> float:
    """Of one call."""
    start = time.perf_counter()
    what()
    return (time.perf_counter() - start) * 1000


def of_ours() -> float:
    """MiB that this process and its descendants hold by themselves, without the agents' programs."""
    total = 0
    me = psutil.Process()
    for each in (me, *me.children(recursive=True)):
        try:
            words = each.cmdline()
            if each.pid == me.pid or SCRIPT not in words or words[0] == "bwrap" or "relay.py" in " ".join(words):
                full = each.memory_full_info()
                total += full.pss if getattr(full, "pss", 0) else full.rss
        except psutil.Error:
            continue
    return total / 2**20


def memory(scene: Scene, agents: int, sandbox: str) -> tuple[float, float]:
    """MiB before any agent works, and the most while all of them do."""
    before, stop, most = of_ours(), threading.Event(), 0.0
    with ThreadPoolExecutor(agents) as pool:
        turns = [
            pool.submit(carry_turn, scene.order(each, "waits", sandbox), stop, lambda _: None) for each in range(agents)
        ]
        deadline = time.monotonic() + 45
        while time.monotonic() < deadline:
            time.sleep(3)
            most = max(most, of_ours())
        stop.set()
        for each in turns:
            each.result(60)
    return before, most


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--turns", type=int, default=8)
    asked.add_argument("--agents", type=int, default=32)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        scene = Scene(Path(folder))
        scene.bare(0)
        kinds = ("none", "bubblewrap")
        rows = [
            (
                milliseconds(lambda each=each: scene.bare(each)),
                *(milliseconds(lambda each=each, kind=kind: scene.ours(each, kind)) for kind in kinds),
            )
            for each in range(1, given.turns + 1)
        ]
        print(f"{given.turns} turns each, by turns; milliseconds, median")
        bare = statistics.median(row[0] for row in rows)
        print(f"  bare exchange over ACP       {bare:7.0f}")
        for index, kind in enumerate(kinds, 1):
            added = statistics.median(row[index] - row[0] for row in rows)
            word = "met" if added <= TURN_BAR else "MISSED"
            print(
                f"  a turn, sandbox {kind:11} {bare + added:7.0f}   of ours {added:6.0f}, the bar is {TURN_BAR:g}: "
                f"{word}"
            )
        before, most = memory(scene, given.agents, "none")
        each = (most - before) / given.agents
        print(
            f"{given.agents} agents at once: {most:.0f} MiB of ours, the bar is {ALL_BAR:g}: "
            f"{'met' if most <= ALL_BAR else 'MISSED'}"
        )
        print(
            f"  {each:.1f} MiB an agent beside {before:.0f} MiB without any, the bar is {AGENT_BAR:g}: "
            f"{'met' if each <= AGENT_BAR else 'MISSED'}"
        )


if __name__ == "__main__":
    main()
