"""The steps of an agent's script: what each key of a step does."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from orchestrator.agents.script import ScriptedAgent

GREETING: Final[Mapping[str, Any]] = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "agent-script", "version": "1"},
}
"""What a client of the Model Context Protocol says first."""


class Ended(Exception):  # noqa: N818 - it is how a turn ends, not a fault
    """The turn is over. reason: ACP's stop reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _say(agent: "ScriptedAgent", text: Any) -> None:  # noqa: ANN401 - a step's value
    agent.update("agent_message_chunk", content={"type": "text", "text": str(text)})


def _write(agent: "ScriptedAgent", files: Any) -> None:  # noqa: ANN401
    for path, content in files.items():
        place = agent.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(str(content), "utf-8")


def _append(agent: "ScriptedAgent", files: Any) -> None:  # noqa: ANN401
    for path, content in files.items():
        with (agent.root / path).open("a", encoding="utf-8") as file:
            file.write(str(content))


def _delete(agent: "ScriptedAgent", paths: Any) -> None:  # noqa: ANN401
    for path in [paths] if isinstance(paths, str) else paths:
        (agent.root / path).unlink()


def _link(agent: "ScriptedAgent", links: Any) -> None:  # noqa: ANN401
    for path, target in links.items():
        (agent.root / path).unlink(missing_ok=True)
        (agent.root / path).symlink_to(target)


def _run(agent: "ScriptedAgent", argv: Any) -> None:  # noqa: ANN401
    """Run a program, without asking: only the sandbox is in its way."""
    words = ["sh", "-c", argv] if isinstance(argv, str) else [str(word) for word in argv]
    agent.update(
        "tool_call",
        toolCallId=f"run-{time.monotonic_ns()}",
        title=" ".join(words)[:100],
        kind="execute",
        status="in_progress",
    )
    done = subprocess.run(words, cwd=agent.root, capture_output=True, check=False, text=True, errors="replace")
    _say(agent, f"[exit {done.returncode}] {(done.stdout + done.stderr)[-500:]}")


def _ask(agent: "ScriptedAgent", asked: Any) -> None:  # noqa: ANN401
    """Ask for permission as agents do, the call told in pieces; then do it if it is allowed."""
    call = {
        "toolCallId": f"ask-{time.monotonic_ns()}",
        "title": str(asked.get("title", "a call")),
        "kind": asked.get("kind", "other"),
    }
    raw = {key: value for key, value in asked.items() if key in {"command", "path"}}
    agent.update("tool_call", **call, status="pending", rawInput=raw)
    if agent.allowed({"toolCallId": call["toolCallId"]}):
        agent.update("tool_call_update", toolCallId=call["toolCallId"], status="completed")
        for step in asked.get("then", []):
            ((name, value),) = step.items()
            STEPS[name](agent, value)
    else:
        agent.update("tool_call_update", toolCallId=call["toolCallId"], status="failed")


def _plan(agent: "ScriptedAgent", entries: Any) -> None:  # noqa: ANN401
    told = [{"content": text, "priority": "medium", "status": status} for text, status in entries.items()]
    agent.update("plan", entries=told)


def _usage(agent: "ScriptedAgent", said: Any) -> None:  # noqa: ANN401
    agent.update("usage_update", **said)


def _model(agent: "ScriptedAgent", asked: Any) -> None:  # noqa: ANN401
    """Ask the model whose address is in the environment: a claim of usage is another step."""
    import urllib.error  # noqa: PLC0415 - few scripts need it
    import urllib.request  # noqa: PLC0415

    base = os.environ.get(str(asked.get("base", "OPENAI_BASE_URL")), "")
    body = json.dumps(asked.get("body", {"model": asked.get("model", "scripted"), "messages": []})).encode()
    token = os.environ.get(str(asked.get("key", "OPENAI_API_KEY")), "")
    head = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "x-api-key": token}
    for _ in range(int(asked.get("times", 1))):
        request = urllib.request.Request(base + str(asked.get("path", "/chat/completions")), body, head)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answered:  # noqa: S310
                _say(agent, f"[model {answered.status}] {answered.read()[:200].decode('utf-8', 'replace')}")
        except urllib.error.HTTPError as error:
            _say(agent, f"[model {error.code}]")
            if asked.get("end", True):
                raise Ended("end_turn") from error


def _tool(agent: "ScriptedAgent", asked: Any) -> None:  # noqa: ANN401
    """Call a tool of a server of the Model Context Protocol that the session was given, and say what it answers."""
    found = next((each for each in agent.servers if each["name"] == asked.get("server", "orchestrate")), None)
    if found is None:
        _say(agent, "[there is no such server]")
        return
    env = {**os.environ, **{each["name"]: each["value"] for each in found.get("env") or []}}
    program = [found["command"], *found["args"]]
    call = {"name": asked["name"], "arguments": asked.get("with") or {}}
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=env) as server:
        _answered(server, {"id": 1, "method": "initialize", "params": GREETING})
        _answered(server, {"method": "notifications/initialized"})
        answer = _answered(server, {"id": 2, "method": "tools/call", "params": call})
    told = "".join(each.get("text", "") for each in (answer.get("result") or {}).get("content", []))
    _say(agent, f"[{asked['name']}] {told}" if answer else f"[{asked['name']}] no answer")


def _answered(server: "subprocess.Popen[bytes]", message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The server's answer to a message; {} to one without an id, and where the server ends before it answers."""
    assert server.stdin is not None
    assert server.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        server.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        while "id" in message and (line := server.stdout.readline()):
            said: Mapping[str, Any] = json.loads(line)
            if said.get("id") == message["id"]:
                return said
    return {}


def _sleep(agent: "ScriptedAgent", seconds: Any) -> None:  # noqa: ANN401, ARG001
    time.sleep(float(seconds))


def _leave(agent: "ScriptedAgent", argv: Any) -> None:  # noqa: ANN401
    """Leave a process behind, in a session and with streams of its own."""
    words = ["sh", "-c", argv] if isinstance(argv, str) else [str(word) for word in argv]
    subprocess.Popen(
        words,
        cwd=agent.root,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _hang(agent: "ScriptedAgent", seconds: Any) -> None:  # noqa: ANN401, ARG001
    """Neither answer nor heed a TERM."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(float(seconds))


def _crash(agent: "ScriptedAgent", code: Any) -> None:  # noqa: ANN401, ARG001
    os._exit(int(code))


def _stop(agent: "ScriptedAgent", reason: Any) -> None:  # noqa: ANN401, ARG001
    raise Ended(str(reason))


def _send(agent: "ScriptedAgent", text: Any) -> None:  # noqa: ANN401
    """Send a line unchanged, valid or not."""
    agent._write(f"{text}\n")  # noqa: SLF001 - the raw stream is what the step is for


STEPS: Final[Mapping[str, Callable[["ScriptedAgent", Any], None]]] = {
    "say": _say, "write": _write, "append": _append, "delete": _delete, "link": _link, "run": _run, "ask": _ask,
    "plan": _plan,
    "usage": _usage, "model": _model, "tool": _tool, "sleep": _sleep, "leave": _leave, "hang": _hang, "crash": _crash,
    "stop": _stop, "send": _send,
}  # fmt: skip
