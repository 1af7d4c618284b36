"""What the processes of an attempt have around them: their environment."""

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

PACKAGE_PARENT: Final = str(Path(__file__).resolve().parents[2])


def attempt_environment(order: WorkOrder, base: Mapping[str, str], evidence: str) -> dict[str, str]:
    """What the attempt's processes see: ours, where to put files, what the plan says, and the marks it is found by.

    evidence: where to append lines of it.
    """
    cache = str(order.cache)
    environment = {
        **base,
        "TMPDIR": tmp_of(order.folder),
        "XDG_CACHE_HOME": cache,
        "PYTHONPYCACHEPREFIX": f"{cache}/pycache",
        "PYTHONHASHSEED": "0",
        **order.env,
        "ORCHESTRATE_EVIDENCE": evidence,
        ATTEMPT: order.marker,
        OWNER: owner(),
    }
    if not _installed():
        paths = [PACKAGE_PARENT, *filter(None, [environment.get("PYTHONPATH")])]
        environment["PYTHONPATH"] = os.pathsep.join(paths)  # a checkout that is not installed
    return environment


def inherited() -> Mapping[str, str]:
    """os.environ as a plain dict. It decodes every value when it is asked, which takes far longer than to see that nothing changed."""
    kept = vars(os.environ).get("_data")
    if kept is None or _Last.raw != kept:
        _Last.raw, _Last.text = dict(kept or {}), dict(os.environ)
    return _Last.text


class _Last:
    """The environment as it was last: what os.environ keeps, and what it says."""

    raw: ClassVar[dict[bytes, bytes]] = {}
    text: ClassVar[dict[str, str]] = {}


@functools.cache
def _installed() -> bool:
    """Whether a fresh interpreter finds this package by itself."""
    return PACKAGE_PARENT in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
