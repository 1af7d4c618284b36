"""What it takes to make a frozen dataclass with slots, and an instance of it: as the standard library does, and as
`orchestrator.records` does.

    python -m benchmarks.engine.making [--classes 200] [--fields 6] [--repeat 7]

Both take turns. Each figure is the median of the rounds, in microseconds of processor time. Classes are new in every
round, as they are in a process that starts.
"""

import argparse
import dataclasses
import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

from orchestrator import records

WAYS: Final[dict[str, Callable[..., Any]]] = {
    "dataclasses": dataclasses.dataclass,
    "orchestrator.records": records.dataclass,
}
INSTANCES: Final = 2_000


def classes(count: int, fields: int) -> list[type]:
    """Classes that are not dataclasses yet. The last field of each may be left out."""
    names = [f"value{number}" for number in range(fields)]
    said = {"__annotations__": dict.fromkeys(names, int), "__doc__": "One.", "__module__": __name__, names[-1]: 0}
    return [type("One", (), dict(said)) for _ in range(count)]


def timed(way: Callable[..., Any], count: int, fields: int) -> tuple[float, float]:
    """Microseconds for a class, and for an instance."""
    plain, decorate = classes(count, fields), way(frozen=True, slots=True)
    began = time.process_time()
    made = [decorate(each) for each in plain]
    between = time.process_time()
    for number in range(INSTANCES):
        made[number % count](*range(fields))
    ended = time.process_time()
    return (between - began) / count * 1e6, (ended - between) / INSTANCES * 1e6


def main() -> None:
    """Print both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classes", type=int, default=200)
    parser.add_argument("--fields", type=int, default=6)
    parser.add_argument("--repeat", type=int, default=7)
    asked = parser.parse_args()
    rounds = [
        {name: timed(way, asked.classes, asked.fields) for name, way in WAYS.items()} for _ in range(asked.repeat)
    ]
    for name in WAYS:
        a_class, an_instance = (median(column) for column in zip(*(one[name] for one in rounds), strict=True))
        print(f"{name}: a class {a_class:.0f} us, an instance {an_instance:.2f} us")


if __name__ == "__main__":
    main()
