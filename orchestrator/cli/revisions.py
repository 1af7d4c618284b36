"""A plan by file or by git revision: `plan.yaml`, `HEAD~1:plans/phase4a3.yaml`, or a revision of another argument's
file.
"""

import subprocess
from pathlib import Path
from typing import Final

from orchestrator.cli.faults import UsageError
from orchestrator.graph.load import LoadedPlan, load_plan, load_text

HEAD: Final = "HEAD"
GIT_SECONDS: Final = 60.0


def load_version(name: str, beside: str | None = None) -> LoadedPlan:
    """The plan that a name means: a file, or REVISION:PATH, or a revision of the file `beside`.

    Raises PlanError for a plan that is not valid, UsageError for a name that stands for nothing.
    """
    if Path(name).exists():
        return load_plan(Path(name))
    revision, colon, path = name.partition(":")
    if colon and revision:
        return load_text(_show(revision, path), name)
    if beside is not None:
        return load_text(_show(name, beside), f"{name}:{beside}")
    raise UsageError(f"{name}: no such file or revision\n  mend: name a plan file, or write REVISION:PATH as git does")


def _show(revision: str, path: str) -> str:
    """The file's text at a revision; the path is relative to here, as it is for every other argument."""
    file = Path(path)
    folder = file.parent if file.parent.is_dir() else Path()
    spelled = f"{revision}:./{file.relative_to(folder) if file.is_relative_to(folder) else file}"
    argv = ["git", "-C", str(folder), "show", "--end-of-options", spelled]
    try:
        done = subprocess.run(argv, capture_output=True, check=False, timeout=GIT_SECONDS)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(
            f"{revision}:{path}: git could not be asked: {error}\n  mend: install git, or name two files"
        ) from error
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise UsageError(
            f"{revision}:{path}: git knows no such file: {said[-1] if said else 'no reason given'}\n"
            "  mend: check the revision (`git log`) and the path, relative to this folder"
        )
    return done.stdout.decode("utf-8-sig", errors="surrogateescape")
