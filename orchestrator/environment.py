"""The machine on which a run is measured, as text. The report shows it beside the figures."""

import os
import platform
import shutil
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from orchestrator import kernel
from orchestrator.kernel.facts import processor

DISTRIBUTIONS: Final = ("workstream-orchestrator", "workstream-orchestrator-core")
"""What brings this package: everything in one, or the orchestrator alone. Never both are installed."""
GIT_SECONDS: Final = 5.0
REFUSED: Final = "safe.directory"
"""What git's complaint about a repository of another owner names, in every language."""
OF_GIT: Final = frozenset(
    {"GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES"}
)
"""Variables that do not say which repository is meant."""
PLAIN_GIT: Final = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def capture(project: Path, plan: Path | None = None) -> dict[str, str]:
    """The environment of a run started in the folder `project`. plan: its file.

    Keys: cpu, cores, memory, kernel, python, load, git (commit, and whether the tree was dirty or the plan untracked;
    only in a repository), and `package <name>` for this package and everything it declares that it needs. What cannot
    be found out is left out.
    """
    facts = {
        "cpu": processor() or platform.processor() or platform.machine(),  # processor() starts a program
        "cores": _cores(),
        "memory": f"{kernel.memory() / 2**30:.1f} GiB",
        "kernel": f"{platform.system()} {platform.release()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load": " ".join(f"{value:.2f}" for value in os.getloadavg()),
        "git": _git_state(project, plan),
        "prices": _prices(),
        **{f"package {name}": version for name, version in packages()},
    }
    return {name: value for name, value in facts.items() if value}


def _cores() -> str:
    """How many this process may use, and how many there are where that is more: a container has a share."""
    usable = kernel.usable_cores()
    present = os.cpu_count() or usable
    return f"{usable}" if usable == present else f"{usable} of {present}"


def _git_state(project: Path, plan: Path | None) -> str:
    """The commit that the project's folder is at, and whether what was run is what that commit holds; or that git
    refuses to say.
    """
    if not _may_be_in_a_repository(project):
        return ""  # to ask git takes longer than many a task
    commit, complaint = _git(project, "rev-parse", "HEAD")
    if REFUSED in complaint:
        return "not known: git refuses a repository of another owner (git config --global --add safe.directory PATH)"
    if not commit:
        return ""
    dirty, _ = _git(project, "status", "--porcelain", "--untracked-files=no")
    said = f"{commit} (dirty)" if dirty else commit
    return f"{said}, {plan.name} is untracked" if plan is not None and _is_untracked(project, plan) else said


def _may_be_in_a_repository(folder: Path) -> bool:
    """Whether the folder or one around it looks like a repository: it has `.git`, or is a bare one.

    Source: gitrepository-layout(5).
    """
    around = (folder, *folder.parents)
    return any(os.path.lexists(each / ".git") or os.path.lexists(each / "HEAD") for each in around)


def _is_untracked(project: Path, plan: Path) -> bool:
    """Whether the plan is a file that the project's repository does not hold."""
    path = str(project / plan)
    tracked, _ = _git(project, "ls-files", "--cached", "--", path)
    return (project / plan).is_file() and not tracked


def _git(project: Path, *arguments: str) -> tuple[str, str]:
    """Its standard output and error; nothing where git is missing or slow, no output where it says no.

    Takes no locks: others may be at work. It looks at the project's folder, whatever repository its variables (GIT_DIR)
    name.
    """
    program = shutil.which("git")
    if program is None:
        return "", ""
    import subprocess  # noqa: PLC0415 - only in a repository

    try:
        done = subprocess.run(
            (program, "--no-optional-locks", "-C", str(project), *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=GIT_SECONDS,
            check=False,
            env={name: value for name, value in os.environ.items() if name in OF_GIT or name[:4] != "GIT_"} | PLAIN_GIT,
        )
    except (OSError, subprocess.TimeoutExpired):
        return "", ""
    said, complaint = (text.decode("utf-8", "replace").strip() for text in (done.stdout, done.stderr))
    return (said if done.returncode == 0 else ""), complaint


def distribution() -> str | None:
    """The name under which this package is installed; None where it runs from a tree."""
    for name in DISTRIBUTIONS:
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        return name
    return None


def version() -> str:
    """This package's version, "0" if it is not installed."""
    own = distribution()
    return "0" if own is None else metadata.version(own)


def install_extra(name: str) -> str:
    """The command that brings an extra to the distribution that is installed."""
    return f"pip install '{distribution() or DISTRIBUTIONS[0]}[{name}]'"


def _prices() -> str:
    """Where the prices of models are from, "" where there are none. Costs rest on them."""
    try:
        return f"genai-prices {metadata.version('genai-prices')}"
    except metadata.PackageNotFoundError:
        return ""


def packages() -> Iterator[tuple[str, str]]:
    """This package and its declared needs, with versions, by name; nothing when run from a tree not installed."""
    own = distribution()
    if own is None:
        return
    needed = sorted({_name(text) for text in _stated(own, "Requires-Dist") if "extra ==" not in text})
    for name in (own, *needed):
        try:
            yield from ((name, each) for each in _stated(name, "Version"))
        except metadata.PackageNotFoundError:
            continue


def _stated(distribution: str, field: str) -> list[str]:
    """What its metadata state in this field, without the long description that a parser of mail would read too.

    Raises PackageNotFoundError. Source: https://packaging.python.org/en/latest/specifications/core-metadata/
    """
    found = metadata.distribution(distribution)
    head = (found.read_text("METADATA") or found.read_text("PKG-INFO") or "").replace("\r\n", "\n").partition("\n\n")[0]
    lines = (line.partition(": ") for line in head.split("\n"))
    return [value.strip() for name, _, value in lines if name == field]


def _name(requirement: str) -> str:
    """`numpy` from `numpy>=1.26; python_version > "3"`."""
    end = next((at for at, char in enumerate(requirement) if not (char.isalnum() or char in "-_.")), len(requirement))
    return requirement[:end]
