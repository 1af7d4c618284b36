"""Bring what a task of an earlier run left over into this run's folder; only what is still as its checksum says."""

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import Final

from orchestrator.engine.reuse import ADOPTED, Adopt
from orchestrator.evidence.measurement import Evidence
from orchestrator.state.run import TaskRecord

BESIDE: Final = ("stdout.log", "stderr.log", "series.csv", "evidence.jsonl", "order.json")


def into(runs: Path, run: str) -> Adopt:
    """Adopt into `runs / run`: copies, so that what happens to one run's files does not happen to another's."""

    def adopt(source: str, record: TaskRecord, evidence: Evidence) -> bool:
        before = record.evidence.artifacts if record.evidence else ()
        try:
            for old, new in zip(before, evidence.artifacts, strict=True):
                if not _copied(runs / source / old.path, runs / run / new.path, old.sha256):
                    return False
        except OSError:
            return False
        there, here = runs / source / record.id / str(record.attempt), runs / run / record.id / str(ADOPTED)
        for name in BESIDE:
            with contextlib.suppress(OSError):  # what is only for people may be gone
                _copied(there / name, here / name, None)
        return True

    return adopt


def intact(runs: Path) -> Adopt:
    """Only look whether everything is there: for saying what would be reused."""

    def adopt(source: str, record: TaskRecord, _evidence: Evidence) -> bool:
        artifacts = record.evidence.artifacts if record.evidence else ()
        try:
            return all(_digest(runs / source / each.path) == each.sha256 for each in artifacts)
        except OSError:
            return False

    return adopt


def _copied(source: Path, target: Path, sha256: str | None) -> bool:
    """Copy the file, whole or not at all; False where it is not what the checksum says. Raises OSError."""
    if source.is_symlink() or not source.is_file():
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, beside)
        if sha256 is not None and _digest(beside) != sha256:
            return False
        os.replace(beside, target)  # noqa: PTH105 - the same call, and the name says what it does
    finally:
        beside.unlink(missing_ok=True)
    return True


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
