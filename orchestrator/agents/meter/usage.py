"""Read the token counts from a provider's answer, in JSON or in stream events. Pure.

OpenAI chat and responses, Anthropic messages, Gemini. Counts never fall. The counts before a stream's end are only a
part. If either side breaks the stream off, its usage is unknown.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LONGEST: Final = 8 * 2**20
"""Bytes of an answer, or of one event of a stream, that are looked at; what is longer is passed by."""
MOST: Final = 2**53
"""Tokens; a larger number is no count."""
LAST_EVENTS: Final = frozenset({"message_stop", "response.completed", "response.incomplete", "response.failed"})


@dataclass(slots=True)
class Counted:
    """Tokens so far; None while nothing was told. cached: part of `read`. whole: the answer said that it is over."""

    read: int | None = None
    written: int | None = None
    cached: int = 0
    whole: bool = False

    @property
    def known(self) -> bool:
        """Whether all of it was told."""
        return self.whole and self.read is not None and self.written is not None

    def take(self, said: Mapping[str, Any]) -> None:
        """Take what a part of an answer says of usage."""
        for usage in _usages(said):
            cached = _number(usage, "cache_read_input_tokens") or 0
            created = _number(usage, "cache_creation_input_tokens") or 0
            tools = _number(usage, "toolUsePromptTokenCount") or 0
            read = _number(usage, "prompt_tokens", "input_tokens", "promptTokenCount")
            if read is not None:
                self.read = max(self.read or 0, read + cached + created + tools)
            written = _written(usage)
            if written is not None:
                self.written = max(self.written or 0, written)
            self.cached = max(self.cached, cached, _nested(usage), _number(usage, "cachedContentTokenCount") or 0)
        self.whole = self.whole or _is_last(said)


@dataclass(slots=True)
class Reader:
    """Reads an answer as it passes through. stream: whether it is one of events."""

    stream: bool
    counted: Counted = field(default_factory=Counted)
    _line: bytearray = field(default_factory=bytearray)
    _event: bytearray = field(default_factory=bytearray)
    _too_long: bool = False

    def take(self, chunk: bytes) -> None:
        """Look at a piece; it is kept only until its event, or the whole answer, is complete."""
        if not self.stream:
            self._keep(chunk)
            return
        *ended, rest = chunk.replace(b"\r", b"\n").split(b"\n")
        for part in ended:
            self._keep(part)
            self._line_ended()
        self._keep(rest)

    def end(self, *, broken: bool = False) -> Counted:
        """The answer has ended. broken: either side broke it off."""
        if self.stream:
            self._line_ended()
            self._event_ended()
        elif self._told(bytes(self._line)):
            self.counted.whole = True  # a document that is complete
        else:
            self._as_stream()  # events under another name
        self.counted.whole = self.counted.whole or not broken
        return self.counted

    def _as_stream(self) -> None:
        again = Reader(stream=True, counted=self.counted)
        again.take(bytes(self._line))
        again.end(broken=True)

    def _keep(self, part: bytes) -> None:
        if self._too_long or len(self._line) + len(self._event) + len(part) > LONGEST:
            self._too_long = True
            self._line.clear()
            self._event.clear()
        else:
            self._line += part

    def _line_ended(self) -> None:
        """A line of the stream is complete; an empty one ends its event."""
        if self._too_long:
            self._too_long = False
        elif not self._line:
            self._event_ended()
        elif self._line.startswith(b"data:"):
            if self._told_at_once(self._line[5:]):
                self._event.clear()
            else:
                self._event += self._line[5:] + b"\n"
        self._line.clear()

    def _told_at_once(self, text: bytearray) -> bool:
        """Most events are one line, which is complete by itself."""
        if text.strip() == b"[DONE]":
            self.counted.whole = True
            return True
        return not self._event and self._told(bytes(text))

    def _event_ended(self) -> None:
        if self._event:
            self._told(bytes(self._event))
        self._event.clear()

    def _told(self, text: bytes) -> bool:
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            return False
        for part in said if isinstance(said, list) else [said]:
            if isinstance(part, dict):
                self.counted.take(part)
        return True


def _usages(said: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Where the formats keep it."""
    inner = (said, said.get("message"), said.get("response"))
    for part in inner:
        if isinstance(part, Mapping):
            for key in ("usage", "usageMetadata"):
                if isinstance(part.get(key), Mapping):
                    yield part[key]


def _is_last(said: Mapping[str, Any]) -> bool:
    """Whether a part of a stream is the one that tells the final usage."""
    if said.get("type") in LAST_EVENTS:
        return True
    if said.get("choices") == [] and isinstance(said.get("usage"), Mapping):  # OpenAI's chat
        return True
    candidates = said.get("candidates")
    return (
        isinstance(candidates, list)
        and "usageMetadata" in said
        and any(isinstance(each, Mapping) and each.get("finishReason") for each in candidates)
    )


def _written(usage: Mapping[str, Any]) -> int | None:
    """Output, thoughts among it; where only the sum is told, what is left of that."""
    thoughts = _number(usage, "thoughtsTokenCount")
    written = _number(usage, "completion_tokens", "output_tokens", "candidatesTokenCount")
    if written is not None or thoughts is not None:
        return (written or 0) + (thoughts or 0)
    total = _number(usage, "total_tokens", "totalTokenCount")
    read = _number(usage, "prompt_tokens", "input_tokens", "promptTokenCount")
    return None if total is None or read is None else max(0, total - read)


def _number(usage: Mapping[str, Any], *names: str) -> int | None:
    for name in names:
        value = usage.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST:
            return value
    return None


def _nested(usage: Mapping[str, Any]) -> int:
    for name in ("prompt_tokens_details", "input_tokens_details"):
        inner = usage.get(name)
        if isinstance(inner, Mapping):
            return _number(inner, "cached_tokens") or 0
    return 0
