"""Tokens, as a provider's answer tells them: in JSON, or in events of a stream. Pure.

OpenAI chat and responses, Anthropic messages, Gemini. What comes later in a stream stands; counts never fall.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LONGEST: Final = 8 * 2**20
"""Bytes of an answer that are looked at without a line break; beyond, its usage is unknown."""


@dataclass(slots=True)
class Counted:
    """Tokens so far; None while nothing was told. cached: part of `read`."""

    read: int | None = None
    written: int | None = None
    cached: int = 0

    @property
    def known(self) -> bool:
        """Whether both were told."""
        return self.read is not None and self.written is not None

    def take(self, said: Mapping[str, Any]) -> None:
        """Take what a part of an answer says of usage."""
        for usage in _usages(said):
            cached = _number(usage, "cache_read_input_tokens") or 0
            created = _number(usage, "cache_creation_input_tokens") or 0
            read = _number(usage, "prompt_tokens", "input_tokens", "promptTokenCount")
            written = _number(usage, "completion_tokens", "output_tokens", "candidatesTokenCount")
            thoughts = _number(usage, "thoughtsTokenCount") or 0
            if read is not None:
                self.read = max(self.read or 0, read + cached + created)
            if written is not None or thoughts:
                self.written = max(self.written or 0, (written or 0) + thoughts)
            self.cached = max(self.cached, cached, _nested(usage), _number(usage, "cachedContentTokenCount") or 0)


@dataclass(slots=True)
class Reader:
    """Reads an answer as it passes through. stream: whether it is one of events."""

    stream: bool
    counted: Counted = field(default_factory=Counted)
    _rest: bytes = b""
    _lost: bool = False

    def take(self, chunk: bytes) -> None:
        """Look at a piece; it is kept only until its line, or the whole answer, is complete."""
        if self._lost:
            return
        self._rest += chunk
        if self.stream:
            *lines, self._rest = self._rest.split(b"\n")
            for line in lines:
                if line.startswith(b"data:"):
                    self._told(line[5:])
        self._lost = len(self._rest) > LONGEST

    def end(self) -> Counted:
        """All is read."""
        if not self._lost and self._rest:
            self._told(self._rest.removeprefix(b"data:"))
        return self.counted

    def _told(self, text: bytes) -> None:
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return
        for part in said if isinstance(said, list) else [said]:
            if isinstance(part, dict):
                self.counted.take(part)


def _usages(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Where the formats keep it."""
    inner = (said, said.get("message"), said.get("response"))
    for part in inner:
        if isinstance(part, Mapping):
            for key in ("usage", "usageMetadata"):
                if isinstance(part.get(key), Mapping):
                    yield part[key]


def _number(usage: Mapping[str, Any], *names: str) -> int | None:
    for name in names:
        value = usage.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
    return None


def _nested(usage: Mapping[str, Any]) -> int:
    for name in ("prompt_tokens_details", "input_tokens_details"):
        inner = usage.get(name)
        if isinstance(inner, Mapping):
            return _number(inner, "cached_tokens") or 0
    return 0
