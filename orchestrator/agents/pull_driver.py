"""The driver `pull` starts no program. It offers the turn until an agent that came by itself claims it and hands in."""

import threading
import time
from typing import Final

from orchestrator.agents.driver import SAID_LIMIT, Going, Lost
from orchestrator.executors.order import TurnEnd
from orchestrator.state.rounds import Talk

LOOK: Final = 0.05
OUTSIDE: Final = "none: it came by itself"


class PullDriver:
    """Waits for who claims the turn over MCP (`orchestrate mcp`, `orchestrate serve`)."""

    name = "pull"

    def problem(self, program: tuple[str, ...]) -> str | None:
        """A program is never started; that one is named must be a mistake."""
        return (
            f"driver pull starts no program, and {program[0]!r} is named\n  mend: remove `program`" if program else None
        )

    def take_turn(self, going: Going) -> Talk:
        """From the offer to the hand-in. Raises Lost if the agent that claimed it gave it back or went silent."""
        ended, found = threading.Event(), list[TurnEnd]()

        def end(how: TurnEnd) -> None:
            found.append(how)
            ended.set()

        going.offer(end)
        limit = going.turn.limits.seconds
        deadline = None if limit is None else time.monotonic() + limit
        while not ended.wait(LOOK):
            late = deadline is not None and time.monotonic() > deadline
            if going.stop.is_set() or late:
                return Talk(self.name, stop="stopped" if going.stop.is_set() else "out of time", sandbox=OUTSIDE)
        (how,) = found[:1]
        if how.lost:
            raise Lost(how.lost)
        return Talk(self.name, how.name, stop="handed in", sandbox=OUTSIDE, said=how.said[-SAID_LIMIT:])
