"""Where the time of a run of one short task goes: by process, and by what is imported for it."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.engine import ours
from benchmarks.engine.accounting import Shares, shares_of
from benchmarks.engine.measure import CommandError, Cost, cost_of

MEASURED: Final = '{"kind": "measurement", "metric": "size", "unit": "B", "values": [3]}'
PLAN: Final = {
    "schema": 1,
    "id": "one",
    "title": "One",
    "agents": {"ME": {"specialty": "one", "driver": "command"}},
    "workstreams": {
        "A": {
            "title": "A",
            "lead": "ME",
            "tasks": [
                {
                    "id": "t",
                    "title": "T",
                    "command": ["sh", "-c", f"echo '{MEASURED}' >> \"$ORCHESTRATE_EVIDENCE\""],
                    "metrics": [{"name": "size", "unit": "B", "better": "lower"}],
                }
            ],
            "success_criteria": [{"id": "small", "title": "Small", "metric": "size", "target": "<= 4 B"}],
        }
    },
}
NAMED: Final = ("orchestrator", "pydantic", "pydantic_core", "typer", "yaml", "jinja2")
COMMAND: Final = ("run", "-q", "plan.json")


def plan_in(folder: Path) -> Path:
    """The folder with the plan in it: one command, one criterion."""
    (folder / "plan.json").write_text(json.dumps(PLAN), encoding="utf-8")
    return folder


def installed() -> Path:
    """The command that was installed beside the Python that runs this."""
    return Path(sys.executable).with_name("orchestrate")


def cost(folder: Path) -> Cost:
    """What the whole command costs that is installed, page and all: from its start to its end. Raises CommandError."""
    return cost_of((str(installed()), *COMMAND), plan_in(folder))


def shares(folder: Path) -> Shares:
    """Whose processor time it is: its own, its launcher's and guard's, and the program's. Raises CommandError."""
    return shares_of(ours.orchestrate(*COMMAND), plan_in(folder), ours.ENV)


def imported(folder: Path) -> tuple[Mapping[str, float], Mapping[str, int]]:
    """Seconds that importing took, and how many modules, by package. Python's own account of it slows it down a
    little. Raises CommandError.
    """
    python, *rest = ours.orchestrate(*COMMAND)
    done = subprocess.run(
        (python, "-X", "importtime", *rest), cwd=plan_in(folder), env={**os.environ, **ours.ENV}, check=False,
        capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise CommandError(done.stderr[-2000:])
    return read(done.stderr)


def read(told: str) -> tuple[Mapping[str, float], Mapping[str, int]]:
    """Seconds and modules by package, of what `python -X importtime` prints."""
    seconds, modules = Counter[str](), Counter[str]()
    for line in told.splitlines():
        own, _, name = line.removeprefix("import time:").split("|") if line.count("|") == 2 else ("", "", "")
        if own.strip().isdigit():
            package = package_of(name.strip())
            seconds[package] += int(own) / 1e6  # type: ignore[assignment]  # typeshed counts in whole numbers
            modules[package] += 1
    return seconds, modules


def package_of(module: str) -> str:
    """The package that is named, or in one word what it is."""
    first = module.partition(".")[0]
    if first in NAMED:
        return first
    return "the standard library" if first in sys.stdlib_module_names else "other packages"
