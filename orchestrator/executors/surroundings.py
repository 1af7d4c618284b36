"""The environment of an attempt's processes."""

import errno
import functools
import os
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final

from orchestrator.executors.guard import owner
from orchestrator.executors.order import WorkOrder
from orchestrator.executors.temporary import tmp_of
from orchestrator.executors.tree import ATTEMPT, OWNER
from orchestrator.secrets import dotenv_variables, known_secrets

LARGEST_DOTENV: Final = 2**20
PACKAGE_PARENT: Final = str(Path(__file__).resolve().parents[2])


def attempt_environment(order: WorkOrder, base: Mapping[str, str], evidence: str) -> dict[str, str]:
    """The variables of the attempt's processes: ours, where to put files, the plan's, and the marks for finding them.

    evidence: where to append lines of it. Raises OSError if a variable that the plan names by reference is not set
    here.
    """
    missing = next((name for name in order.env_from.values() if name not in base), None)
    if missing is not None:
        raise OSError(errno.ENOENT, f"the plan takes a value from the variable {missing}, which is not set here")
    cache = str(order.cache)
    environment = {
        **base,
        "TMPDIR": tmp_of(order.folder),
        "XDG_CACHE_HOME": cache,
        "PYTHONPYCACHEPREFIX": f"{cache}/pycache",
        "PYTHONHASHSEED": "0",
        **order.env,
        **{name: base[source] for name, source in order.env_from.items()},
        "ORCHESTRATE_EVIDENCE": evidence,
        ATTEMPT: order.marker,
        OWNER: owner(),
    }
    if found := environment.get("PYTHONPATH"):
        environment["PYTHONPATH"] = within(order.project, found)
    if not _installed():
        paths = [PACKAGE_PARENT, *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)  # a checkout that is not installed
    return environment


def within(project: Path, paths: str) -> str:
    """A search path whose relative parts mean the project's folder, as they did where the run was started."""
    return os.pathsep.join(os.path.normpath(os.path.join(project, part)) for part in paths.split(os.pathsep))  # noqa: PTH118 - asked for with every attempt


def secrets_of(order: WorkOrder, base: Mapping[str, str]) -> tuple[str, ...]:
    """The values that are masked in what the attempt prints.

    These are values of secret names, of references, of variables that the order names, and of the project's `.env`.
    """
    values = {**dotenv_of(order.project), **base, **order.env}
    return known_secrets(values, (*order.env_from.values(), *order.secret))


def dotenv_of(project: Path) -> Mapping[str, str]:
    """The entries of the project's `.env`, none if there is no such readable file."""
    path = f"{project}/.env"
    try:
        found = os.stat(path)  # noqa: PTH116 - asked for with every attempt
    except OSError:
        return {}
    return _dotenv(path, found.st_mtime_ns, found.st_size)


@functools.lru_cache(maxsize=4)
def _dotenv(path: str, _changed: int, size: int) -> Mapping[str, str]:
    if size > LARGEST_DOTENV:
        return {}
    try:
        return dotenv_variables(Path(path).read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return {}


def inherited() -> Mapping[str, str]:
    """os.environ as a plain dict, cached.

    os.environ decodes every value on each access. Checking that nothing changed is far quicker.
    """
    kept = vars(os.environ).get("_data")
    if kept is None or _Last.raw != kept:
        _Last.raw, _Last.text = dict(kept or {}), dict(os.environ)
    return _Last.text


class _Last:
    """The last environment: what os.environ stores, and its decoded values."""

    raw: ClassVar[dict[bytes, bytes]] = {}
    text: ClassVar[dict[str, str]] = {}


@functools.cache
def _installed() -> bool:
    """Whether a fresh interpreter finds this package by itself."""
    return PACKAGE_PARENT in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
