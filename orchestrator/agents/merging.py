"""The merge queue joins hand-ins one at a time. Each is measured again on the joined tree before it counts.

Nothing is forced and no side is preferred. A hand-in that conflicts, or makes a criterion of joined work fail, is not
joined. It goes back to its agent. The branch is moved by compare-and-swap. If somebody else moved it meanwhile, the
hand-in is joined again on top of that.
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from orchestrator.agents.caged import caged, scratch
from orchestrator.agents.git import AUTHOR, GitError, attempted, commit_id, commit_tree, git, is_ancestor, move_branch
from orchestrator.agents.sandbox import NoSandboxError, choose, shortfall
from orchestrator.agents.trees import remove
from orchestrator.agents.workspace import check_out
from orchestrator.context import CHECKOUT
from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.measurement import Evidence, Usage
from orchestrator.evidence.verdict import Outcome, Verdict
from orchestrator.executors.agentwork import Merge, ToJoin
from orchestrator.executors.carry_out import carry_out
from orchestrator.executors.order import AttemptResult, Note, StopSignal, Told, WorkOrder
from orchestrator.state.failure import Cause, Failure
from orchestrator.state.rounds import Joined

TRIES: Final = 5
"""How often a hand-in is joined anew because the branch moved meanwhile."""
NAMED: Final = 5
LAST_WORDS: Final = 300
"""Bytes of an instrument's last line that go back to the agent."""


def carry_merge(order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
    """Join the hand-ins that the order names. The result names what could not be joined; a branch that cannot be is a
    failure.
    """
    assert order.merge is not None
    start = time.monotonic()
    order.folder.mkdir(parents=True, exist_ok=True)
    queue = _Queue(order, order.merge, stop, listener)
    failure = None
    try:
        joined = tuple(queue.join())
    except GitError as error:
        joined, failure = (), Failure(Cause.MERGE, str(error).replace("\n  mend:", "; mend:"))
    usage = Usage(time.monotonic() - start, queue.cpu_seconds, queue.peak_rss, queue.samples)
    stopped = stop.is_set()
    return AttemptResult(
        order.task, order.attempt, Evidence(), usage, None if stopped else failure, stopped, joined=joined
    )


@dataclass(slots=True)
class _Queue:
    order: WorkOrder
    merge: Merge
    stop: StopSignal
    listener: Callable[[Told], None]
    cpu_seconds: float = 0.0
    peak_rss: int = 0
    samples: int = 0

    def join(self) -> Iterator[Joined]:
        branch = target_branch(self.merge.repo, self.merge.into)
        _catch_up(self.merge.repo, branch)
        in_so_far: list[ToJoin] = []
        for each in self.merge.queue:
            if self.stop.is_set():
                return
            done = self._joined_before(branch, each, in_so_far) or self._join(branch, each, in_so_far)
            if done.commit:
                in_so_far.append(each)
            yield done

    def _joined_before(self, branch: str, each: ToJoin, in_so_far: list[ToJoin]) -> Joined | None:
        """A merge that was killed, or that waited for another hand-in, has joined it already; or somebody else has.

        A merge of ours was measured before the branch moved to it. What somebody else merged is measured here.
        """
        repo, commit = self.merge.repo, each.hand_in.commit
        tip = commit_id(repo, f"refs/heads/{branch}")
        if not is_ancestor(repo, commit, tip):
            return None
        if ours := _merge_of(repo, commit, tip):
            return Joined(each.task, commit, ours)
        verdicts, why = self._measured(tip, [*in_so_far, each])
        told = f"somebody else merged it into {branch}, and there it does not hold: {why}" if why else ""
        return Joined(each.task, commit, "" if why else tip, told, verdicts)

    def _join(self, branch: str, each: ToJoin, in_so_far: list[ToJoin]) -> Joined:
        repo, commit = self.merge.repo, each.hand_in.commit
        for _ in range(TRIES):
            tip = commit_id(repo, f"refs/heads/{branch}")
            merged = attempted(repo, "merge-tree", "--write-tree", "--name-only", "--no-messages", tip, commit)
            if merged.returncode == 1:
                return Joined(each.task, commit, "", f"it clashes with what is in already: {_clashing(merged.stdout)}")
            if merged.returncode:
                raise GitError(f"git merge-tree in {repo}: {merged.stderr.decode('utf-8', 'replace').strip()[:300]}")
            tree = merged.stdout.split(b"\n", 1)[0].decode()
            joined = commit_tree(repo, tree, [tip, commit], f"Merge {each.task}\n")
            verdicts, why = self._measured(joined, [*in_so_far, each])
            if why:
                return Joined(each.task, commit, "", why, verdicts)
            if self.stop.is_set():
                return Joined(each.task, commit, "", "stopped", verdicts)
            _require_clean(repo, branch)
            if move_branch(repo, branch, joined, tip):
                _follow(repo, branch, tip, joined)
                self._tell(f"{each.task} is joined on {branch} as {joined[:12]}")
                return Joined(each.task, commit, joined, "", verdicts)
            if commit_id(repo, f"refs/heads/{branch}") == tip:
                raise GitError(
                    f"{branch} cannot be moved, though nobody moved it\n"
                    f"  mend: see whether it is protected or locked (git update-ref refs/heads/{branch} {joined[:12]})"
                )
            self._tell(f"{branch} moved meanwhile; {each.task} is joined anew")
        raise GitError(
            f"{branch} moved {TRIES} times while {each.task} was joined\n  mend: let nobody else move it, and resume"
        )

    def _measured(self, commit: str, hand_ins: list[ToJoin]) -> tuple[tuple[Verdict, ...], str]:
        """What the instruments of all that is in say of the joined tree, and why it cannot count.

        Each measures with what it had pinned: files of its own hand-in's base, which no hand-in beside it could change.
        """
        verdicts: list[Verdict] = []
        for each in hand_ins:
            found: list[Candidate] = []
            for instrument in each.instruments:
                result = self._run(instrument, commit, each.hand_in.base)
                if result.failure is not None:
                    return tuple(verdicts), f"on the joined tree {instrument.task} failed: {result.failure.message}"
                if result.stopped or result.lost:
                    return tuple(verdicts), f"{instrument.task} did not end: {result.lost or 'stopped'}"
                found += [
                    Candidate(instrument.task, self.order.attempt, one, stale=False)
                    for one in result.evidence.measurements
                ]
            for demand in each.demands:
                verdict = judge(demand, tuple(one for one in found if one.measurement.metric == demand.metric.name))
                verdicts.append(verdict)
                if verdict.outcome is not Outcome.PASS:
                    return tuple(
                        verdicts
                    ), f"on the joined tree {verdict.criterion} is {verdict.outcome}: {verdict.detail}"
        return tuple(verdicts), ""

    def _run(self, instrument: WorkOrder, commit: str, base: str) -> AttemptResult:
        assert instrument.checkout is not None
        checkout = replace(instrument.checkout, commit=commit, base=base)
        folder = self.order.folder / f"{commit[:12]}-{instrument.task}"
        number = 1
        while folder.exists():
            number, folder = number + 1, self.order.folder / f"{commit[:12]}-{instrument.task}-{number + 1}"
        order = replace(instrument, folder=folder, kept=None, checkout=checkout, attempt=self.order.attempt)
        result = carry_instrument(order, self.stop, lambda _told: None)
        self.cpu_seconds += result.usage.cpu_seconds
        self.peak_rss, self.samples = max(self.peak_rss, result.usage.peak_rss), self.samples + result.usage.samples
        return result

    def _tell(self, text: str) -> None:
        self.listener(Note(self.order.task, self.order.attempt, text))


def carry_instrument(order: WorkOrder, stop: StopSignal, listener: Callable[[Told], None]) -> AttemptResult:
    """Measure a hand-in in a clean checkout of it, which is removed again."""
    checkout, start = order.checkout, time.monotonic()
    assert checkout is not None
    places = (checkout.folder, *scratch(checkout))
    try:
        for place in places:
            for left in place.parent.parent.glob(f"*/{place.name}"):
                remove(left)  # of an attempt whose orchestrator died
        check_out(checkout)
        if lacking := shortfall(choose(checkout.sandbox), network=checkout.network):
            listener(Note(order.task, order.attempt, f"what was handed in, while it is measured: {lacking}"))
        order = caged(replace(order, env={**order.env, CHECKOUT: str(checkout.folder)}))
    except (GitError, NoSandboxError, OSError) as error:
        said = f"the hand-in could not be made ready to be measured: {error}".replace("\n  mend:", "; mend:")
        usage = Usage(time.monotonic() - start, 0.0, 0, 0)
        return AttemptResult(order.task, order.attempt, Evidence(), usage, Failure(Cause.SPAWN, said))
    try:
        return _with_last_words(carry_out(order, stop, listener), order.home)
    finally:
        for place in places:
            remove(place)


def _with_last_words(result: AttemptResult, folder: Path) -> AttemptResult:
    """A program that failed, with the last line that it wrote on standard error: the agent gets it as data."""
    if result.failure is None or result.failure.cause is not Cause.EXIT:
        return result
    try:
        with (folder / "stderr.log").open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LAST_WORDS))
            lines = file.read().decode("utf-8", "replace").strip().splitlines()
    except OSError:
        return result
    said = "".join(each if each.isprintable() else " " for each in lines[-1]) if lines else ""
    message = f"{result.failure.message}; its last line: {said}" if said else result.failure.message
    return replace(result, failure=replace(result.failure, message=message))


def target_branch(repo: Path, name: str) -> str:
    """The branch that a merge moves. Raises GitError with a mend where the name is none."""
    if name == "HEAD":
        found = attempted(repo, "symbolic-ref", "--quiet", "--short", "HEAD")
        if found.returncode:
            raise GitError(
                f"{repo} has no branch checked out, so there is none to merge into\n  mend: write `into: a-branch`"
            )
        return found.stdout.decode().strip()
    if attempted(repo, "rev-parse", "--verify", "--quiet", f"refs/heads/{name}").returncode:
        raise GitError(
            f"{repo} has no branch {name!r} to merge into\n  mend: make it, or write `into: an-existing-branch`"
        )
    return name


def _checked_out(repo: Path, branch: str) -> Path | None:
    """The worktree that has the branch, None where no worktree has it."""
    place: Path | None = None
    for line in git(repo, "worktree", "list", "--porcelain").decode("utf-8", "surrogateescape").splitlines():
        if line.startswith("worktree "):
            place = Path(line.removeprefix("worktree "))
        elif line == f"branch refs/heads/{branch}":
            return place
    return None


def _require_clean(repo: Path, branch: str) -> None:
    place = _checked_out(repo, branch)
    if place is not None and place.is_dir() and git(place, "status", "--porcelain", "--untracked-files=no").strip():
        raise GitError(
            f"{branch} is checked out in {place} with changes that are not committed\n"
            "  mend: commit or stash them and resume, or write `into: another-branch`"
        )


def _follow(repo: Path, branch: str, old: str, new: str) -> None:
    """Have the worktree that has the branch checked out show its new commit. It is clean; what it may lack is told
    by git.
    """
    place = _checked_out(repo, branch)
    if place is not None and place.is_dir():
        git(place, "read-tree", "-m", "-u", old, new)


def _catch_up(repo: Path, branch: str) -> None:
    """Go on where a merge was killed after the branch moved, and before the worktree that has it checked out showed
    that.
    """
    tip, place = commit_id(repo, f"refs/heads/{branch}"), _checked_out(repo, branch)
    parents = _our_merge(repo, tip)
    if place is None or not place.is_dir() or not parents:
        return
    behind = attempted(place, "diff-index", "--cached", "--quiet", parents[0]).returncode == 0
    clean = attempted(place, "diff-files", "--quiet").returncode == 0
    if behind and clean and attempted(place, "diff-index", "--cached", "--quiet", tip).returncode:
        _follow(repo, branch, parents[0], tip)


def _our_merge(repo: Path, commit: str) -> list[str]:
    """The parents of a merge that the queue made, none for any other commit."""
    said = git(repo, "show", "--no-patch", "--format=%ce%x00%P", commit).decode("utf-8", "replace").strip()
    who, _, parents = said.partition("\0")
    found = parents.split()
    return found if who == AUTHOR["GIT_COMMITTER_EMAIL"] and len(found) == 2 else []


def _merge_of(repo: Path, commit: str, tip: str) -> str:
    """The merge of ours that brought a commit into the history of `tip`, "" where none did."""
    listed = git(repo, "rev-list", "--first-parent", "--merges", tip, f"^{commit}").decode().split()
    return next((each for each in listed if commit in _our_merge(repo, each)[1:]), "")


def _clashing(listed: bytes) -> str:
    paths = [line.decode("utf-8", "replace") for line in listed.split(b"\n")[1:] if line]
    more = f" and {len(paths) - NAMED} more" if len(paths) > NAMED else ""
    return ", ".join(paths[:NAMED]) + more
