"""Interleaved timing: in every round every contender encodes and decodes once, so that a busy moment hits them
alike.
"""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from benchmarks.codec.contenders import Contender

WARM_UP = 1 << 17
"""Bytes that every contender encodes and decodes unmeasured before a file: kernels are loaded, contexts made."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Seconds of one run. cpu: of the whole process, so that a contender gains nothing by hiding a thread."""

    wall: float
    cpu: float


@dataclass(slots=True)
class Figures:
    """One contender on one file. encoded: bytes. encodes, decodes: a run each round."""

    size: int
    encoded: int
    encodes: list[Clocks] = field(default_factory=list)
    decodes: list[Clocks] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Bytes in over bytes out."""
        return self.size / self.encoded

    def speed(self, way: str, clock: str) -> float:
        """Median MB/s (10**6 bytes of decoded data). way: "encodes" or "decodes"; clock: "wall" or "cpu"."""
        return self.size / max(statistics.median(self._seconds(way, clock)), 1e-9) / 1e6

    def noise(self, way: str, clock: str) -> float:
        """Half the range of the rounds over their median; 0 for a single round."""
        seconds = self._seconds(way, clock)
        return (max(seconds) - min(seconds)) / 2 / max(statistics.median(seconds), 1e-9)

    def _seconds(self, way: str, clock: str) -> list[float]:
        return [getattr(run, clock) for run in getattr(self, way)]


def measure(data: bytes, contenders: Sequence[Contender], rounds: int, budget: float) -> dict[str, Figures]:
    """Every contender on `data`: each runs once, then again in every round while it has spent less than `budget`
    seconds.

    Raises SystemExit where a contender does not give the bytes back.
    """
    found: dict[str, Figures] = {}
    spent = dict.fromkeys((one.name for one in contenders), 0.0)
    for one in contenders:
        one.decode(one.encode(data[:WARM_UP]))
    for number in range(rounds):
        for one in contenders:
            if number and spent[one.name] >= budget:
                continue
            blob, encode = _timed(one.encode, data)
            back, decode = _timed(one.decode, blob)
            if back != data:
                raise SystemExit(f"{one.name}: what was decoded is not what was encoded")
            figures = found.setdefault(one.name, Figures(len(data), len(blob)))
            figures.encodes.append(encode)
            figures.decodes.append(decode)
            spent[one.name] += encode.wall + decode.wall
    return found


def _timed(run: Callable[[bytes], bytes], data: bytes) -> tuple[bytes, Clocks]:
    wall, cpu = time.perf_counter(), time.process_time()
    out = run(data)
    return out, Clocks(time.perf_counter() - wall, time.process_time() - cpu)
