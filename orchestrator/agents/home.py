"""An agent's home: its own folder, kept from round to round, with the files that the plan puts there before each turn.

The agent could write to it in the round before, so no link in it is followed.
"""

import contextlib
import os
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from orchestrator.agents.driver import DriverError
from orchestrator.agents.meter.providers import PROVIDERS
from orchestrator.executors.agentwork import Turn

REFERENCE: Final = "${proxy."


def make_home(turn: Turn, bases: Mapping[str, str]) -> None:
    """Have the home and its files. bases: where agents find the proxy, by provider. Raises DriverError, OSError."""
    texts = {name: _filled(turn.agent, name, text, bases) for name, text in turn.files.items()}
    turn.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    _folder(turn.home / "tmp")
    for name, text in texts.items():
        _put(turn.home, name, text)


def _filled(agent: str, name: str, text: str, bases: Mapping[str, str]) -> str:
    """The text with `${proxy.PROVIDER}` in it replaced."""
    for provider, base in bases.items():
        text = text.replace(f"{REFERENCE}{provider}}}", base)
    if REFERENCE not in text:
        return text
    wanted = text.partition(REFERENCE)[2].partition("}")[0]
    keys = PROVIDERS[wanted].keys if wanted in PROVIDERS else ()
    mend = f"name {keys[0]} in its `env`, and export it" if keys else f"use one of: {', '.join(PROVIDERS)}"
    raise DriverError(
        f"the file {name!r} in the home of agent {agent} names ${{proxy.{wanted}}}, which it does not get\n  mend: "
        f"{mend}"
    )


def _put(home: Path, name: str, text: str) -> None:
    """Write beside, then rename: that takes the place of a link, and never follows it."""
    *folders, last = name.split("/")
    place = home
    for each in folders:
        place /= each
        _folder(place)
    target, beside = place / last, place / f"{last}.orchestrate-new"
    clear(beside)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogateescape") as file:
        file.write(text)
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    beside.replace(target)


def _folder(path: Path) -> None:
    """A real folder at the path. Anything else there is replaced."""
    with contextlib.suppress(FileNotFoundError):
        if not stat.S_ISDIR(path.lstat().st_mode):
            path.unlink()
    path.mkdir(exist_ok=True, mode=0o700)
    if not path.stat().st_mode & stat.S_IWUSR:
        path.chmod(0o700)


def clear(path: Path) -> None:
    """Have nothing at the path. A link is removed, and not what it leads to. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISDIR(path.lstat().st_mode):
            shutil.rmtree(path)
        else:
            path.unlink()
