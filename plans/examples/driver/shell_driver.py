"""A driver for `orchestrate`: a shell script that gets its brief as a file, and whose lines are told as progress."""

import shutil
import time
from dataclasses import replace

from orchestrator.agents.driver import Going
from orchestrator.agents.process import AgentProcess
from orchestrator.executors.output import CappedLog
from orchestrator.state.rounds import Talk


class ShellDriver:
    """Starts the program with the path of its brief as the last argument; its end is the end of the turn."""

    name = "shell"

    def problem(self, program: tuple[str, ...]) -> str | None:
        """Why it cannot work with this program, with the mend. Nothing is started, and nothing was spent yet."""
        if shutil.which(program[0]) is None:
            return f"{program[0]} is not there\n  mend: install it, or name another shell in the agent's `program`"
        return None

    def take_turn(self, going: Going) -> Talk:
        """One prompt. `going.argv` is the program in its sandbox, `going.env` all of its environment."""
        brief = going.turn.home / "brief.md"  # the agent sees its home and its workspace, and nothing else of ours
        brief.write_text(going.turn.brief, encoding="utf-8")
        until = None if going.turn.limits.seconds is None else time.monotonic() + going.turn.limits.seconds
        stop = ""
        with AgentProcess(replace(going, argv=(*going.argv, str(brief))), given="") as process:
            log = CappedLog(process.stdout, going.folder / "stdout.log", going.log_cap)
            while process.look() is None and not stop:
                log.pump()
                late = until is not None and time.monotonic() > until
                stop = "stopped" if going.stop.is_set() else "out of time" if late else ""
                time.sleep(0.02)
            process.end()  # every process of the agent, whatever it left behind
            log.pump()
            log.finish(made=True)
            code = process.ended.exit_code if process.ended else None
        said = (going.folder / "stdout.log").read_text("utf-8", "replace")
        for line in said.splitlines()[:100]:
            going.tell(line, None)
        return Talk(self.name, going.turn.program[0], "", stop or f"exit code {code}", going.turn.sandbox, said[-4000:])
