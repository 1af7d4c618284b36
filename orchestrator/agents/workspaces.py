"""Worktrees and branches `orchestrate/RUN/TASK/ATTEMPT` that the runs of a state folder left in repositories, and which
may be removed.

We remove only what is provably part of a target branch, or holds nothing of its own. In doubt, it stays.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from orchestrator.agents.git import GitError, attempted, commit_id, git, is_ancestor, require_repository, tree_of
from orchestrator.agents.patterns import matches
from orchestrator.agents.trees import LINK, RUNNABLE, on_disk, remove
from orchestrator.agents.workspace import LITTER
from orchestrator.errors import OrchestratorError
from orchestrator.graph.load import load_text
from orchestrator.journal.port import JournalPort
from orchestrator.plan.handins import briefed, joined
from orchestrator.state.fold import fold
from orchestrator.state.rounds import HandIn
from orchestrator.state.run import RunState

OURS: Final = "orchestrate/"
CHUNK: Final = 2**20
NAMED: Final = 3


class Holds(StrEnum):
    """What a worktree or branch holds. DIRTY: files that no commit has. UNMERGED: commits that no target has. IN_USE:
    its run is under way, or somebody checked the branch out elsewhere. UNKNOWN: it cannot be told.
    """

    DIRTY = "dirty"
    UNMERGED = "unmerged"
    MERGED = "merged"
    EMPTY = "empty"
    IN_USE = "in use"
    UNKNOWN = "unknown"


REMOVABLE: Final = frozenset({Holds.MERGED, Holds.EMPTY})


@dataclass(frozen=True, slots=True)
class Left:
    """One branch, with its worktree where there is one. commit: that the branch is at. folder: the worktree, "" without
    one.

    why: in one sentence. removed: it was, just now.
    """

    repo: str
    branch: str
    run: str
    task: str
    attempt: int
    commit: str
    folder: str
    holds: Holds
    why: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class _Known:
    """What the journal and the plan say of a run. targets: by task the names that its work is merged into; () where
    that is not known.
    """

    hand_ins: Mapping[tuple[str, int], HandIn]
    targets: Mapping[str, tuple[str, ...]]
    in_use: bool


def workspaces(journal: JournalPort, state: Path, runs: Iterable[str], *, prune: bool = False) -> Iterator[Left]:
    """Everything that the runs left, by repository and branch. state: the state folder. prune: remove what may go, and
    say so.

    Raises JournalError; a repository that cannot be read is passed over, and what lies in `work` of it told as unknown.
    """
    work = state.resolve() / "work"
    known = {run: _known(journal, run) for run in runs}
    folders = {folder: _repository_of(folder, work) for run in known for folder in _folders(work, run)}
    repos = {Path(each.repo) for one in known.values() for each in one.hand_ins.values()}
    seen: set[Path] = set()
    for repo in sorted({*repos, *(each for each in folders.values() if each is not None)}):
        with contextlib.suppress(GitError):
            home = require_repository(repo)
            if home not in seen:
                seen.add(home)
                yield from _in_repository(repo, home, work, known, prune=prune)
    for folder, belongs in folders.items():
        if belongs is None:
            yield _without_repository(folder, work)


def _known(journal: JournalPort, run: str) -> _Known:
    state = fold(journal.read(run))
    found: dict[tuple[str, int], HandIn] = {}
    for task, record in state.tasks.items():
        found |= {(task, one.attempt): one.hand_in for one in record.rounds if one.hand_in is not None}
        if record.hand_in is not None:
            found[task, record.attempt] = record.hand_in
    return _Known(found, _targets(state), journal.owned(run) is not None)


def _targets(state: RunState) -> dict[str, tuple[str, ...]]:
    """Where the work of each task is to end: the branches that merges join it on, and the base that it started at."""
    try:
        plan = load_text(state.plan_text, state.plan_source, state.settings).plan
    except OrchestratorError:  # of another version; then nothing of the run is provably merged
        return {}
    tasks = {f"{name}.{task.id}": task for name, group in plan.groups.items() for task in group.tasks}
    found = {task: [spec.workspace.base] for task, spec in briefed(plan).items()}
    for merge, names in joined(plan).items():
        for name in names:
            if (into := tasks[merge].into) is not None and name in found:
                found[name].append(into)
    return {task: tuple(names) for task, names in found.items()}


def _folders(work: Path, run: str) -> Iterator[Path]:
    """The workspaces of a run that are still there."""
    return (each for each in sorted((work / run).glob("*/*/workspace")) if each.is_dir() and not each.is_symlink())


def _repository_of(folder: Path, work: Path) -> Path | None:
    """The repository that a worktree belongs to, None where that cannot be told. An agent could write `.git`:
    nothing below `work` is one.
    """
    try:
        said = (folder / ".git").read_bytes()[:4096].decode("utf-8", "surrogateescape")
    except OSError:
        return None
    place = Path(said.removeprefix("gitdir:").strip())
    if not said.startswith("gitdir:") or place.parent.name != "worktrees":
        return None
    repo = place.parent.parent
    return repo if repo.is_dir() and not repo.resolve().is_relative_to(work) else None


def _in_repository(repo: Path, home: Path, work: Path, known: Mapping[str, _Known], *, prune: bool) -> Iterator[Left]:
    places = _worktrees(repo)
    listed = git(repo, "for-each-ref", "--format=%(objectname) %(refname)", f"refs/heads/{OURS}")
    for line in listed.decode("utf-8", "surrogateescape").splitlines():
        commit, _, name = line.partition(" ")
        branch = name.removeprefix("refs/heads/")
        run, task, number = [*branch.removeprefix(OURS).split("/"), "", "", ""][:3]
        if run in known and number.isdecimal():
            place = places.get(branch)
            left = Left(str(home if home.name != ".git" else home.parent), branch, run, task, int(number), commit,
                        str(place or ""), Holds.UNKNOWN, "")  # fmt: skip
            left = _regarded(left, repo, work, known[run])
            yield _removed(left, repo) if prune and left.holds in REMOVABLE else left


def _worktrees(repo: Path) -> dict[str, Path]:
    """Where each branch is checked out."""
    found: dict[str, Path] = {}
    place = Path()
    for line in git(repo, "worktree", "list", "--porcelain", "-z").decode("utf-8", "surrogateescape").split("\0"):
        if line.startswith("worktree "):
            place = Path(line.removeprefix("worktree "))
        elif line.startswith("branch refs/heads/"):
            found[line.removeprefix("branch refs/heads/")] = place
    return found


def _regarded(left: Left, repo: Path, work: Path, known: _Known) -> Left:
    """With what it holds. Doubtful facts are reported as unknown."""
    try:
        holds, why = _holds(left, repo, work, known)
    except (GitError, OSError) as error:
        holds, why = Holds.UNKNOWN, str(error).replace("\n  mend:", ";")
    return replace(left, holds=holds, why=why)


def _holds(left: Left, repo: Path, work: Path, known: _Known) -> tuple[Holds, str]:
    if known.in_use:
        return Holds.IN_USE, "its run is under way"
    if left.folder and not Path(left.folder).resolve().is_relative_to(work):
        return Holds.IN_USE, f"it is checked out in {left.folder}"
    if left.folder and (dirt := _dirt(repo, Path(left.folder), left.commit)):
        more = f" and {len(dirt) - NAMED} more" if len(dirt) > NAMED else ""
        return Holds.DIRTY, f"no commit has {', '.join(ascii(each)[1:-1] for each in dirt[:NAMED])}{more}"
    return _merged(left, repo, known)


def _merged(left: Left, repo: Path, known: _Known) -> tuple[Holds, str]:
    hand_in = known.hand_ins.get((left.task, left.attempt))
    names = known.targets.get(left.task, ())
    within = next((name for name in names if _has(repo, name, left.commit)), None)
    own = hand_in is not None and hand_in.commit == left.commit
    if within is not None:
        return (Holds.MERGED, f"{within} has it") if own else (Holds.EMPTY, f"it has no commit that {within} has not")
    if not names:
        return Holds.UNMERGED, "the plan does not say what it is merged into"
    return Holds.UNMERGED, f"{' or '.join(dict.fromkeys(names))} does not have it"


def _has(repo: Path, name: str, commit: str) -> bool:
    """Whether the branch has the commit. Only a branch keeps what it has; other names of a base count as nothing."""
    full = "HEAD" if name == "HEAD" else f"refs/heads/{name}"
    if name == "HEAD" and attempted(repo, "symbolic-ref", "--quiet", "HEAD").returncode:
        return False
    there = attempted(repo, "rev-parse", "--verify", "--quiet", f"{full}^{{commit}}")
    return there.returncode == 0 and is_ancestor(repo, commit, commit_id(repo, full))


def _dirt(repo: Path, folder: Path, commit: str) -> list[str]:
    """What lies in the folder otherwise than in the commit, by content; what Python's tools leave behind counts as
    nothing.

    No filter and no attribute of the repository is asked. A folder that is gone holds nothing.
    """
    if not folder.is_dir():
        return []
    tree = {path: entry for path, entry in tree_of(repo, commit).items() if entry.mode != "160000"}
    found = {path: each for path, each in on_disk(folder) if path in tree or not matches(path, LITTER)}
    dirt = set(tree) - set(found)
    for path, each in found.items():
        known = tree.get(path)
        if known is None or known.mode != _mode(each) or known.blob != _blob(folder / path, each, len(commit)):
            dirt.add(path)
    return sorted(dirt)


def _mode(found: os.stat_result) -> str:
    if stat.S_ISLNK(found.st_mode):
        return LINK
    return RUNNABLE if found.st_mode & stat.S_IXUSR else "100644"


def _blob(path: Path, found: os.stat_result, digits: int) -> str:
    """The id that git gives the content."""
    digest = hashlib.sha256() if digits == hashlib.sha256().digest_size * 2 else hashlib.sha1(usedforsecurity=False)
    if stat.S_ISLNK(found.st_mode):
        target = os.fsencode(os.readlink(path))  # noqa: PTH115 - Path.readlink would decode and encode again
        digest.update(b"blob %d\0" % len(target) + target)
        return digest.hexdigest()
    digest.update(b"blob %d\0" % found.st_size)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _removed(left: Left, repo: Path) -> Left:
    """Remove the worktree, then the branch where it is still at that commit."""
    try:
        if left.folder:
            attempted(repo, "worktree", "unlock", left.folder)
            remove(Path(left.folder))
            git(repo, "worktree", "prune")
            for empty in Path(left.folder).parents[:3]:
                empty.rmdir()
    except (GitError, OSError) as error:
        if Path(left.folder).exists():
            return replace(left, why=f"{left.why}; it could not be removed: {error}")
    gone = attempted(repo, "update-ref", "-d", f"refs/heads/{left.branch}", left.commit).returncode == 0
    return replace(left, removed=gone, why=left.why if gone else f"{left.why}; the branch moved meanwhile, and stays")


def _without_repository(folder: Path, work: Path) -> Left:
    run, task, number = folder.relative_to(work).parts[:3]
    branch = f"{OURS}{run}/{task}/{number}"
    why = "its repository is gone, or its `.git` names none"
    return Left("", branch, run, task, int(number) if number.isdecimal() else 0, "", str(folder), Holds.UNKNOWN, why)
