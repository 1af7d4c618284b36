"""Answer an agent's permission requests from the plan, at once. No person is asked, because nobody may be there. Pure,
except that it resolves links.

An agent describes a call in pieces, and its request may contain only the call's id. So a request is judged by
everything that was said about the call.
"""

import fnmatch
import os
import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

PATH_KEYS: Final = ("path", "file_path", "filePath", "filepath", "notebook_path", "abs_path", "target", "destination")
COMMAND_KEYS: Final = ("command", "cmd", "script", "argv", "bash")
OUR_TOOLS: Final = frozenset(
    {"plan", "next_tasks", "verdicts", "brief", "progress", "submit_figure", "ask_person", "answers"}
)
"""What our server of an attempt offers: an agent needs no permission for it."""
READING: Final = frozenset({"read", "search", "think"})
SHELLS: Final = frozenset({"sh", "bash", "dash", "zsh", "ksh"})
SHELL_OPTION: Final = re.compile(r"-[a-z]*c")
CHAINING: Final = (";", "&", "|", "`", "$(", "\n", ">", "<")


@dataclass(slots=True)
class Calls:
    """All that was said of each call, by its id."""

    known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def heard(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Take a piece, and answer all that is known of its call. Values of later pieces stand; a list that is
        empty says nothing.
        """
        call = self.known.setdefault(str(said.get("toolCallId", "")), {})
        call.update({key: value for key, value in said.items() if value not in (None, [], {})})
        return call


@dataclass(frozen=True, slots=True)
class Answer:
    """allowed, and why not in one sentence. asked: what was asked for, for people."""

    allowed: bool
    asked: str
    why: str = ""


def answer(
    call: Mapping[str, Any],
    root: Path,
    run: Sequence[str],
    *,
    network: bool,
    servers: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> Answer:
    """Whether a call may be made: files only below `root`, links and `..` resolved; command lines only that match
    `run`.

    What is none of these, and what no rule answers, is refused. servers: our own servers by name, with the names of
    their tools, which may be called.
    """
    kind, title = str(call.get("kind") or "other"), str(call.get("title") or "")
    raw = call.get("rawInput") if isinstance(call.get("rawInput"), Mapping) else {}
    assert isinstance(raw, Mapping)
    asked = f"{kind} {title}".strip()[:200]
    command = command_of(raw, kind, title)
    ours = _ours(title, servers) and not any(key in raw for key in COMMAND_KEYS)
    if command is not None and not ours:
        return (
            Answer(True, asked)
            if runs(command, run)
            else Answer(False, asked, f"`run` has no pattern for {command[:120]!r}")
        )
    if kind == "fetch":
        return Answer(network, asked, "" if network else "the plan gives it no network")
    paths = paths_of(call, raw)
    if paths:
        outside = [path for path in paths if not within(root, path)]
        return Answer(not outside, asked, f"{outside[0]} is not in the workspace" if outside else "")
    if ours or kind in READING:
        return Answer(True, asked)
    return Answer(False, asked, "no rule of the plan answers it")


def command_of(raw: Mapping[str, Any], kind: str, title: str) -> str | None:
    """The command line that a call would run, None where it runs none."""
    for key in COMMAND_KEYS:
        if key in raw:
            value = raw[key]
            return value if isinstance(value, str) else _joined(value) if isinstance(value, list) else ""
    return title if kind == "execute" else None


def _joined(words: Sequence[object]) -> str:
    """A list of words as the command line that it is; of `bash -lc TEXT` the text, as that is what runs."""
    texts = [str(word) for word in words]
    if len(texts) == 3 and os.path.basename(texts[0]) in SHELLS and SHELL_OPTION.fullmatch(texts[1]):  # noqa: PTH119 - text of the agent
        return texts[2]
    return shlex.join(texts)


def runs(command: str, patterns: Sequence[str]) -> bool:
    """Whether a command line matches a pattern. One that joins several commands must be written out in the plan as
    it is.
    """
    plain = not any(sign in command for sign in CHAINING)
    return any(command == each or (plain and fnmatch.fnmatchcase(command, each)) for each in patterns)


def paths_of(call: Mapping[str, Any], raw: Mapping[str, Any]) -> list[str]:
    """Every path that a call names."""
    parts = [*_mappings(call.get("locations")), *_mappings(call.get("content"))]
    found = [str(part["path"]) for part in parts if part.get("path")]
    return found + [str(raw[key]) for key in PATH_KEYS if isinstance(raw.get(key), str) and raw[key]]


def within(root: Path, path: str) -> bool:
    """Whether a path lies below `root` once `..` and every link are resolved."""
    try:
        real = os.path.realpath(os.path.join(root, path))  # noqa: PTH118 - a Path cannot hold every text
    except (OSError, ValueError):
        return False
    top = os.path.realpath(root)
    return (real == top or real.startswith(top + os.sep)) and ".git" not in Path(os.path.relpath(real, top)).parts


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _ours(title: str, servers: Mapping[str, Collection[str]]) -> bool:
    """Whether a title is the name of a tool of one of these servers, as some agent spells it, and nothing more."""
    found = (re.fullmatch(rf"(?:mcp(?:\.|__))?{re.escape(each)}(?:\.|__|/)(\w+)", title) for each in servers)
    return any(match is not None and match[1] in tools for match, tools in zip(found, servers.values(), strict=True))
