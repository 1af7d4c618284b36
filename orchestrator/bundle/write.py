"""Write a bundle: what follows from the events, and the run's files as they are now."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestrator.atomic_write import whole_file
from orchestrator.beneath import open_below
from orchestrator.bundle import dsse as signing
from orchestrator.bundle.archive import Below, Source, chunks
from orchestrator.bundle.contents import ARTIFACTS, EVENTS, SUMS, artifacts_of, derived, events_made, sha256, sums
from orchestrator.bundle.dsse import Signer
from orchestrator.state.events import Envelope
from orchestrator.state.fold import fold


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written. sha256, size: of the bundle. missing: artifacts whose files are gone; changed: those that are
    not as measured.

    signed: the id of the key, "" where it is not signed.
    """

    path: Path
    sha256: str
    size: int
    files: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    signed: str = ""


def export(
    envelopes: Sequence[Envelope], run_folder: Path, target: Path, version: str, signer: Signer | None = None
) -> Exported:
    """Write the bundle to `target`, whole or not at all. signer: signs its statements, and one on all files. Raises
    OSError, PlanError, IllegalTransition.
    """
    state = fold(envelopes)
    events, digest = events_made(state.run, envelopes)
    own = derived(envelopes, version, digest)
    files: dict[str, Source] = {**own, EVENTS: events}
    digests = {**{name: sha256(content) for name, content in own.items()}, EVENTS: digest}
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
    signatures = signing.envelopes(state.run, own, digests, signer) if signer is not None else {}
    files |= signatures
    digests |= {name: sha256(content) for name, content in signatures.items()}
    files[SUMS] = sums(digests)
    digest, size = _write(files, target)
    return Exported(target, digest, size, len(files), tuple(missing), tuple(changed), signer.keyid if signer else "")


def _digest(there: Below, expected: str) -> str | None:
    """The file's sha256; None if there is none. What changed and has a name elsewhere, too, is another file put
    in its place.
    """
    try:
        with open_below(there.folder, there.path) as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            return found if found == expected or os.fstat(file.fileno()).st_nlink == 1 else None
    except PermissionError:  # of another user: that says nothing about the file
        raise
    except OSError:
        return None


def _write(files: dict[str, Source], target: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with whole_file(target, private=True) as file:
        for _, piece in chunks(files):
            file.write(piece)
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size
