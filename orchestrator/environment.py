"""What machine a run is measured on, as text: it stands beside every figure in the report."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

import psutil

PACKAGE: Final = "workstream-orchestrator"
GIT_SECONDS: Final = 5.0


def capture(project: Path) -> dict[str, str]:
    """The environment of a run started in the folder `project`.

    Keys: cpu, cores, memory, kernel, python, load, git (commit and whether the tree was dirty; only in a repository),
    and `package <name>` for this package and everything it declares that it needs. What cannot be found out is left out.
    """
    facts = {
        "cpu": _cpu_model(),
        "cores": _cores(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": " ".join(f"{value:.2f}" for value in os.getloadavg()),
        "git": _git_state(project),
        **{f"package {name}": version for name, version in packages()},
    }
    return {name: value for name, value in facts.items() if value}


def _cpu_model() -> str:
    """The first `model name` of /proc/cpuinfo; some architectures have none."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _cores() -> str:
    """How many this process may use, and how many there are where that is more: a container has a share."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else psutil.cpu_count() or 1
    present = psutil.cpu_count() or usable
    return f"{usable}" if usable == present else f"{usable} of {present}"


def _git_state(project: Path) -> str:
    commit = _git(project, "rev-parse", "HEAD")
    if not commit:
        return ""
    dirty = _git(project, "status", "--porcelain", "--untracked-files=no")
    return f"{commit} (dirty)" if dirty else commit


def _git(project: Path, *arguments: str) -> str:
    """Its standard output, or nothing where git is missing, slow or says no. Takes no locks: others may be at work."""
    program = shutil.which("git")
    if program is None:
        return ""
    try:
        done = subprocess.run(
            (program, "--no-optional-locks", "-C", str(project), *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace").strip() if done.returncode == 0 else ""


def packages() -> Iterator[tuple[str, str]]:
    """This package and its declared needs, with versions, by name; nothing when run from a tree not installed."""
    try:
        requirements = metadata.requires(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return
    needed = sorted({_name(text) for text in requirements if "extra ==" not in text})
    for name in (PACKAGE, *needed):
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def _name(requirement: str) -> str:
    """`numpy` from `numpy>=1.26; python_version > "3"`."""
    end = next((at for at, char in enumerate(requirement) if not (char.isalnum() or char in "-_.")), len(requirement))
    return requirement[:end]
