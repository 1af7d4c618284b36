"""A model that plays a script, over the dialects that agents speak: OpenAI chat and responses, Anthropic messages,
Gemini.

A step for each answer: {"write": PATH, "content": TEXT}, {"read": PATH}, {"shell": COMMAND}, {"tool": NAME, "args":
{}} for a tool of a server of the Model Context Protocol, or {"say": TEXT}, which ends the turn; "delay": SECONDS
beside any, "args": {} for further arguments of a call. Which is next is read from the request's own history, so that
an agent which is started again goes on where it was. A request without tools (a title, a summary) gets a word and uses
up no step.
"""

import json
import re
import shlex
import threading
from collections.abc import Sequence
from typing import Any

from provider_double import Answered, Asked, ProviderDouble, as_events, as_json

Json = dict[str, Any]
WRITERS = re.compile(r"write(_?file)?", re.IGNORECASE)
READERS = re.compile(r"read(_?file)?", re.IGNORECASE)
SHELLS = re.compile(r"bash|(run_)?shell(_command)?|exec_command", re.IGNORECASE)
PATHS = ("filePath", "file_path", "path")
TEXTS = ("content", "file_text")
COMMANDS = ("command", "cmd")
NAME = "scripted"
WHERE = re.compile(r"/[^\s\"\\]+/0/workspace")
"""Where an agent's workspace stands, if a request tells it."""


def tools_of(body: Json) -> dict[str, Json]:
    """The schema of each tool that a request offers, by name; by SPACE.NAME where tools stand in a space of names."""
    found = {}
    for tool in body.get("tools") or []:
        for one in tool.get("functionDeclarations") or tool.get("tools") or [tool.get("function", tool)]:
            schema = one.get("parameters") or one.get("input_schema") or one.get("parametersJsonSchema") or {}
            space = f"{tool['name']}." if tool.get("type") == "namespace" else ""
            found[f"{space}{one.get('name', '')}"] = schema
    return found


def call_of(step: Json, tools: dict[str, Json]) -> tuple[str, Json]:
    """The step as a call of one of the tools, whatever this agent names it."""
    if "tool" in step:  # agents put the server's name before it
        name = next((each for each in tools if re.search(rf"(?:^|[_.]){step['tool']}$", each)), step["tool"])
        return name, step.get("args", {})
    names = WRITERS if "write" in step else READERS if "read" in step else SHELLS
    name = next((each for each in tools if names.fullmatch(each)), "")
    if "write" in step and not name:  # an agent that has only a shell
        command = f"printf %s {shlex.quote(step['content'])} > {shlex.quote(step['write'])}"
        return call_of({"shell": command}, tools)
    known, needed = tools.get(name, {}).get("properties", {}), tools.get(name, {}).get("required", [])
    fillers = {"boolean": False, "number": 1, "integer": 1}
    args = {key: fillers.get(known.get(key, {}).get("type"), NAME) for key in needed}
    told = {"write": PATHS, "read": PATHS, "content": TEXTS, "shell": COMMANDS}
    for keys, value in ((told[each], step[each]) for each in told if each in step):
        key = next((each for each in keys if each in known), keys[0])
        args[key] = ["bash", "-c", value] if known.get(key, {}).get("type") == "array" else value
    return name, args | step.get("args", {})


class ScriptedModel:
    """Answers as its script says. per_call: tokens in and out of each answer. `turns` says which step ends a turn.

    free: set to end every delay.
    """

    def __init__(self, script: Sequence[Json], per_call: tuple[int, int] = (1000, 50)) -> None:
        self.script, self.per_call = list(script), per_call
        self.played: list[str] = []
        self.free = threading.Event()

    def __call__(self, asked: Asked) -> Answered:
        path = asked.path.partition("?")[0]
        speak = next((dialect for end, dialect in DIALECTS.items() if path.endswith(end)), None)
        if speak is None:
            return as_json({"error": {"type": "not_found", "message": path}}, 404)
        tools = tools_of(asked.body)
        step = self.step(asked.body) if tools else {"say": NAME}
        self.free.wait(step.get("delay", 0))
        name, args = ("", {}) if "say" in step else call_of(_placed(step, asked.body), tools)
        self.played.append(name or "text")
        whole, events = speak(name, args, step.get("say", ""), f"call_{len(self.played)}", *self.per_call)
        streamed = asked.body.get("stream") or path.endswith(":streamGenerateContent")
        return as_events(events, done=speak is chat) if streamed else as_json(whole)

    def step(self, body: Json) -> Json:
        """The step after those that the history holds."""
        at = _steps_taken(body, {step["say"] for step in self.script if "say" in step})
        return self.script[at] if at < len(self.script) else {"say": "The script is over."}


def double(model: ScriptedModel) -> ProviderDouble:
    """The model on loopback."""
    return ProviderDouble(model)


def _placed(step: Json, body: Json) -> Json:
    """The step with its path below the folder that the request tells, for an agent whose tools take no other."""
    told = WHERE.search(json.dumps(body))
    return {**step, **{key: f"{told[0]}/{step[key]}" for key in ("write", "read") if told and key in step}}


def _steps_taken(body: Json, said: set[str]) -> int:
    at = 0
    for item in body.get("messages") or body.get("input") or body.get("contents") or []:
        at += item.get("type") in {"function_call", "custom_tool_call", "local_shell_call"}
        if item.get("role") in {"assistant", "model"}:
            content = item.get("content") or item.get("parts") or []
            parts = [{"text": content}] if isinstance(content, str) else content
            at += len(item.get("tool_calls") or [])
            at += sum(
                part.get("type") == "tool_use" or "functionCall" in part or part.get("text") in said for part in parts
            )
    return at


def chat(name: str, args: Json, text: str, ident: str, read: int, written: int) -> tuple[Json, list[Json]]:  # noqa: PLR0913, PLR0917 - a dialect
    """OpenAI chat completions."""
    calls = [{"index": 0, "id": ident, "type": "function", "function": {"name": name, "arguments": json.dumps(args)}}]
    message = {"role": "assistant", "content": text or None} | ({"tool_calls": calls} if name else {})
    head, end = {"id": ident, "created": 1, "model": NAME}, "tool_calls" if name else "stop"
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    chunk = head | {"object": "chat.completion.chunk"}
    choices = [{"index": 0, "message": message, "finish_reason": end}]
    return head | {"object": "chat.completion", "choices": choices, "usage": usage}, [
        chunk | {"choices": [{"index": 0, "delta": message, "finish_reason": None}]},
        chunk | {"choices": [{"index": 0, "delta": {}, "finish_reason": end}]},
        chunk | {"choices": [], "usage": usage},
    ]


def responses(name: str, args: Json, text: str, ident: str, read: int, written: int) -> tuple[Json, list[Json]]:  # noqa: PLR0913, PLR0917
    """OpenAI responses."""
    item: Json = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }
    if name:
        space, _, bare = name.rpartition(".")
        item = {"type": "function_call", "call_id": ident, "name": bare, "arguments": json.dumps(args)}
        item |= {"namespace": space} if space else {}
    item |= {"id": f"item_{ident}", "status": "completed"}
    usage = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
    usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
    head = {"id": f"resp_{ident}", "object": "response", "model": NAME}
    done = head | {"status": "completed", "output": [item], "usage": usage}
    return done, [
        {"type": "response.created", "response": head | {"status": "in_progress", "output": [], "usage": None}},
        {"type": "response.output_item.added", "output_index": 0, "item": item},
        {"type": "response.output_item.done", "output_index": 0, "item": item},
        {"type": "response.completed", "response": done},
    ]


def messages(name: str, args: Json, text: str, ident: str, read: int, written: int) -> tuple[Json, list[Json]]:  # noqa: PLR0913, PLR0917
    """Anthropic messages."""
    block: Json = {"type": "text", "text": text}
    if name:
        block = {"type": "tool_use", "id": f"toolu_{ident}", "name": name, "input": args}
    empty, end = (
        {"input": {}} if name else {"text": ""},
        {"stop_reason": "tool_use" if name else "end_turn", "stop_sequence": None},
    )
    delta = (
        {"type": "input_json_delta", "partial_json": json.dumps(args)} if name else {"type": "text_delta", "text": text}
    )
    usage = {
        "input_tokens": read,
        "output_tokens": written,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
    }
    whole = {
        "id": f"msg_{ident}",
        "type": "message",
        "role": "assistant",
        "model": NAME,
        "content": [block],
        "usage": usage,
    } | end
    return whole, [
        {"type": "message_start", "message": whole | {"content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": block | empty},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": end, "usage": usage},
        {"type": "message_stop"},
    ]


def gemini(name: str, args: Json, text: str, ident: str, read: int, written: int) -> tuple[Json, list[Json]]:  # noqa: PLR0913, PLR0917
    """Gemini."""
    part: Json = {"functionCall": {"name": name, "args": args}} if name else {"text": text}
    usage = {"promptTokenCount": read, "candidatesTokenCount": written, "totalTokenCount": read + written}
    candidate = {"index": 0, "content": {"role": "model", "parts": [part]}, "finishReason": "STOP"}
    whole = {"candidates": [candidate], "usageMetadata": usage, "modelVersion": NAME, "responseId": ident}
    return whole, [whole]


DIALECTS = {
    "/chat/completions": chat,
    "/responses": responses,
    "/messages": messages,
    ":generateContent": gemini,
    ":streamGenerateContent": gemini,
}
