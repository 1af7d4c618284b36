"""The driver `command`: any program that takes a brief on standard input, works in the current folder, and ends."""

import time
from typing import Final

from orchestrator.agents.driver import SAID_LIMIT, Going
from orchestrator.agents.process import AgentProcess, missing
from orchestrator.agents.silence import Silence
from orchestrator.executors.output import CappedLog
from orchestrator.state.rounds import Talk

LOOK: Final = 0.02


class CommandDriver:
    """Starts the program with the brief on its standard input; the end of the program is the end of the turn."""

    name = "command"

    def problem(self, program: tuple[str, ...]) -> str | None:
        """Why it could not work with this program; None where it could."""
        return missing(program)

    def take_turn(self, going: Going) -> Talk:
        """One run of the program. Raises DriverError where it could not be started."""
        turn = going.turn
        with AgentProcess(going, turn.brief) as process:
            log = CappedLog(process.stdout, going.folder / "stdout.log", going.log_cap)
            deadline = None if turn.limits.seconds is None else time.monotonic() + turn.limits.seconds
            stop, silence = "", Silence(turn.silent, lambda text: going.tell(text, None))
            while process.look() is None and not stop:
                log.pump()
                silence.look(log.seen)
                late = deadline is not None and time.monotonic() > deadline
                stop = "stopped" if going.stop.is_set() else "out of time" if late else ""
                time.sleep(LOOK)
            process.end()
            log.pump()
            log.close()
            code = process.ended.exit_code if process.ended else None
        return Talk(self.name, turn.program[0], "", stop or f"exit code {code}", turn.sandbox, _tail(going))


def _tail(going: Going) -> str:
    try:
        return (going.folder / "stdout.log").read_bytes()[-SAID_LIMIT:].decode("utf-8", "replace")
    except OSError:
        return ""
