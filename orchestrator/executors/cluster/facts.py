"""What a worker must have in common with the orchestrator's machine before it can do a task."""

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from orchestrator.environment import packages
from orchestrator.registry import load_registry
from orchestrator.runner import Runner
from orchestrator.sourcecode import Code


@dataclass(frozen=True, slots=True)
class Facts:
    """python: its version. packages: versions of this package and of its dependencies. code: a digest of each runner's
    code.
    """

    python: str
    packages: Mapping[str, str]
    code: Mapping[str, str]


def facts_here(names: Iterable[str], runners: Mapping[str, Runner] | None = None) -> Facts:
    """The facts of this process for the named runners; by default, for all installed ones.

    A missing runner has the code "".
    """
    offered = load_registry() if runners is None else runners
    code = Code()
    digests = {name: code.digest(offered[name]) if name in offered else "" for name in names}
    return Facts(platform.python_version(), dict(packages()), digests)


def differences(wanted: Facts, found: Facts) -> tuple[str, ...]:
    """The differences, one line each; () if there are none."""
    return tuple(_differences(wanted, found))


def _differences(wanted: Facts, found: Facts) -> Iterator[str]:
    if wanted.python != found.python:
        yield f"Python is {found.python}, not {wanted.python}"
    for name, version in wanted.packages.items():
        if found.packages.get(name) != version:
            yield f"{name} is {found.packages.get(name, 'missing')}, not {version}"
    for name, digest in wanted.code.items():
        if digest and found.code.get(name) != digest:
            yield f"the code of the runner {name} is {'different' if found.code.get(name) else 'missing'}"
