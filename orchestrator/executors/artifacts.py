"""Take the files that an attempt leaves or reads: check their names, and record their checksums."""

import errno
from pathlib import Path
from typing import Final

from orchestrator.beneath import open_below
from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Artifact
from orchestrator.executors.checksum import checksum
from orchestrator.executors.heed import Heed, never
from orchestrator.executors.room import with_room
from orchestrator.runner import TaskInput

LONGEST_PART: Final = 255  # bytes, the limit of file systems
LONGEST_SHOWN: Final = 100


class ArtifactError(OrchestratorError):
    """An artifact is missing, is not a regular file, or is not inside the attempt's folder."""


def check_name(name: str) -> None:
    """Raise ArtifactError for a file name that reports, bundles and terminals cannot show unchanged."""
    shown = ascii(name if len(name) <= LONGEST_SHOWN else f"{name[:LONGEST_SHOWN]}…")
    if any("\ud800" <= char <= "\udfff" for char in name):
        raise ArtifactError(f"artifact {shown}: the file's name is not UTF-8; give the file a name that is")
    if not name.isprintable():
        raise ArtifactError(
            f"artifact {shown}: the file's name holds a control character, a line's end or one that is not shown; "
            f"rename the file"
        )
    if any(len(part.encode()) > LONGEST_PART for part in name.split("/")):
        raise ArtifactError(
            f"artifact {shown}: a part of the file's name is longer than {LONGEST_PART} bytes; shorten it"
        )


def take_artifact(folder: Path, name: str, title: str = "", heed: Heed = never, kept: Path | None = None) -> Artifact:
    """The artifact `folder / name` with its checksum. Raises ArtifactError. Follows no link, so nothing outside is
    read.

    kept: where the folder will be when the artifact is looked up, None if it stays.
    """
    check_name(name)
    parts = Path(name).parts
    if not parts or Path(name).is_absolute() or ".." in parts or "\0" in name:
        raise ArtifactError(f"artifact {name!r} is not inside the attempt's folder; name a file below it")
    try:
        with with_room(lambda: open_below(folder, name), heed) as file:
            sha256, size = checksum(file, heed)
    except OSError as error:
        raise ArtifactError(f"artifact {name!r} {_why_not(error)}") from None
    home = kept or folder
    return Artifact(name, f"{home.parent.name}/{home.name}/{name}", sha256, size, title)


def _why_not(error: OSError) -> str:
    match error.errno:
        case errno.ELOOP:
            return "is or goes through a symbolic link; copy the file into the folder"
        case errno.EINVAL | errno.ENXIO | errno.EISDIR:
            return "is not a regular file; declare files, or pack the folder into one"
        case _:
            return f"was not left behind ({error.strerror}); write it, or do not declare it"


def take_used(run_folder: Path, given: TaskInput | None, task: str, name: str, heed: Heed = never) -> Artifact:
    """The file `name` that the task above left, with its current checksum.

    Raises ArtifactError if there is none.
    """
    path = None if given is None else given.artifacts.get(name)
    if path is None:
        raise ArtifactError(f"no task {task!r} above left a file {name!r}; declare as used only what order.json lists")
    try:
        below = path.relative_to(run_folder).as_posix()
        with with_room(lambda: open_below(run_folder, below), heed) as file:
            sha256, size = checksum(file, heed)
    except (OSError, ValueError) as error:
        raise ArtifactError(
            f"the file {name!r} of {task} cannot be read again ({error}); leave inputs as they are"
        ) from None
    return Artifact(f"{task}/{name}", below, sha256, size)
