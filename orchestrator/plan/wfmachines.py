"""The machines of a recorded workflow: how much of it ran at once, so that a forecast of it ends when the recorded run
did.

A task holds as many cores of its machine as the record says. Where the run took longer than runtimes and cores explain
(it waited in queues, for files, for slots), fewer tasks at once are assumed, as many as explain it; what is still left
is shared out over the runtimes. Where it was shorter, the cores that tasks are said to hold are not what they held, and
are left out.
"""

import heapq
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

AT_ONCE: Final = 1024  # the most that an agent can do at once; `--jobs` says how many it is
NEAR: Final = 0.05  # of the recorded makespan: a forecast that near needs no change
FEW: Final = 5_000  # tasks; of more, the record is not compared with a forecast
MOST_CORES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Load:
    """One task: seconds, whom it waits for by place, and what it holds."""

    seconds: float
    needs: tuple[int, ...]
    holds: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Fleet:
    """cores by counter; at_once: tasks; stretch: what every runtime is multiplied by. makespan: recorded, in
    seconds, 0 for none.
    """

    cores: Mapping[str, int] = field(default_factory=dict)
    holds: tuple[tuple[str, int] | None, ...] = ()
    at_once: int = AT_ONCE
    stretch: float = 1.0
    makespan: float = 0.0

    def told(self) -> str:
        """The record in a sentence, for the plan's summary; "" where it names neither machines nor a makespan."""
        parts = []
        if self.cores:
            parts.append(
                f"recorded on {len(self.cores)} machine{'s' * (len(self.cores) > 1)} with "
                f"{sum(self.cores.values()):,} cores"
            )
        if self.makespan:
            parts.append(f"{self.makespan:g} s from start to end")
        if self.at_once < AT_ONCE:
            parts.append(f"at most {self.at_once} tasks at once, which explains that time")
        if self.stretch > 1:
            parts.append(f"each runtime has its share of the waiting ({self.stretch:.3g} times)")
        return ("; ".join(parts)[:1].upper() + "; ".join(parts)[1:]) if parts else ""


def read_fleet(
    execution: Mapping[str, Any], order: Sequence[str], seconds: Sequence[float], needs: Sequence[tuple[int, ...]]
) -> Fleet:
    """The machines of a record, and how much ran at once. order: the tasks' ids; seconds, needs: of each, needs by
    place.
    """
    makespan = _number(execution.get("makespanInSeconds", execution.get("makespan")))
    cores, names = _machines(execution.get("machines"))
    holds = _holds(execution.get("tasks"), order, names, cores)
    fleet = Fleet(cores if any(holds) else {}, holds if any(holds) else (None,) * len(order), AT_ONCE, 1.0, makespan)
    return _fitted(fleet, seconds, needs) if makespan and len(order) <= FEW else fleet


def _number(value: Any) -> float:  # noqa: ANN401 - whatever the file holds
    plain = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return min(max(float(value), 0.0), 1e9) if plain else 0.0


def _machines(found: Any) -> tuple[dict[str, int], dict[str, str]]:  # noqa: ANN401
    """Cores by counter, and the counters by the machines' own names."""
    cores: dict[str, int] = {}
    names: dict[str, str] = {}
    for each in found if isinstance(found, list) else ():
        cpu = each.get("cpu") if isinstance(each, dict) else None
        count = int(
            _number((cpu if isinstance(cpu, dict) else each if isinstance(each, dict) else {}).get("coreCount"))
        )
        own = each.get("nodeName") if isinstance(each, dict) else None
        if not isinstance(own, str) or not 1 <= count <= MOST_CORES or own in names:
            continue
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", own)[:48]
        name = name if name[:1].isalpha() else f"m{name}"
        name = name if name not in cores else f"{name}-{len(cores)}"
        cores[name], names[own] = count, name
    return cores, names


def _holds(
    told: Any,  # noqa: ANN401
    order: Sequence[str],
    names: Mapping[str, str],
    cores: Mapping[str, int],
) -> tuple[tuple[str, int] | None, ...]:
    """What each task holds of its machine; of the only one, where it names none."""
    by_task = (
        {one["id"]: one for one in told if isinstance(one, dict) and isinstance(one.get("id"), str)}
        if isinstance(told, list)
        else {}
    )
    only = next(iter(cores)) if len(cores) == 1 else ""
    found: list[tuple[str, int] | None] = []
    for own in order:
        one = by_task.get(own, {})
        said = one.get("machines")
        machines = (
            [names[name] for name in said if isinstance(name, str) and name in names] if isinstance(said, list) else []
        )
        machine = machines[0] if machines else only
        wanted = max(1, math.ceil(_number(one.get("coreCount"))))
        found.append((machine, min(wanted, cores[machine])) if machine and one else None)
    return tuple(found)


def _fitted(fleet: Fleet, seconds: Sequence[float], needs: Sequence[tuple[int, ...]]) -> Fleet:
    """With as many tasks at once as explain the recorded makespan, and the rest of it shared out."""

    def lasts(one: Fleet) -> float:
        loads = [Load(length, above, held) for length, above, held in zip(seconds, needs, one.holds, strict=True)]
        return makespan_of(loads, one.cores, one.at_once)

    goal = fleet.makespan
    for looser in (fleet, _one_core_each(fleet), Fleet({}, (None,) * len(seconds), AT_ONCE, 1.0, goal)):
        fleet, forecast = looser, lasts(looser)
        if forecast <= goal * (1 + NEAR):
            break
    if not forecast or abs(forecast - goal) <= NEAR * goal or forecast > goal:
        return fleet
    low, high = 1, min(AT_ONCE, len(seconds))
    while low < high:
        middle = (low + high) // 2
        if lasts(_at_once(fleet, middle)) <= goal * (1 + NEAR):
            high = middle
        else:
            low = middle + 1
    fleet = _at_once(fleet, low) if low < len(seconds) else fleet
    forecast = lasts(fleet)
    stretch = goal / forecast if forecast and forecast < goal * (1 - NEAR) else 1.0
    return Fleet(fleet.cores, fleet.holds, fleet.at_once, stretch, goal)


def _one_core_each(fleet: Fleet) -> Fleet:
    return Fleet(
        fleet.cores, tuple((held[0], 1) if held else None for held in fleet.holds), fleet.at_once, 1.0, fleet.makespan
    )


def _at_once(fleet: Fleet, count: int) -> Fleet:
    return Fleet(fleet.cores, fleet.holds, count, 1.0, fleet.makespan)


def makespan_of(loads: Sequence[Load], cores: Mapping[str, int], at_once: int) -> float:
    """When list scheduling, the longest way to the end first, ends; 0 where tasks wait for each other."""
    return _Listing(loads, cores, at_once).run()


class _Listing:
    """The waiting, ready and running tasks. Ready tasks wait in a queue for each kind of claim."""

    def __init__(self, loads: Sequence[Load], cores: Mapping[str, int], at_once: int) -> None:
        self.loads = loads
        self.at_once = at_once
        self.below: list[list[int]] = [[] for _ in loads]
        for place, load in enumerate(loads):
            for need in load.needs:
                self.below[need].append(place)
        self.tail = _tails(loads, self.below)
        self.waiting = [len(load.needs) for load in loads]
        self.free = dict(cores)
        self.queues: dict[tuple[str, int] | None, list[tuple[float, int]]] = {}
        self.running: list[tuple[float, int]] = []

    def run(self) -> float:
        """The time at which the last one ends."""
        for place, count in enumerate(self.waiting):
            if not count:
                self._ready(place)
        now, ended = 0.0, 0
        self._start(now)
        while self.running:
            now, place = heapq.heappop(self.running)
            ended += 1
            self._end(place)
            self._start(now)
        return now if ended == len(self.loads) else 0.0

    def _ready(self, place: int) -> None:
        heapq.heappush(self.queues.setdefault(self.loads[place].holds, []), (-self.tail[place], place))

    def _start(self, now: float) -> None:
        while len(self.running) < self.at_once:
            fitting = [
                held for held, queue in self.queues.items() if queue and (held is None or self.free[held[0]] >= held[1])
            ]
            if not fitting:
                return
            held = min(fitting, key=lambda one: self.queues[one][0])
            place = heapq.heappop(self.queues[held])[1]
            if held:
                self.free[held[0]] -= held[1]
            heapq.heappush(self.running, (now + self.loads[place].seconds, place))

    def _end(self, place: int) -> None:
        if held := self.loads[place].holds:
            self.free[held[0]] += held[1]
        for one in self.below[place]:
            self.waiting[one] -= 1
            if not self.waiting[one]:
                self._ready(one)


def _tails(loads: Sequence[Load], below: Sequence[Sequence[int]]) -> list[float]:
    """From each task's start the longest way to the end."""
    left = [len(one) for one in below]
    tail = [load.seconds for load in loads]
    ready = [place for place, count in enumerate(left) if not count]
    while ready:
        place = ready.pop()
        for need in loads[place].needs:
            tail[need] = max(tail[need], loads[need].seconds + tail[place])
            left[need] -= 1
            if not left[need]:
                ready.append(need)
    return tail
