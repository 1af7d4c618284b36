"""The sandbox in which a hand-in is measured. It has no network and none of our environment. It can read its checkout
and the project.

The instrument runs in it too, because most instruments import or start what was handed in. In the state folder it sees
only its own attempt's folder and the files that tasks above gave it. It has its own caches: a shared cache could hold
what an earlier hand-in left there.
"""

import importlib.util
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from orchestrator.agents.sandbox import Enclosure, choose, enclosed, installation
from orchestrator.executors.agentwork import Checkout
from orchestrator.executors.order import Cage, WorkOrder
from orchestrator.executors.surroundings import PACKAGE_PARENT
from orchestrator.executors.temporary import tmp_of

MEASURED: Final = str(Path(__file__).with_name("measured.py"))
PASSED: Final = ("PATH", "LANG", "LC_ALL", "TZ")
"""Names of our environment that an instrument of a hand-in gets; more where the plan's `env` takes a value from one."""
USUAL: Final = ("sh", "python3", "python", "node")
"""Programs that an instrument's shell starts: where they are installed, they can be read."""
OWN_CODE: Final = {"PYTHONPYCACHEPREFIX": "", "PYTHONDONTWRITEBYTECODE": "1"}
"""Packages' compiled code is read where it was installed; none is written, and none of another attempt's is read."""
VERSIONS: Final = "shims"
"""A folder on the PATH, as pyenv and its like have it: what stands in it starts something beside it."""


def caged(order: WorkOrder) -> WorkOrder:
    """The order with what its program is kept in. Raises NoSandboxError."""
    checkout = order.checkout
    assert checkout is not None
    kind = choose(checkout.sandbox)
    if kind == "none":
        return order
    state, cache, fifo = order.cache.parent, *scratch(checkout)
    cache.mkdir(mode=0o700)
    tmp = Path(tmp_of(order.folder))
    order = replace(order, cache=cache, env={**OWN_CODE, **order.env}, inputs=tuple(order.inputs))
    inside = Enclosure(
        order.folder,
        tmp,
        order.project,
        order.project,
        state,
        checkout.network,
        shown=(*shown(order, state), checkout.folder),
        written=(cache, fifo),
    )
    program = (order.command or (sys.executable,))[:1]
    words = enclosed(kind, program, inside)[: -len(program)]
    argv = (sys.executable, "-I", "-S", MEASURED, str(fifo), *words)
    return replace(order, cage=Cage(argv, environment(order, os.environ, tmp)))


def scratch(checkout: Checkout) -> tuple[Path, Path]:
    """An instrument's caches, and the FIFO that it records to; both go with the checkout."""
    place = checkout.folder.parent
    return place / "cache", place / "evidence"


def environment(order: WorkOrder, ours: Mapping[str, str], home: Path) -> dict[str, str]:
    """All that it gets of our environment, and a home that is empty."""
    names = (*PASSED, *order.env_from.values())
    return {name: ours[name] for name in names if name in ours} | {"HOME": str(home)}


def shown(order: WorkOrder, state: Path) -> Iterator[Path]:
    """What lies in places that are covered, and is needed: programs, packages, files of tasks above. Never what has
    a covered place in it.
    """
    home = Path.home()
    covered = (home, home / ".local/share", state, Path(tempfile.gettempdir()))
    for place in (*_programs(), *(_packages(order) if order.runner is not None else ())):
        if place.is_absolute() and not any(place == each or place in each.parents for each in covered):
            yield place
    for given in order.inputs:
        yield from given.artifacts.values()
        if given.series is not None:
            yield given.series


def _programs() -> Iterator[Path]:
    """Folders on the PATH, and where the programs that shells start are installed."""
    for folder in map(Path, os.get_exec_path()):
        yield folder.parent if folder.name == VERSIONS else folder
    for found in filter(None, map(shutil.which, USUAL)):
        yield from map(Path, installation(os.path.realpath(found)))


def _packages(order: WorkOrder) -> Iterator[Path]:
    """Where a runner, and what it imports, are found by a fresh interpreter."""
    yield from map(Path, (PACKAGE_PARENT, *filter(None, sys.path)))
    top = (order.offer or "").partition(":")[0].partition(".")[0]
    found = importlib.util.find_spec(top) if top else None
    if found is not None:
        yield from map(Path, found.submodule_search_locations or filter(None, [found.origin]))
