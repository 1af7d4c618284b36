"""`orchestrate doctor`: what this machine offers, what would fail here, and the mend."""

import dataclasses
from pathlib import Path
from typing import Final

from orchestrator.cli.output import counted, plain, say
from orchestrator.cli.places import as_json
from orchestrator.doctor.examine import examine
from orchestrator.doctor.findings import Finding, State, findings

MARKS: Final = {State.GOOD: "✅", State.LIMITED: "❔", State.BAD: "❌"}
ENVIRONMENT: Final = 4


def show_doctor(state: Path, *, as_data: bool) -> int:
    """Print every finding; the exit code: 4 where runs would fail here, else 0."""
    found = findings(examine(state))
    say(as_json([dataclasses.asdict(one) for one in found]) if as_data else _text(found))
    return ENVIRONMENT if any(one.state is State.BAD for one in found) else 0


def _text(found: tuple[Finding, ...]) -> str:
    width = max(len(one.what) for one in found)
    lines: list[str] = []
    for one in found:
        lines.append(f"{MARKS[one.state]} {one.what.ljust(width)}  {plain(one.said)}")
        lines += [f"   {' ' * width}  mend: {plain(one.mend)}"] if one.mend else []
    return "\n".join([*lines, "", _summary(found)])


def _summary(found: tuple[Finding, ...]) -> str:
    bad, limited = (sum(one.state is state for one in found) for state in (State.BAD, State.LIMITED))
    if bad:
        return f"{counted(bad, 'thing')} would make runs fail here"
    return f"runs work here; {counted(limited, 'optional thing')} missing" if limited else "everything is there"
