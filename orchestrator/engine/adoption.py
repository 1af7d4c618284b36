"""Copy what a task of an earlier run left into this run's folder, if its checksum still matches."""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

from orchestrator.beneath import FOLDER_MODE, create_below, digest_below, folder_below, open_below, private_folder
from orchestrator.engine.reuse import ADOPTED, Adopt
from orchestrator.evidence.measurement import Evidence
from orchestrator.state.run import TaskRecord

CHUNK: Final = 1 << 20
BESIDE: Final = ("stdout.log", "stderr.log", "series.csv", "evidence.jsonl", "order.json")


def into(runs: Path, run: str) -> Adopt:
    """Adopt into `runs / run`. The files are copied, so that a change of one run's files does not change another's."""

    def adopt(source: str, record: TaskRecord, evidence: Evidence) -> bool:
        before = record.evidence.artifacts if record.evidence else ()
        try:
            for old, new in zip(before, evidence.artifacts, strict=True):
                if not _copied(runs, f"{source}/{old.path}", runs / run / new.path, old.sha256):
                    return False
        except OSError:
            return False
        there, here = f"{source}/{record.id}/{record.attempt}", runs / run / record.id / str(ADOPTED)
        for name in BESIDE:
            with contextlib.suppress(OSError):  # files that only people read may be gone
                _copied(runs, f"{there}/{name}", here / name, None)
        return True

    return adopt


def intact(runs: Path) -> Adopt:
    """Only check whether everything is there, to say what would be reused."""

    def adopt(source: str, record: TaskRecord, _evidence: Evidence) -> bool:
        artifacts = record.evidence.artifacts if record.evidence else ()
        try:
            return all(digest_below(runs, f"{source}/{each.path}").sha256 == each.sha256 for each in artifacts)
        except OSError:
            return False

    return adopt


def _copied(runs: Path, source: str, target: Path, sha256: str | None) -> bool:
    """Copy the file, whole or not at all. False if it does not match the checksum.

    No link is followed. Raises OSError.
    """
    with open_below(runs, source, sole=sha256 is None) as file:
        _make_folders(runs, target.parent)
        beside = target.with_name(f".{secrets.token_hex(8)}.part")
        digest = hashlib.sha256()
        try:
            with os.fdopen(create_below(beside.parent, beside.name), "wb") as copy:
                while piece := file.read(CHUNK):
                    digest.update(piece)
                    copy.write(piece)
            if sha256 is not None and digest.hexdigest() != sha256:
                return False
            os.replace(beside, target)  # noqa: PTH105 - the same call, and the name says what it does
        finally:
            beside.unlink(missing_ok=True)
    return True


def _make_folders(runs: Path, folder: Path) -> None:
    """Make the folders from `runs` down to this one. Raises OSError if a link is among them."""
    private_folder(runs)
    below = ""
    for part in folder.relative_to(runs).parts:
        below = f"{below}/{part}" if below else part
        (runs / below).mkdir(FOLDER_MODE, exist_ok=True)
        os.close(folder_below(runs, below))
