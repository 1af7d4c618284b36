"""`orchestrate workspaces`: what agents' worktrees and branches hold, and which of them may go."""

import dataclasses
from collections import Counter
from pathlib import Path

from orchestrator.agents.workspaces import REMOVABLE, Left, workspaces
from orchestrator.cli.output import say, table
from orchestrator.cli.places import as_json, find_run, opened_journal


def show_workspaces(state: Path, run: str | None, *, prune: bool, as_data: bool) -> None:
    """List them, of all runs or of one; with `prune`, remove what is merged or empty first. Raises UsageError,
    JournalError.
    """
    with opened_journal(state) as journal:
        runs = [one.run for one in journal.runs()] if run is None else [find_run(journal, run).run]
        found = list(workspaces(journal, state, runs, prune=prune))
    say(as_json([_data(one) for one in found]) if as_data else _text(found, prune=prune))


def _data(one: Left) -> dict[str, object]:
    plain = dataclasses.asdict(one)
    return {**{key: value for key, value in plain.items() if key != "holds"}, "standing": one.holds.value}


def _text(found: list[Left], *, prune: bool) -> str:
    if not found:
        return "no worktree and no branch of an agent"
    rows = [("removed" if one.removed else one.holds.value, one.branch, one.why) for one in found]
    counts = Counter(word for word, _, _ in rows)
    told = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
    lines = [table(("", "branch", ""), rows), "", f"{len(found)} in all: {told}"]
    folders = [f"{one.holds.value:9} {one.folder}" for one in found if one.folder and not one.removed]
    lines += ["", "worktrees:", *(f"  {each}" for each in folders)] if folders else []
    may_go = sum(one.holds in REMOVABLE and not one.removed for one in found)
    if may_go and not prune:
        lines += ["", f"{may_go} of them may go: orchestrate workspaces --prune"]
    return "\n".join(lines)
