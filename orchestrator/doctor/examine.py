"""Gather the facts about this machine. Every look is bounded in time. What cannot be found out is reported as not
known.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psutil

from orchestrator.agents.sandbox import bubblewrap_lacks, has_landlock
from orchestrator.doctor.findings import EXTRAS, Agent, Facts
from orchestrator.kernel import facts
from orchestrator.keys import user_keys

PATIENCE: Final = 10.0
"""Seconds that a program may take to say its version."""
CHROMIUMS: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AGENTS: Final[tuple[tuple[str, ...], ...]] = (
    ("codex-acp",),
    ("gemini", "--experimental-acp"),
    ("claude-agent-acp",),
    ("claude-code-acp",),
    ("opencode", "acp"),
    ("qwen", "--experimental-acp"),
    ("vibe-acp",),
    ("pi-acp",),
)
"""Programs known to speak ACP, with the words that make them."""


def examine(state: Path) -> Facts:
    """The facts. Starts `git`, `bwrap`, Chromium, Node and the agents that are on PATH, each for some seconds at
    most.
    """
    place, keys = _nearest(state), user_keys().folder
    return Facts(
        python=sys.version_info[:3],
        git=_version("git", "--version"),
        cores=facts.usable_cores(),
        memory=psutil.virtual_memory().available,
        open_files=_limit(resource.RLIMIT_NOFILE) or 1 << 20,
        processes=_limit(resource.RLIMIT_NPROC),
        state=str(state),
        state_problem=_problem(state, place),
        state_disk=shutil.disk_usage(place).free,
        state_file_system=_file_system(place),
        temporary=tempfile.gettempdir(),
        temporary_disk=shutil.disk_usage(tempfile.gettempdir()).free,
        bubblewrap=bubblewrap_lacks(),
        landlock=has_landlock(),
        chromium=next(filter(None, (_version(name, "--version") for name in CHROMIUMS)), ""),
        node=_version("node", "--version"),
        clock_kept=facts.clock_kept(),
        clock_behind=_newest(state) - time.time(),
        keys=str(keys or ""),
        keys_problem="there is no home folder" if keys is None else _problem(keys, _nearest(keys)),
        modules=frozenset(module for module, _ in EXTRAS.values() if _found(module)),
        agents=tuple(_agent(words) for words in AGENTS if shutil.which(words[0])),
    )


def _newest(state: Path) -> float:
    """When the newest of the journal and this package's own files was written; seconds since the epoch."""
    places = (Path(__file__), state / "journal.sqlite", state / "journal.sqlite-wal")
    return max(place.stat().st_mtime for place in places if place.exists())


def _found(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # of a package above it
        return False


def _nearest(path: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    path = path.absolute()
    return next(each for each in (path, *path.parents) if each.exists())


def _problem(state: Path, place: Path) -> str:
    if not place.is_dir():
        return f"{place} is not a folder"
    if not os.access(place, os.W_OK | os.X_OK):
        return f"no permission to write to {place}" if place == state.absolute() else f"cannot be made in {place}"
    return ""


def _file_system(place: Path) -> str:
    """The type of the file system that holds it, by the longest mount point above it."""
    mounts = [part for part in psutil.disk_partitions(all=True) if place.is_relative_to(part.mountpoint)]
    return max(mounts, key=lambda part: len(part.mountpoint)).fstype if mounts else ""


def _limit(kind: int) -> int | None:
    """The hard limit, to which runs raise their own; None if there is none."""
    hard = resource.getrlimit(kind)[1]
    return None if hard == resource.RLIM_INFINITY else hard


def _run(*argv: str) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            argv,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            stdin=subprocess.DEVNULL,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _version(*argv: str) -> str:
    """The first line that the program prints about itself; "" where it is not there or fails."""
    if shutil.which(argv[0]) is None:
        return ""
    done = _run(*argv)
    return done.stdout.strip().partition("\n")[0] if done is not None and done.returncode == 0 else ""


def _agent(words: tuple[str, ...]) -> Agent:
    if find_spec("acp") is None:
        return Agent(words[0], why="the extra agents is not installed, so that it cannot be asked")
    from orchestrator.doctor.greeting import greet  # noqa: PLC0415 - an extra

    return greet(words)
