"""Seals: for each commit, a keyed digest over the commit's rows and the seal before it.

Without the key nobody can change a row unnoticed. A row's own checksum has no key: it detects what a disk damages. A
seal detects what a program rewrites.
"""

import hashlib
from collections import deque
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Any, Final

from orchestrator.records import dataclass

BYTES: Final = 16
Mark = tuple[int, int, str]
"""A row of the table: the first and last event of a commit, and the seal, 32 hex digits."""


class SealState(StrEnum):
    """SOUND: every event is sealed. OLDER: some, at the beginning, are from a version that did not seal.

    NO_KEY: this user or machine has no key to check with.
    """

    SOUND = "sound"
    OLDER = "older"
    NO_KEY = "no key"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Seal:
    """Whether a run's events are as their orchestrator wrote them. detail: one sentence for people."""

    state: SealState
    detail: str


def seal(key: bytes, before: str, since: int, rows: Iterable[Sequence[Any]]) -> str:
    """The seal of a commit.

    rows: run, seq, at, mono, fence, kind, body and checksum of each event. before: the seal before, "" for none.
    """
    digest = hashlib.blake2b(f"{before}\0{since}".encode(), key=key, digest_size=BYTES)
    for row in rows:
        for part in row:
            digest.update(b"\0")
            digest.update(part if isinstance(part, bytes) else _text(part).encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _text(part: object) -> str:
    return part if isinstance(part, str) else repr(part)


class SealCheck:
    """Compares a run's rows, in order of seq, with its seals. Read `result` once all rows were fed."""

    def __init__(self, run: str, key: bytes | None, marks: Sequence[Mark]) -> None:
        self._run = run
        self._key = key
        self._marks = deque(marks)
        self._any = bool(marks)
        self._before = ""
        self._waiting: list[tuple[Any, ...]] = []
        self._older = 0
        self._broken = ""

    def feed(self, row: Sequence[Any]) -> None:
        """row: seq, at, mono, fence, kind, body and checksum."""
        if self._key is None or self._broken:
            return
        seq = row[0]
        if not self._marks:
            self._older, self._broken = (seq, "") if not self._any else (0, f"event {seq} has no seal")
            return
        since, last, mark = self._marks[0]
        if seq < since:
            self._older, self._broken = (seq, "") if not self._before else (0, f"event {seq} has no seal")
            return
        self._waiting.append((self._run, *row))
        if seq >= last:
            self._close(since, seq, mark)

    def _close(self, since: int, seq: int, mark: str) -> None:
        found = seal(self._key or b"", self._before, since, self._waiting)
        if found != mark or seq != self._marks[0][1] or self._waiting[0][1] != since:
            named = f"event {seq} is" if since == seq else f"of events {since} to {seq}, one or more are"
            self._broken = f"{named} not what was sealed"
        self._before = mark
        self._waiting.clear()
        self._marks.popleft()

    def result(self) -> Seal:
        """The result for all rows."""
        if self._key is None:
            said = "its key is not here, so its seals were not checked" if self._any else "it was not sealed"
            return Seal(SealState.NO_KEY if self._any else SealState.OLDER, said)
        if not self._broken and (self._waiting or self._marks):
            self._broken = f"events that were sealed are gone, from event {self._marks[0][0]} on"
        if not self._broken and not self._any:
            self._broken = "its seals are gone"
        if self._broken:
            return Seal(SealState.BROKEN, f"{self._broken}: another program than its orchestrator wrote it")
        if self._older:
            return Seal(SealState.OLDER, f"events up to {self._older} are of a version that did not seal them")
        return Seal(SealState.SOUND, "every event is as its orchestrator sealed it")
