"""Write a bundle: what follows from the events, and the run's files as they are now."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.beneath import open_below
from orchestrator.bundle.archive import Below, Source, chunks
from orchestrator.bundle.contents import ARTIFACTS, EVENTS, SUMS, artifacts_of, derived, events_made, sha256, sums
from orchestrator.state.events import Envelope
from orchestrator.state.fold import fold


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. sha256, size: of the bundle. missing: artifacts whose files are gone; changed: those that are not as measured."""

    path: Path
    sha256: str
    size: int
    files: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def export(envelopes: Sequence[Envelope], run_folder: Path, target: Path, version: str) -> Exported:
    """Write the bundle to `target`, whole or not at all. Raises OSError, PlanError, IllegalTransition."""
    state = fold(envelopes)
    events, digest = events_made(state.run, envelopes)
    made = derived(envelopes, version, digest)
    files: dict[str, Source] = {**made, EVENTS: events}
    digests = {**{name: sha256(content) for name, content in made.items()}, EVENTS: digest}
    missing: list[str] = []
    changed: list[str] = []
    for path, artifact in artifacts_of(state).items():
        there = Below(run_folder.parents[1], f"{run_folder.parent.name}/{run_folder.name}/{path}")
        found = _digest(there, artifact.sha256)
        if found is None:
            missing.append(path)
            continue
        files[f"{ARTIFACTS}{path}"] = there
        digests[f"{ARTIFACTS}{path}"] = found
        if found != artifact.sha256:
            changed.append(path)
    files[SUMS] = sums(digests)
    digest, size = _write(files, target)
    return Exported(target, digest, size, len(files), tuple(missing), tuple(changed))


def _digest(there: Below, expected: str) -> str | None:
    """The file's sha256; None where there is none. What changed and has a name elsewhere, too, is another file put in its place."""
    try:
        with open_below(there.folder, there.path) as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            return found if found == expected or os.fstat(file.fileno()).st_nlink == 1 else None
    except PermissionError:  # of another user: that says nothing about the file
        raise
    except OSError:
        return None


def _write(files: dict[str, Source], target: Path) -> tuple[str, int]:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".part")
    part = Path(name)
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(handle, "wb") as file:
            for _, piece in chunks(files):
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size
