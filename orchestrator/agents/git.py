"""Call git without running anything of the repository: no hook, no filter, no pager, and no configuration except its
storage.

Files are written and read as blobs, byte for byte. So a repository's attributes and filters change nothing.
"""

import functools
import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from orchestrator.errors import OrchestratorError

LONGEST: Final = 600.0
"""Seconds for one call of git."""
QUIET: Final = (
    "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.pager=cat", "-c",
    "commit.gpgSign=false",
    "-c", "gc.auto=0", "-c", "core.attributesFile=/dev/null", "-c", "protocol.allow=never", "-c",
    "core.untrackedCache=false",
)  # fmt: skip
AUTHOR: Final = {
    "GIT_AUTHOR_NAME": "orchestrate", "GIT_AUTHOR_EMAIL": "orchestrate@localhost",
    "GIT_COMMITTER_NAME": "orchestrate", "GIT_COMMITTER_EMAIL": "orchestrate@localhost",
}  # fmt: skip
OLDEST: Final = (2, 38)
"""`git merge-tree --write-tree` is of this version."""


class GitError(OrchestratorError):
    """git refused, or is not there."""

    exit_code = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a tree. mode: as git spells it, "100644", "100755", "120000" (a link), "160000" (a submodule)."""

    mode: str
    blob: str


Tree = dict[str, Entry]
"""Every file of a tree by its path. Bytes of a name that are not UTF-8 stand as surrogates."""


def git(repo: Path, *words: str, given: bytes = b"", env: Mapping[str, str] | None = None) -> bytes:
    """What git prints. Raises GitError with what it says."""
    done = attempted(repo, *words, given=given, env=env)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(f"git {words[0]} in {repo}: {said[-1] if said else f'exit code {done.returncode}'}")
    return done.stdout


def attempted(
    repo: Path, *words: str, given: bytes = b"", env: Mapping[str, str] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """Git's answer with its exit code. Raises GitError where git is not there, or does not end."""
    try:
        return subprocess.run(
            ["git", *QUIET, *words],  # noqa: S607 - found on the PATH, as everywhere
            cwd=repo,
            input=given,
            capture_output=True,
            check=False,
            timeout=LONGEST,
            env=clean(env or {}),
        )
    except FileNotFoundError as error:
        there = repo.is_dir()
        mend = "install git" if there else "name an existing folder in `workspace.repo`"
        raise GitError(f"{'git is not installed' if there else f'{repo} is not a folder'}\n  mend: {mend}") from error
    except (OSError, subprocess.TimeoutExpired) as error:
        raise GitError(f"git {words[0]} in {repo}: {error}") from error


def clean(more: Mapping[str, str]) -> dict[str, str]:
    """An environment in which nothing of ours points git at another repository or configuration."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    quiet = {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
    }
    return {**kept, **quiet, **AUTHOR, **more}


def commit_id(repo: Path, name: str) -> str:
    """The commit that a name resolves to. Raises GitError with a mend."""
    found = attempted(repo, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if found.returncode:
        raise GitError(
            f"{repo} has no commit {name!r}\n  mend: name a branch or commit that it has in `workspace.base`"
        )
    return found.stdout.decode().strip()


def require_repository(repo: Path) -> Path:
    """The repository's own folder, absolute. Raises GitError with a mend for what is none, and for a git that is
    too old.
    """
    found = attempted(repo, "rev-parse", "--path-format=absolute", "--git-common-dir")
    if found.returncode:
        said = found.stderr.decode("utf-8", "replace")
        if "dubious ownership" in said:
            raise GitError(
                f"git refuses {repo}: another user owns it\n  mend: git config --global --add safe.directory {repo}"
            )
        raise GitError(
            f"{repo} is not a git repository\n  mend: run `git init` there and commit, or set `workspace.repo`"
        )
    if version() < OLDEST:
        raise GitError(
            f"git {'.'.join(map(str, version()))} is too old\n  mend: install git {'.'.join(map(str, OLDEST))} or newer"
        )
    return Path(found.stdout.decode("utf-8", "surrogateescape").strip())


@functools.cache
def version() -> tuple[int, ...]:
    """Git's version, as (2, 39)."""
    words = git(Path("/"), "version").decode().split()
    return tuple(int(part) for part in words[2].split(".")[:2])


def tree_of(repo: Path, commit: str) -> Tree:
    """Every file of a commit."""
    listed = git(repo, "ls-tree", "-r", "-z", "--full-tree", commit)
    return dict(map(_listed, filter(None, listed.split(b"\0"))))


def _listed(line: bytes) -> tuple[str, Entry]:
    head, _, path = line.partition(b"\t")
    mode, _, blob = head.decode().split()
    return path.decode("utf-8", "surrogateescape"), Entry(mode, blob)


def store(repo: Path, paths: Iterable[Path]) -> list[str]:
    """Put files into the repository, byte for byte; the id of each. Links are not followed by who calls."""
    named = [os.fsencode(path) for path in paths]
    plain = [name for name in named if b"\n" not in name]
    given = b"".join(name + b"\n" for name in plain)
    said = git(repo, "hash-object", "-w", "--no-filters", "--stdin-paths", given=given) if plain else b""
    ids = iter(said.decode().split())
    return [
        next(ids) if b"\n" not in name else store_bytes(repo, Path(os.fsdecode(name)).read_bytes()) for name in named
    ]


def store_bytes(repo: Path, content: bytes) -> str:
    """Put one blob into the repository; its id."""
    return git(repo, "hash-object", "-w", "--no-filters", "--stdin", given=content).decode().strip()


def write_tree(repo: Path, tree: Tree, scratch: Path) -> str:
    """A tree object of these files; its id. scratch: a file that does not exist, for the index."""
    lines = b"".join(
        f"{entry.mode} {entry.blob}\t".encode() + os.fsencode(path) + b"\0" for path, entry in sorted(tree.items())
    )
    env = {"GIT_INDEX_FILE": str(scratch)}
    try:
        git(repo, "update-index", "-z", "--index-info", given=lines, env=env)
        return git(repo, "write-tree", env=env).decode().strip()
    finally:
        scratch.unlink(missing_ok=True)


def commit_tree(repo: Path, tree: str, parents: Iterable[str], message: str) -> str:
    """A commit of the tree; its id. No branch moves."""
    words = [word for parent in parents for word in ("-p", parent)]
    return (
        git(repo, "commit-tree", tree, *words, "-F", "-", given=message.encode("utf-8", "surrogateescape"))
        .decode()
        .strip()
    )


def move_branch(repo: Path, branch: str, new: str, old: str) -> bool:
    """Compare and swap: move the branch from `old` to `new`; False where it is somewhere else. old "": it does not
    exist yet.
    """
    done = attempted(repo, "update-ref", f"refs/heads/{branch}", new, old or "0" * len(new))
    return done.returncode == 0


def is_ancestor(repo: Path, older: str, newer: str) -> bool:
    """Whether one commit is part of the other's history."""
    return attempted(repo, "merge-base", "--is-ancestor", older, newer).returncode == 0


def tip(repo: str, branch: str) -> str | None:
    """The commit that a branch is at, or HEAD; None where it cannot be told."""
    try:
        return commit_id(Path(repo), branch if branch == "HEAD" else f"refs/heads/{branch}")
    except GitError:
        return None
