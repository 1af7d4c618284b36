"""The table of transitions as text: a line for each pair of states, with the events that lead from one to the other.

`python -m orchestrator.state.diagram` prints it for the docstring of `orchestrator.state.transitions`; with `mermaid`,
for docs/concepts/journal.md. A test holds both against the table.
"""

import sys
from collections.abc import Iterator
from dataclasses import fields

from orchestrator.state.transitions import TRANSITIONS, Status


def lines() -> Iterator[str]:
    """`pending -> running: task_started`. Events that change no state stand last, by state."""
    for (before, after), kinds in _pairs().items():
        if before is not after:
            yield f"{before} -> {after}: {', '.join(kinds)}"
    for (before, after), kinds in _pairs().items():
        if before is after:
            yield f"{before} stays: {', '.join(kinds)}"


def mermaid() -> str:
    """A state diagram. It leaves out what changes no state."""
    moves = [(before, after) for before, after in _pairs() if before is not after]
    rows = [f"    {_name(before)} --> {_name(after)}: {_brief(_pairs()[before, after])}" for before, after in moves]
    names = [f'    state "{status}" as {_name(status)}' for status in Status if " " in status]
    return "\n".join(["stateDiagram-v2", *names, f"    [*] --> {_name(Status.PENDING)}", *rows])


def _pairs() -> dict[tuple[Status, Status], list[str]]:
    """The kinds of events by the states before and after, in the order of the states."""
    found: dict[tuple[Status, Status], list[str]] = {}
    order = {status: place for place, status in enumerate(Status)}
    table = sorted(TRANSITIONS.items(), key=lambda each: (order[each[0][0]], order[each[1]]))
    for (before, event), after in table:
        kind = next(str(each.default) for each in fields(event) if each.name == "kind")
        found.setdefault((before, after), []).append(kind)
    return found


def _name(status: Status) -> str:
    return status.replace(" ", "_")


def _brief(kinds: list[str]) -> str:
    return ", ".join(kind.replace("_", " ") for kind in kinds)


if __name__ == "__main__":
    print(mermaid() if sys.argv[1:] == ["mermaid"] else "\n".join(lines()))  # noqa: T201 - what it is for
