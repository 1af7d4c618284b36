"""`orchestrate import --agents`: agent files into a plan."""

from collections.abc import Iterator
from pathlib import Path

import yaml

from orchestrator.agents.instructions import read_agent_file
from orchestrator.atomic_write import write_whole
from orchestrator.cli.faults import UsageError
from orchestrator.cli.output import plain, say, tell
from orchestrator.cli.places import as_json
from orchestrator.importers.agentfiles import FileNote, Found, NoAgentsPlaceError, fill_agents
from orchestrator.importers.draft import Concern
from orchestrator.plan.agentfile import AgentFileError
from orchestrator.plan.load import parse_plan, read_plan_text
from orchestrator.specialfile import is_special

HOMES = (".github/agents", ".claude/agents")
"""Where coding agents look for them in a project."""


def import_agents(folder: Path, plan: Path | None, output: Path | None, *, as_data: bool = False) -> None:
    """Print the plan with the agents of the folder's files, or write it to a new file; without a plan, its part
    `agents`.

    Raises UsageError where there are no agent files or `output` exists, PlanError where the outcome is no valid plan.
    """
    if output is not None and output.exists() and not is_special(output):
        raise UsageError(f"{output} exists already\n  mend: name another file, or remove it")
    notes: list[FileNote] = []
    found = list(_found(folder, notes))
    if not found:
        why = "".join(f"\n  {note.path}: {note.text}" for note in notes)
        mend = f"name a folder with NAME.agent.md or NAME.md files, as {' or '.join(HOMES)}"
        raise UsageError(f"{folder}: there is no agent file{why}\n  mend: {mend}")
    try:
        filled = fill_agents(found, None if plan is None else read_plan_text(plan))
    except NoAgentsPlaceError as error:
        raise UsageError(f"{plan}: agents cannot be put into it: {error}\n  mend: name a plan in YAML") from error
    notes += filled.notes
    for note in [] if as_data else notes:
        tell(plain(f"{note.path}: {note.concern}: {note.text}"))
    if plan is not None:
        parse_plan(filled.text, f"{plan} with agents")
    if output is not None:
        write_whole(output, filled.text)
    if as_data:
        say(as_json(_as_data(folder, filled.text, notes, output)))
    elif output is None:
        say(filled.text.rstrip("\n"))
    else:
        tell(plain(f"{output} is written; give the agents a `driver` and a `program` for work from a `brief`"))


def _as_data(folder: Path, text: str, notes: list[FileNote], output: Path | None) -> dict[str, object]:
    told = [{"path": one.path, "concern": one.concern.value, "text": one.text} for one in notes]
    written = None if output is None else str(output)
    return {"source": str(folder), "plan": yaml.safe_load(text), "notes": told, "written": written}


def _found(folder: Path, notes: list[FileNote]) -> Iterator[Found]:
    """The agent files of a folder, or of a project's usual places, by name. What cannot be read is a note."""
    homes = [folder / home for home in HOMES if (folder / home).is_dir()]
    for place in homes or [folder]:
        for path in sorted(place.glob("*.md")):
            try:
                read = read_agent_file(path)
            except AgentFileError as error:
                said = str(error).split("\n", 1)[0].removeprefix(f"{path}:").strip()
                notes.append(FileNote(str(path), Concern.NOT_UNDERSTOOD, said))
                continue
            if read.description or read.other or path.name.endswith(".agent.md"):
                yield Found(path.as_posix(), read)
            else:
                notes.append(FileNote(str(path), Concern.LEFT_OUT, "it has no front matter, so it is not an agent"))
