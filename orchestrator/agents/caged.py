"""The sandbox in which a hand-in is measured. It has no network and none of our environment. It can read its checkout
and the project.

The instrument runs in it too, because most instruments import or start what was handed in. In the state folder it sees
only its own attempt's folder and the files that tasks above gave it. It has its own caches: a shared cache could hold
what an earlier hand-in left there.

What an instrument starts by `$ORCHESTRATE_APART` gets a sandbox of its own, new for each call (`apart.py`).
"""

import importlib.util
import json
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from orchestrator.agents.sandbox import Enclosure, bubblewrap, choose, enclosed, installation
from orchestrator.executors.agentwork import Checkout
from orchestrator.executors.order import Cage, WorkOrder
from orchestrator.executors.surroundings import PACKAGE_PARENT
from orchestrator.executors.temporary import tmp_of
from orchestrator.executors.tree import ATTEMPT, OWNER

MEASURED: Final = str(Path(__file__).with_name("measured.py"))
APART: Final = "ORCHESTRATE_APART"
"""The variable that names the program by which an instrument starts others apart."""
CALL: Final = str(Path(__file__).with_name("apart.py"))
PASSED: Final = ("PATH", "LANG", "LC_ALL", "TZ")
"""Names of our environment that an instrument of a hand-in gets; more where the plan's `env` takes a value from one."""
USUAL: Final = ("sh", "python3", "python", "node")
"""Programs that an instrument's shell starts: where they are installed, they can be read."""
OWN_CODE: Final = {"PYTHONPYCACHEPREFIX": "", "PYTHONDONTWRITEBYTECODE": "1"}
"""Packages' compiled code is read where it was installed; none is written, and none of another attempt's is read."""
GIVEN_APART: Final = (*PASSED, "HOME", "TMPDIR", ATTEMPT, OWNER, "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED")
"""Names of the instrument's environment that a program apart gets. The plan's `env` may hold secrets of the instrument.
"""
VERSIONS: Final = "shims"
"""A folder on the PATH, as pyenv and its like have it: what stands in it starts something beside it."""


def caged(order: WorkOrder) -> WorkOrder:
    """The order with what its program is kept in. Raises NoSandboxError."""
    checkout = order.checkout
    assert checkout is not None
    kind = choose(checkout.sandbox)
    state, (cache, fifo, apart) = order.cache.parent, scratch(checkout)
    apart.mkdir(mode=0o700)
    order = replace(order, env={**order.env, APART: _program(apart, kind)})
    if kind == "none":
        return order
    cache.mkdir(mode=0o700)
    tmp = Path(tmp_of(order.folder))
    order = replace(order, cache=cache, env={**OWN_CODE, **order.env}, inputs=tuple(order.inputs))
    program = (order.command or (sys.executable,))[:1]
    own = (*needed(order, state), checkout.folder)
    inside = Enclosure(
        order.folder,
        tmp,
        order.project,
        order.project,
        state,
        checkout.network,
        shown=(*own, *given(order), apart),
        written=(cache, fifo),
    )
    if kind == "bubblewrap":
        _write_words(apart, program, replace(inside, network=False, shown=own, written=(), lasting=False))
    words = enclosed(kind, program, inside)[: -len(program)]
    argv = (sys.executable, "-I", "-S", MEASURED, str(fifo), str(apart) if kind == "bubblewrap" else "", *words)
    return replace(order, cage=Cage(argv, environment(order, os.environ, tmp)))


def scratch(checkout: Checkout) -> tuple[Path, Path, Path]:
    """An instrument's caches, the FIFO that it records to, and the folder by which it starts programs apart; all go
    with the checkout.
    """
    place = checkout.folder.parent
    return place / "cache", place / "evidence", place / "apart"


def _program(apart: Path, kind: str) -> str:
    """The program that an instrument calls. Where programs cannot be kept apart, it says so and fails."""
    path = apart / "run"
    call = shlex.join([sys.executable, "-I", "-S", CALL, str(apart)])
    text = f'exec {call} "$@"' if kind == "bubblewrap" else f"echo {shlex.quote(_refusal(kind))} >&2; exit 125"
    path.write_text(f"#!/bin/sh\n{text}\n", "utf-8", "surrogateescape")
    path.chmod(0o700)
    return str(path)


def _refusal(kind: str) -> str:
    lacking = "without a sandbox" if kind == "none" else "with landlock"
    return (
        f"apart: {lacking}, one program can leave files or processes for the next, so that nothing is run apart; "
        "mend: install bubblewrap (Debian: apt install bubblewrap), and let the agent's `sandbox` be auto"
    )


def _write_words(apart: Path, program: Sequence[str], inside: Enclosure) -> None:
    """What `measured.py` needs to start a program apart: the words of its sandbox, and its variables."""
    words = [*bubblewrap(program, inside), "--new-session"]
    given = {"words": words, "tmp": str(inside.home), "names": GIVEN_APART}
    (apart / "words.json").write_text(json.dumps(given), "utf-8")


def environment(order: WorkOrder, ours: Mapping[str, str], home: Path) -> dict[str, str]:
    """All that it gets of our environment, and a home that is empty."""
    names = (*PASSED, *order.env_from.values())
    return {name: ours[name] for name in names if name in ours} | {"HOME": str(home)}


def needed(order: WorkOrder, state: Path) -> Iterator[Path]:
    """What lies in places that are covered, and is needed: programs and packages. Never what has a covered place in
    it.
    """
    home = Path.home()
    covered = (home, home / ".local/share", state, Path(tempfile.gettempdir()))
    for place in (*_programs(), *(_packages(order) if order.runner is not None else ())):
        if place.is_absolute() and not any(place == each or place in each.parents for each in covered):
            yield place


def given(order: WorkOrder) -> Iterator[Path]:
    """The files of tasks above."""
    for each in order.inputs:
        yield from each.artifacts.values()
        if each.series is not None:
            yield each.series


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
