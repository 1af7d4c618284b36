"""The report of `benchmarks.codec.bars`: a line for each file and contender, a line for each bar, and the same as
JSON.
"""

import dataclasses
import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.codec.contenders import ABSENT
from benchmarks.codec.file_bars import FILE_BARS, Reading, Row, geomean


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """One bar, measured. value: None where there was nothing to measure it on."""

    scope: str
    what: str
    target: str
    reading: Reading | None
    met: bool | None

    def line(self) -> str:
        """For people."""
        if self.reading is None:
            return f"{'none':6} {self.scope:22} {self.what:52} {self.target:>12}  nothing to measure it on"
        measured = self.reading
        spread = f"{measured.low:.3g} to {measured.high:.3g}" + (f" +-{measured.noise:.0%}" if measured.noise else "")
        head = f"{'met' if self.met else 'MISSED':6} {self.scope:22} {self.what:52} {self.target:>12}"
        return f"{head}  {measured.value:9.3f}  [{spread}]  {measured.note}"


def judge_files(rows: Sequence[Row], clock: str) -> list[Verdict]:
    """Every bar of `FILE_BARS`, in its order; None where no file of its groups or not its level was measured."""
    return [_judge(bar, rows, clock) for bar in FILE_BARS]


def _judge(bar: Any, rows: Sequence[Row], clock: str) -> Verdict:  # noqa: ANN401 - a Bar
    chosen = [row for row in rows if row.group in bar.groups and bar.level in row.figures]
    target = f"{'>=' if bar.at_least else '<='} {bar.target:g} {bar.unit}"
    scope = f"{bar.level}, {'+'.join(bar.groups)}"
    if not chosen:
        return Verdict(scope, bar.what, target, None, None)
    try:
        reading = bar.read(chosen, bar.level, clock)
    except KeyError:  # a rival was left out by --quick
        return Verdict(scope, bar.what, target, None, None)
    met = reading.value >= bar.target if bar.at_least else reading.value <= bar.target
    return Verdict(scope, bar.what, target, reading, met)


def file_lines(row: Row, clock: str) -> list[str]:
    """A heading and a line for each contender."""
    size = next(iter(row.figures.values())).size
    lines = [f"{row.name} ({row.kind}, {row.source}, {size:,} bytes)"]
    for name, one in row.figures.items():
        lines.append(
            f"  {name:10} {one.ratio:9.3f} x  {one.speed('encodes', clock):9.2f} MB/s "
            f"+-{one.noise('encodes', clock):4.0%}"
            f"  {one.speed('decodes', clock):9.2f} MB/s +-{one.noise('decodes', clock):4.0%}  {len(one.encodes)} rounds"
        )
    return lines


def group_lines(rows: Sequence[Row], clock: str) -> list[str]:
    """Geometric means by kind and by group."""
    lines = [f"{'geometric mean':24} {'files':>5}  contender: ratio, encode MB/s, decode MB/s ({clock} time)"]
    for key in ("kind", "group"):
        for name in sorted({getattr(row, key) for row in rows}):
            chosen = [row for row in rows if getattr(row, key) == name]
            cells = [_cell(contender, chosen, clock) for contender in chosen[0].figures]
            lines.append(f"{key + ' ' + name:24} {len(chosen):5}  " + "; ".join(cells))
    return lines


def _cell(contender: str, rows: Sequence[Row], clock: str) -> str:
    figures = [row.figures[contender] for row in rows]
    ratio = geomean([one.ratio for one in figures])
    encode, decode = (geomean([one.speed(way, clock) for one in figures]) for way in ("encodes", "decodes"))
    return f"{contender}: {ratio:.2f}, {encode:.3g}, {decode:.3g}"


def write_json(path: Path, rows: Sequence[Row], verdicts: Sequence[Verdict], settings: dict[str, Any]) -> None:
    """Everything that was measured, every round of it."""
    document = {
        "machine": {"python": platform.python_version(), "platform": platform.platform(), "cpus": os.cpu_count()},
        "settings": settings,
        "absent": ABSENT,
        "bars": [dataclasses.asdict(verdict) for verdict in verdicts],
        "files": [dataclasses.asdict(row) for row in rows],
    }
    path.write_text(json.dumps(document, indent=1, default=str) + "\n", encoding="utf-8")
