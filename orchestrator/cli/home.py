"""The default state folder: that of the project which contains the current folder."""

import os
from pathlib import Path
from typing import Final

from orchestrator.cli.options import REPORTS, STATE
from orchestrator.cli.output import tell

ATTEMPT: Final = "ORCHESTRATE_ATTEMPT"
JOURNAL: Final = "journal.sqlite"


def found_state(state: Path) -> Path:
    """The state folder: as given; where that is the usual name and nothing is there, the one of a project above. It
    raises nothing: who opens the folder says what is wrong with it.
    """
    try:
        if state != STATE or STATE.exists():
            return state
        project = project_above(Path.cwd())
    except (OSError, RuntimeError):  # this folder is gone, one above is shut, or nobody has a home
        return state
    return state if project is None else project / STATE


def project_above(folder: Path) -> Path | None:
    """The nearest folder above that has a journal of ours. Not looked at: what is outside the repository, in a state
    folder, the home folder and above.

    A task that runs `orchestrate` itself means its own folder.
    """
    home = Path.home()
    if ATTEMPT in os.environ or (folder / ".git").exists():
        return None
    for each in folder.parents:
        if each in {home, Path(each.anchor)} or each.name == STATE.name:
            return None
        if _is_ours(each):
            return each
        if (each / ".git").exists():
            return None
    return None


def go_to_project(plan: Path, state: Path, reports: Path) -> tuple[Path, Path, Path]:
    """For a run: make the project the current folder, report it, and translate the paths of plan, state and reports.

    Nothing changes where the state folder is a given one, or lies here.
    """
    if not state.is_absolute() or state.name != STATE.name or state == Path.cwd() / STATE:
        return plan, state, reports
    project = state.parent
    if project not in Path.cwd().parents:
        return plan, state, reports
    tell(f"project: {project}")
    plan = Path(os.path.relpath(plan, project))
    reports = reports if reports == REPORTS else Path(os.path.relpath(reports, project))
    os.chdir(project)
    return plan, STATE, reports


def _is_ours(folder: Path) -> bool:
    """Whether it holds a journal that this user owns, and not one that somebody laid there."""
    try:
        return (folder / STATE / JOURNAL).stat().st_uid == os.getuid()
    except OSError:
        return False
