"""The bars that need processes of their own: threads, memory of a long stream, start-up, the pool; and the
detector's time.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import encoder
from benchmarks.codec.detect_speed import once
from benchmarks.codec.file_bars import Reading
from benchmarks.codec.generated import generate
from benchmarks.codec.regret import judge_all
from benchmarks.codec.report import Verdict
from benchmarks.codec.samples import Sample

MIB = 1 << 20
TILE = 2 * MIB
WARM = 10  # MiB that a process encodes before it is timed: one tile of each kind
NAMES = ("syslog", "access log", "application log", "JSON lines, flat", "CSV, orders")
IMPORT = "import time; t = time.perf_counter(); import encoder; print(time.perf_counter() - t)"
LOADS_NUMBA = "import sys, encoder; encoder.decode(encoder.encode(b'a,b\\n' * 256)); print(int('numba' in sys.modules))"


def judge_regret(samples: Sequence[Sample], level: str = "fast", most: int = 2 * TILE) -> Verdict:
    """The selector against the oracle on the first blocks of each sample that is not incompressible."""
    named = [(sample.name, sample.data[:most]) for sample in samples if sample.group != "opaque"]
    judged = list(judge_all(named, level))
    what = f"mean regret of {level}, at most 3 trials, over {len(judged)} files"
    return _verdict("selector", what, [100 * one.regret for one in judged], 3, "%", take=statistics.mean)


def judge_processes(*, quick: bool) -> list[Verdict]:
    """Every bar on whole processes; quick: those that take a second or two."""
    with tempfile.TemporaryDirectory(prefix="glyph-bars-") as folder:
        records = Path(folder) / "records"
        records.write_bytes(b"".join(tile for name, tile in generate(TILE) if name in NAMES))
        verdicts = [*_start_up(Path(folder)), *_detector()]
        if not quick:
            verdicts += [*_threads(records), *_memory(records), *_pool(records, Path(folder))]
    return verdicts


def _start_up(folder: Path) -> Iterator[Verdict]:
    small = folder / "small.csv"
    small.write_bytes(b"a,b\n" * 256)
    command = [sys.executable, "-m", "encoder", "encode", str(small), "-f", "-o", str(folder / "small.glyph")]
    whole = [_seconds(command) for _ in range(7)]
    yield _verdict("start-up", "glyph encode of a 1 KiB file", whole, 0.5, "s")
    imports = [float(_output([sys.executable, "-c", IMPORT])) for _ in range(7)]
    yield _verdict("start-up", "import encoder", imports, 0.15, "s")
    yield _verdict(
        "start-up",
        "a small input loads numba (0 no, 1 yes)",
        [float(_output([sys.executable, "-c", LOADS_NUMBA]))],
        0,
        "",
    )


def _detector() -> Iterator[Verdict]:
    times = []
    for _, block in generate(MIB):
        once(block)
        times.append(1e3 * statistics.median(once(block) for _ in range(15)))
    yield _verdict(
        "detector", "features and tree, a block of 1 MiB (mean of families)", times, 1, "ms", take=statistics.mean
    )


def _threads(records: Path) -> Iterator[Verdict]:
    """One-shot in this thread against the streaming encoder with two workers, in turn; each in a process that has
    encoded before.
    """
    data = records.read_bytes() * 8
    encoder.encode(data[: WARM * MIB])
    gains, ratios, speeds = [], [], []
    for _ in range(3):
        began = time.perf_counter()
        size = len(encoder.encode(data))
        alone = time.perf_counter() - began
        two = _stream(records, len(data) // MIB, 2, warm=WARM)
        one = _stream(records, len(data) // MIB, 1, warm=WARM)
        gains.append(min(alone, one["seconds"]) / two["seconds"] if alone else 0.0)
        ratios.append(100 * abs(two["out"] / size - 1))
        speeds.append(alone / two["seconds"])
    yield _verdict("threads", f"two threads over one, {len(data) // MIB} MiB, fast", gains, 1.6, "x", at_least=True)
    yield _verdict("streaming", "size against one-shot's, difference", ratios, 1, "%")
    yield _verdict("streaming", "speed over one-shot's (default: two workers)", speeds, 1, "x", at_least=True)


def _memory(records: Path) -> Iterator[Verdict]:
    short = [_stream(records, 64, 2) for _ in range(3)]
    long = [_stream(records, 1024, 2) for _ in range(3)]
    peaks = [run["peak"] for run in long]
    yield _verdict("memory", "1 GiB, default settings, 2 threads: peak resident", peaks, 256, "MiB", take=max)
    above = [run["peak"] - run["before"] for run in long]
    yield _verdict("memory", "the same, above what the process had before", above, 96, "MiB", take=max)
    slopes = [b["peak"] - a["peak"] for a, b in zip(short, long, strict=True)]
    spread = max(max(run["peak"] for run in each) - min(run["peak"] for run in each) for each in (short, long))
    yield _verdict(
        "memory", "growth of the peak from 64 MiB to 1 GiB, against its spread", slopes, max(spread, 1.0), "MiB"
    )
    shares = [100 * run["pool"]["allocation_seconds"] / run["encode_seconds"] for run in long]
    yield _verdict("pool", "allocation, share of encode time", shares, 1, "%")


def _pool(records: Path, folder: Path) -> Iterator[Verdict]:
    part = folder / "part"
    part.write_bytes(records.read_bytes()[: MIB // 4])
    run = json.loads(_output([sys.executable, "-m", "benchmarks.codec.repeat_run", str(part), "1000"]))
    yield _verdict("pool", "growth from 100 encodes to 1,000", [run["late"] - run["early"]], 1, "MiB")


def _stream(records: Path, mib: int, workers: int, *, warm: int = 0) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.codec.stream_run", str(records), str(mib)]
    command += ["--workers", str(workers), "--warm", str(warm)]
    found: dict[str, Any] = json.loads(_output(command))
    return found


def _output(command: Sequence[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def _seconds(command: Sequence[str]) -> float:
    began = time.perf_counter()
    _output(command)
    return time.perf_counter() - began


def _verdict(  # noqa: PLR0913 - a line of the report
    scope: str,
    what: str,
    values: Sequence[float],
    target: float,
    unit: str,
    *,
    at_least: bool = False,
    take: Any = statistics.median,  # noqa: ANN401 - of a list, a number
) -> Verdict:
    value = take(values)
    reading = Reading(value, min(values), max(values), note=f"{len(values)} values")
    met = value >= target if at_least else value <= target
    return Verdict(scope, what, f"{'>=' if at_least else '<='} {target:g} {unit}".rstrip(), reading, met)
