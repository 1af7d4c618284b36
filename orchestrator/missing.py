"""Why a plan's runner is missing: its module cannot be imported, or the project beside the plan is not installed."""

import os
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from orchestrator.plan.problem import PlanError, Problem
from orchestrator.registry import GROUP, BrokenOffer, Offer

PROJECTS: Final = ("pyproject.toml", "setup.py", "setup.cfg")
UPWARDS: Final = 3  # folders above the plan's in which its project is looked for
_UNREGISTERED: Final = re.compile(r"no runner '[^']*' is registered$")
_MODULE: Final = re.compile(r"ModuleNotFoundError: No module named '([^']+)'")


def explained(error: PlanError, plan: Path, broken: Callable[[], Iterable[BrokenOffer]]) -> PlanError:
    """The same problems; those of runners that are not there say which module is missing, and what to install.
    Looks at the disk.
    """
    if not any(_UNREGISTERED.search(each.what) for each in error.problems):
        return error
    offers, project = list(broken()), project_beside(plan)
    return PlanError(_explained(each, offers, project) for each in error.problems)


def project_beside(plan: Path) -> Path | None:
    """The folder of the Python project that the plan lies in: its own or one above, None if there is none."""
    folder = plan.absolute().parent
    for each in (folder, *folder.parents[:UPWARDS]):
        if any((each / name).is_file() for name in PROJECTS):
            return each
    return None


def offers_beside(plan: Path) -> tuple[Offer, ...]:
    """The runners that the project beside the plan declares, installed or not; its folder and `src` become importable.
    Reads pyproject.toml.

    A file that cannot be read declares nothing: its installation will say what is wrong with it.
    """
    project = project_beside(plan)
    if project is None:
        return ()
    try:
        import tomllib  # noqa: PLC0415 - rarely needed

        data = tomllib.loads((project / PROJECTS[0]).read_text(encoding="utf-8"))
        declared = data["project"]["entry-points"][GROUP]
        values = [str(value) for value in declared.values()]
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        return ()
    for folder in (project / "src", project):
        if folder.is_dir() and str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    return tuple(Offer(value, _shown(project)) for value in values)


def _explained(problem: Problem, offers: list[BrokenOffer], project: Path | None) -> Problem:
    if not _UNREGISTERED.search(problem.what):
        return problem
    what, mend = problem.what, problem.mend
    if offers:
        what += f"; {_why(offers[0])}"
    if project is not None and not mend.startswith("did you mean"):
        mend = f"pip install -e {_shown(project)}, whose project lies beside the plan; or {mend}"
    elif offers:
        mend = f"install the package, or put its folder in PYTHONPATH; or {mend}"
    return replace(problem, what=what, mend=mend)


def _why(broken: BrokenOffer) -> str:
    """Which module is missing, and who named it; or whatever else kept an offer from being imported."""
    if found := _MODULE.match(broken.reason):
        return f"there is no module {found[1]!r}, which {broken.offer.source} needs for {broken.offer.value}"
    return str(broken)


def _shown(project: Path) -> str:
    """As short as it can be typed from here: "." in the project itself."""
    return os.path.relpath(project)
