"""The bars on ratio and speed as a table; each reads the measured rows and nothing else."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.codec.contenders import RIVALS
from benchmarks.codec.timing import Figures


@dataclass(frozen=True, slots=True)
class Row:
    """One file and every contender on it."""

    name: str
    kind: str
    group: str
    source: str
    figures: dict[str, Figures]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was measured for a bar: its value, the lowest and highest file, the noise of the rounds (0 for exact
    values).
    """

    value: float
    low: float
    high: float
    noise: float = 0.0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """level: whose. groups: the files it speaks of. at_least: whether the value must reach `target` or stay below
    it.
    """

    level: str
    groups: tuple[str, ...]
    what: str
    target: float
    unit: str
    read: Callable[[Sequence[Row], str, str], Reading]
    at_least: bool = True


def geomean(values: Sequence[float]) -> float:
    """Geometric mean of positive numbers, at least one."""
    return statistics.geometric_mean(values)


def best_rival(row: Row) -> float:
    """The best ratio of `RIVALS` on that file."""
    return max(row.figures[name].ratio for name in RIVALS)


def ratio_over(rival: str) -> Callable[[Sequence[Row], str, str], Reading]:
    """Geometric mean of our ratio over a rival's ("best": the best of `RIVALS`, file by file)."""

    def read(rows: Sequence[Row], level: str, clock: str) -> Reading:  # noqa: ARG001 - one signature for the table
        return _summary(rows, [_gain(row, level, rival) for row in rows], geomean)

    return read


def least_over(rival: str) -> Callable[[Sequence[Row], str, str], Reading]:
    """The worst file's ratio over a rival's; the note counts the files that are not below."""

    def read(rows: Sequence[Row], level: str, clock: str) -> Reading:  # noqa: ARG001 - as above
        gains = [_gain(row, level, rival) for row in rows]
        below = sorted((gain, row.name) for gain, row in zip(gains, rows, strict=True) if gain < 1)
        note = f"{len(rows) - len(below)} of {len(rows)} files"
        if below:
            note += "; below: " + ", ".join(f"{name} {gain:.3f}" for gain, name in below)
        return _summary(rows, gains, min, note=note)

    return read


def speed(way: str, rival: str | None = None) -> Callable[[Sequence[Row], str, str], Reading]:
    """Geometric mean of MB/s, or of how many times the rival's."""

    def read(rows: Sequence[Row], level: str, clock: str) -> Reading:
        ours = [row.figures[level].speed(way, clock) for row in rows]
        theirs = [row.figures[rival].speed(way, clock) if rival else 1.0 for row in rows]
        noise = statistics.median(row.figures[level].noise(way, clock) for row in rows)
        return _summary(rows, [one / other for one, other in zip(ours, theirs, strict=True)], geomean, noise)

    return read


def slowest(way: str) -> Callable[[Sequence[Row], str, str], Reading]:
    """The slowest file's MB/s."""

    def read(rows: Sequence[Row], level: str, clock: str) -> Reading:
        values = [row.figures[level].speed(way, clock) for row in rows]
        noise = statistics.median(row.figures[level].noise(way, clock) for row in rows)
        return _summary(rows, values, min, noise)

    return read


def growth(rows: Sequence[Row], level: str, clock: str) -> Reading:  # noqa: ARG001 - one signature for the table
    """The worst file's growth, output over input less one, in percent."""
    return _summary(rows, [100 * (1 / row.figures[level].ratio - 1) for row in rows], max)


def _gain(row: Row, level: str, rival: str) -> float:
    return row.figures[level].ratio / (best_rival(row) if rival == "best" else row.figures[rival].ratio)


def _summary(
    rows: Sequence[Row],
    values: Sequence[float],
    take: Callable[[Sequence[float]], float],
    noise: float = 0.0,
    note: str = "",
) -> Reading:
    if not note:
        at = dict(zip(values, (row.name for row in rows), strict=True))
        note = f"lowest {at[min(values)]}, highest {at[max(values)]}"
    return Reading(take(values), min(values), max(values), noise, note)


RECORDS = ("structured",)
DOCUMENTS = ("documents",)
TEXT = ("text",)
OPAQUE = ("opaque",)
TREES = ("structured", "documents")

FILE_BARS = (
    Bar("fast", RECORDS, "ratio over zstd -19, geometric mean", 1.25, "x", ratio_over("zstd -19")),
    Bar("fast", RECORDS, "ratio over the best of zstd -19, xz -9e, brotli 11", 1.15, "x", ratio_over("best")),
    Bar("fast", RECORDS, "encode speed over zstd -19's", 30, "x", speed("encodes", "zstd -19")),
    Bar("fast", RECORDS, "encode", 100, "MB/s", speed("encodes")),
    Bar("fast", RECORDS, "decode", 250, "MB/s", speed("decodes")),
    Bar("balanced", RECORDS, "ratio over zstd -19, geometric mean", 1.35, "x", ratio_over("zstd -19")),
    Bar("balanced", RECORDS, "encode", 25, "MB/s", speed("encodes")),
    Bar("high", RECORDS, "ratio over zstd -19, geometric mean", 1.5, "x", ratio_over("zstd -19")),
    Bar("high", RECORDS, "encode", 8, "MB/s", speed("encodes")),
    Bar("max", RECORDS, "ratio over zstd -19, geometric mean", 1.9, "x", ratio_over("zstd -19")),
    Bar("max", RECORDS, "encode", 1, "MB/s", speed("encodes")),
    Bar("max", RECORDS, "decode", 1, "MB/s", speed("decodes")),
    Bar("max", RECORDS, "encode (stretch)", 2, "MB/s", speed("encodes")),
    Bar("max", TREES, "ratio over the best of three, worst file", 1, "x", least_over("best")),
    Bar("fast", DOCUMENTS, "ratio over zstd -9, worst file", 1, "x", least_over("zstd -9")),
    Bar("high", DOCUMENTS, "ratio over the best of three, geometric mean", 1.1, "x", ratio_over("best")),
    Bar("high", DOCUMENTS, "ratio over the best of three, worst file", 1, "x", least_over("best")),
    Bar("fast", TEXT, "ratio over zstd -9, worst file", 1, "x", least_over("zstd -9")),
    Bar("high", TEXT, "ratio over the best of three, worst file", 1, "x", least_over("best")),
    Bar("max", TEXT, "ratio over the best of three, geometric mean", 1.15, "x", ratio_over("best")),
    Bar("fast", OPAQUE, "growth, worst file", 0.1, "%", growth, at_least=False),
    Bar("fast", OPAQUE, "encode, slowest file", 500, "MB/s", slowest("encodes")),
)
"""The issue's table, line by line; what needs whole processes is in `process_bars`."""
