"""A fake agent: it speaks the Agent Client Protocol and plays a script, so that a plan can be tried without a model.

    orchestrate agent-script SCRIPT.yaml

It shares no code with the driver. docs/reference/agent-scripts.md has the format of scripts. The n-th prompt of a task
plays the n-th round of the script. If there are fewer rounds, it plays the last one again. A file in HOME says what was
played, so a new process continues there.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

import yaml

from orchestrator.agents.script_steps import STEPS, Ended
from orchestrator.errors import OrchestratorError

PROTOCOL: Final = 1
MEMORY: Final = ".agent-script.json"
Step = Mapping[str, Any]


class ScriptError(OrchestratorError):
    """A script cannot be played."""

    exit_code = 2


def read_script(path: Path) -> dict[str, Any]:
    """The script in a file. Raises ScriptError with the mend."""
    try:
        script = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ScriptError(f"{path}: {error}\n  mend: name a readable file in YAML") from error
    except yaml.YAMLError as error:
        raise ScriptError(f"{path}: it is not YAML\n  mend: see docs/reference/agent-scripts.md") from error
    return checked(script, str(path))


def checked(script: Any, source: str) -> dict[str, Any]:  # noqa: ANN401 - whatever the file holds
    """The script, if it can be played. Raises ScriptError."""
    rounds = script.get("rounds") if isinstance(script, dict) else None
    if not isinstance(rounds, list) or not rounds:
        raise ScriptError(
            f"{source}: it has no rounds\n  mend: write `rounds: [[{{say: …}}]]`: a list of steps for each prompt"
        )
    for number, steps in enumerate(rounds, 1):
        for step in steps if isinstance(steps, list) else [steps]:
            if not (isinstance(step, dict) and len(step) == 1 and next(iter(step)) in STEPS):
                raise ScriptError(
                    f"{source}: round {number}: {step!r} is not a step\n  mend: write one of {', '.join(STEPS)}, "
                    f"with its value"
                )
    return dict(script)


class ScriptedAgent:
    """Plays a script over two streams of lines. root: the workspace, once a session is open."""

    def __init__(self, script: Mapping[str, Any], read: Callable[[], str], write: Callable[[str], object]) -> None:
        self._script = script
        self._read = read
        self._write = write
        self._ids = count(1)
        self._cancelled = False
        self._memory = Path(os.environ.get("HOME", ".")) / MEMORY
        self.session = ""
        self.servers: list[Mapping[str, Any]] = []
        self.root = Path.cwd()

    def serve(self) -> None:
        """Answer until the other side has gone."""
        while line := self._read():
            message = json.loads(line)
            if "method" in message:
                self._asked(message)

    def _asked(self, message: Mapping[str, Any]) -> None:
        method, params = message["method"], message.get("params") or {}
        if method == "session/cancel":
            self._cancelled = True
        elif method == "session/prompt":
            self._answer(message, {"stopReason": self._turn()})
        elif method in {"session/new", "session/load"}:
            self.servers = params.get("mcpServers") or []
            self.root = Path(params["cwd"])
            self.session = params.get("sessionId") or f"script-{os.getpid()}-{time.monotonic_ns()}"
            self._answer(message, {"sessionId": self.session} if method == "session/new" else {})
        elif method == "initialize":
            self._answer(message, self._greeting())
        elif "id" in message:
            self._answer(message, {})

    def _greeting(self) -> dict[str, Any]:
        return {
            "protocolVersion": PROTOCOL,
            "agentCapabilities": {"loadSession": bool(self._script.get("load", True))},
            "agentInfo": {"name": str(self._script.get("name", "agent-script")), "version": "1"},
        }

    def _turn(self) -> str:
        """Play the next round. Returns ACP's stop reason."""
        self._cancelled = False
        rounds = self._script["rounds"]
        steps = rounds[min(self._next_round(), len(rounds) - 1)]
        try:
            for step in steps if isinstance(steps, list) else [steps]:
                self._look()
                ((name, value),) = step.items()
                STEPS[name](self, value)
        except Ended as ended:
            return ended.reason
        return "end_turn"

    def _next_round(self) -> int:
        try:
            played = int(json.loads(self._memory.read_text("utf-8")))
        except (OSError, ValueError):
            played = 0
        self._memory.write_text(json.dumps(played + 1), "utf-8")
        return played

    def _look(self) -> None:
        if self._cancelled:
            raise Ended("cancelled")

    def _answer(self, message: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        self._send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    def _send(self, message: Mapping[str, Any]) -> None:
        self._write(json.dumps(message) + "\n")

    def update(self, sort: str, /, **said: Any) -> None:  # noqa: ANN401 - parts of the protocol
        """Tell something of the session."""
        params = {"sessionId": self.session, "update": {"sessionUpdate": sort, **said}}
        self._send({"jsonrpc": "2.0", "method": "session/update", "params": params})

    def request(self, method: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        """Ask the other side, and wait for the answer; a cancellation that comes first is taken note of."""
        number = next(self._ids)
        self._send({"jsonrpc": "2.0", "id": number, "method": method, "params": {"sessionId": self.session, **params}})
        while line := self._read():
            message = json.loads(line)
            if message.get("id") == number and "method" not in message:
                return dict(message.get("result") or {})
            if message.get("method") == "session/cancel":
                self._cancelled = True
            elif "method" in message:
                self._asked(message)
        raise SystemExit(0)

    def allowed(self, call: Mapping[str, Any]) -> bool:
        """Ask for permission for a call."""
        options = [
            {"optionId": "yes", "name": "Allow", "kind": "allow_once"},
            {"optionId": "no", "name": "Reject", "kind": "reject_once"},
        ]
        answered = self.request("session/request_permission", {"toolCall": call, "options": options})
        return bool(answered.get("outcome", {}).get("optionId") == "yes")


def play(path: Path) -> None:
    """Play the script in the file on the standard streams. Raises ScriptError."""

    def write(line: str) -> None:
        sys.stdout.write(line)
        sys.stdout.flush()

    ScriptedAgent(read_script(path), sys.stdin.readline, write).serve()


if __name__ == "__main__":
    play(Path(sys.argv[1]))
