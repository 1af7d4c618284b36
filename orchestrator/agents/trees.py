"""Write a commit's tree to disk, byte for byte, and find what changed in the folder since."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

from orchestrator.agents.git import QUIET, Entry, GitError, Tree, clean, store, store_bytes

CHUNK: Final = 1 << 20
LINK: Final = "120000"
SUBMODULE: Final = "160000"
RUNNABLE: Final = "100755"
MOST_FILES: Final = 200_000


def write_out(repo: Path, tree: Tree, folder: Path) -> None:
    """Write every file of the tree into the folder, which is made. Submodules are empty folders, as git leaves them.

    Raises GitError and OSError; a path of the tree never leads out of the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = [(path, entry) for path, entry in tree.items() if entry.mode != SUBMODULE]
    for path, entry in tree.items():
        if entry.mode == SUBMODULE:
            (folder / safe(path)).mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        ["git", *QUIET, "cat-file", "--batch"],  # noqa: S607 - git is found on the PATH, as everywhere
        cwd=repo,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean({}),
    ) as blobs:
        assert blobs.stdin is not None
        assert blobs.stdout is not None
        links = _write_files(blobs.stdin, blobs.stdout, files, folder)
        blobs.stdin.close()
    for path, target in links:  # last, so that no file is written through one
        place = folder / safe(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.fsdecode(target))


def _write_files(
    asked: IO[bytes], answers: IO[bytes], files: list[tuple[str, Entry]], folder: Path
) -> list[tuple[str, bytes]]:
    """Write the files that are not links. Returns the links, each with its target."""
    links = []
    for path, entry in files:
        asked.write(f"{entry.blob}\n".encode())
        asked.flush()
        size = _size(answers, path)
        if entry.mode == LINK:
            links.append((path, answers.read(size)))
        else:
            _file(answers, size, folder / safe(path), runnable=entry.mode == RUNNABLE)
        answers.read(1)
    return links


def safe(path: str) -> str:
    """The path, if it stays within its folder. Raises GitError."""
    parts = path.split("/")
    if path.startswith("/") or any(part in {"", ".", ".."} or part.lower() == ".git" for part in parts):
        raise GitError(f"no checkout can have the path {path!r}\n  mend: remove or rename it")
    return path


def _size(answers: IO[bytes], path: str) -> int:
    words = answers.readline().split()
    if len(words) != 3 or words[1] != b"blob":
        raise GitError(f"the repository lacks the content of {path!r}\n  mend: fetch it, or use a full clone")
    return int(words[2])


def _file(answers: IO[bytes], size: int, place: Path, *, runnable: bool) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o755 if runnable else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        while size:
            part = answers.read(min(CHUNK, size))
            if not part:
                raise GitError("git ended in the middle of a file")
            file.write(part)
            size -= len(part)


def on_disk(folder: Path) -> Iterator[tuple[str, os.stat_result]]:
    """Every file and link below the folder but its `.git`, by path; no link is followed.

    Raises GitError where there are too many, or for what is neither (a pipe, a device).
    """
    count, open_ends = 0, [("", os.fspath(folder))]
    while open_ends:
        below, path = open_ends.pop()
        with os.scandir(path) as entries:
            for each in entries:
                name = f"{below}{each.name}"
                if name == ".git":
                    continue
                found = each.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode):
                    open_ends.append((f"{name}/", each.path))
                    continue
                if not (stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode)):
                    raise GitError(f"{name!r} is neither a file nor a link\n  mend: remove it from the workspace")
                count += 1
                if count > MOST_FILES:
                    raise GitError(
                        f"the workspace has more than {MOST_FILES:,} files\n  mend: keep build output out of it"
                    )
                yield name, found


def taken(repo: Path, folder: Path, ignored: frozenset[str] = frozenset()) -> Tree:
    """What lies in the folder, as a tree whose files are in the repository. ignored: paths to leave out."""
    tree: Tree = {}
    files: list[tuple[str, str]] = []
    for path, found in on_disk(folder):
        if path in ignored:
            continue
        safe(path)
        if stat.S_ISLNK(found.st_mode):
            target = os.fsencode(os.readlink(folder / path))  # noqa: PTH115 - Path.readlink would decode and encode again
            tree[path] = Entry(LINK, store_bytes(repo, target))
        else:
            files.append((path, RUNNABLE if found.st_mode & stat.S_IXUSR else "100644"))
    blobs = store(repo, (folder / path for path, _ in files))
    tree.update({path: Entry(mode, blob) for (path, mode), blob in zip(files, blobs, strict=True)})
    return tree


def changes(before: Tree, after: Tree) -> tuple[str, ...]:
    """The paths that differ, sorted: added, removed or changed. Submodules, which are not written out, stay as they
    are.
    """
    paths = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return tuple(sorted(path for path in paths if path in after or before[path].mode != SUBMODULE))


def remove(folder: Path) -> None:
    """Remove a folder that is ours, whatever its permissions say. Raises OSError."""

    def again(_function: object, path: str, _error: BaseException | object) -> None:
        os.chmod(os.path.dirname(path), 0o700)  # noqa: PTH101, PTH120 - as rmtree gives it
        if os.path.isdir(path) and not os.path.islink(path):  # noqa: PTH112, PTH114
            os.chmod(path, 0o700)  # noqa: PTH101
            shutil.rmtree(path)
        else:
            os.unlink(path)  # noqa: PTH108

    if folder.is_symlink() or folder.is_fifo():
        folder.unlink()
    elif folder.exists():
        shutil.rmtree(folder, onerror=again)
