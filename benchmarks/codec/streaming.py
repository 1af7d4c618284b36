"""The streaming encoder measured whole: threads, memory over length, against one call, start-up, the pool, a thousand
encodes.

    python -m benchmarks.codec.streaming                 64 to 256 MiB, about two minutes
    python -m benchmarks.codec.streaming --full          up to 1 GiB, five samples of each
    python -m benchmarks.codec.streaming --level high --rounds 7 FILE

Every sample is a process of its own, and those that are compared run in turn. FILE: what to encode, again and again up
to the length (default: generated logs, JSON lines and CSV). Speeds in MB/s (10**6 bytes) of input, memory in MiB
(2**20) as the system accounts for it. Each figure is a median with the lowest and highest; the slope is a least-squares
line with its 95 % interval (Student's t). Timings mean nothing while other work runs.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.codec.generated import generate

MIB = 1 << 20
NAMES = ("syslog", "access log", "application log", "JSON lines, flat", "CSV, orders")
ONE_CALL = """
import json, sys, time
from pathlib import Path
import encoder
from encoder.block.codec import warm
data = Path(sys.argv[1]).read_bytes()
data = (data * (int(sys.argv[2]) * 2**20 // len(data) + 1))[: int(sys.argv[2]) * 2**20]
warm()
began = time.perf_counter()
size = len(encoder.encode(data, sys.argv[3]))
print(json.dumps({"seconds": time.perf_counter() - began, "out": size}))
"""
IMPORT = "import time; t = time.perf_counter(); import encoder; print(time.perf_counter() - t)"
STUDENT = (0, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""Two-sided 95 % points of Student's t by degrees of freedom; beyond them the last is used, which is too wide by at
most 9 %.
"""


def child(*command: str) -> str:
    """What a Python process prints."""
    return subprocess.run([sys.executable, *command], check=True, capture_output=True, text=True).stdout.strip()


def stream(records: Path, mib: int, level: str, workers: int) -> dict[str, Any]:
    """One stream in a process of its own."""
    arguments = (str(records), str(mib), "--workers", str(workers), "--level", level)
    found: dict[str, Any] = json.loads(child("-m", "benchmarks.codec.stream_run", *arguments))
    return found


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median, lowest and highest."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def slope(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Least-squares slope of (x, y) and half its 95 % interval. At least three points, not all of one x."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    line = statistics.linear_regression(xs, ys)
    rest = sum((y - line.intercept - line.slope * x) ** 2 for x, y in points)
    middle = statistics.fmean(xs)
    freedom = len(points) - 2
    error = math.sqrt(rest / freedom / sum((x - middle) ** 2 for x in xs))
    return line.slope, STUDENT[min(freedom, len(STUDENT) - 1)] * error


def start_up(folder: Path, rounds: int) -> None:
    """`import encoder`, and the whole command on a small file."""
    small = folder / "small.csv"
    small.write_bytes(b"a,b\n" * 256)
    imports = [float(child("-c", IMPORT)) for _ in range(rounds)]
    print(f"import encoder                    {spread(imports, 3)} s")
    command = ("-m", "encoder", "encode", "-q", "-f", "-o", str(folder / "small.glyph"), str(small))
    times = [timed(lambda: child(*command)) for _ in range(rounds)]
    print(f"glyph encode of 1 KiB             {spread(times, 3)} s")


def timed(run: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def threads(records: Path, mib: int, level: str, rounds: int) -> None:
    """One thread, two threads and the one call, in turn."""
    ones, twos, calls = [], [], []
    for _ in range(rounds):
        ones.append(stream(records, mib, level, 1))
        twos.append(stream(records, mib, level, 2))
        calls.append(json.loads(child("-c", ONE_CALL, str(records), str(mib), level)))
    speeds = [[mib * MIB / 1e6 / run["seconds"] for run in runs] for runs in (ones, twos, calls)]
    for name, figures in zip(("one thread", "two threads", "one call"), speeds, strict=True):
        print(f"{mib} MiB, {name:<24} {spread(figures, 1)} MB/s")
    gains = [one["seconds"] / two["seconds"] for one, two in zip(ones, twos, strict=True)]
    print(f"two threads over one              {spread(gains)} x")
    print(
        f"two threads over one call         "
        f"{spread([c['seconds'] / t['seconds'] for c, t in zip(calls, twos, strict=True)])} x"
    )
    print(
        f"processor time, two over one      {spread([t['cpu'] / o['cpu'] for o, t in zip(ones, twos, strict=True)])} x"
    )
    print(
        f"size, streaming over one call     "
        f"{spread([t['out'] / c['out'] for c, t in zip(calls, twos, strict=True)], 4)} x"
    )


def memory(records: Path, lengths: Sequence[int], level: str, rounds: int) -> None:
    """Peak resident memory by length, and the pool's cost."""
    runs = {mib: [] for mib in lengths}  # type: dict[int, list[dict[str, Any]]]
    for _ in range(rounds):
        for mib in lengths:
            runs[mib].append(stream(records, mib, level, 2))
    for mib, found in runs.items():
        peaks, above = [run["peak"] for run in found], [run["peak"] - run["before"] for run in found]
        print(
            f"{mib:>5} MiB, peak                   {spread(peaks, 1)} MiB, above the loaded kernels {spread(above, 1)}"
        )
    points = [(mib / 1024, run["peak"]) for mib, found in runs.items() for run in found]
    steep, half = slope(points)
    verdict = "holds zero" if abs(steep) <= half else "does not hold zero"
    print(
        f"slope                             {steep:.1f} MiB each GiB, 95 % from {steep - half:.1f} to "
        f"{steep + half:.1f}: {verdict}"
    )
    every = [run for found in runs.values() for run in found]
    shares = [100 * run["pool"]["allocation_seconds"] / run["encode_seconds"] for run in every]
    print(f"allocation of encode time         {spread(shares, 3)} %")


def again(records: Path, folder: Path, times: int) -> None:
    """What a process holds after many encodes."""
    part = folder / "part"
    part.write_bytes(records.read_bytes()[: MIB // 4])
    run = json.loads(child("-m", "benchmarks.codec.repeat_run", str(part), str(times)))
    print(f"held after {times // 10} and {times} encodes     {run['early']:.1f} and {run['late']:.1f} MiB")


def main() -> None:
    """Measure and print, a line as soon as it is known."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--level", default="fast")
    parser.add_argument("--rounds", type=int, help="samples of each; 3, with --full 5")
    parser.add_argument("--full", action="store_true", help="up to 1 GiB")
    arguments = parser.parse_args()
    rounds = arguments.rounds or (5 if arguments.full else 3)
    with tempfile.TemporaryDirectory(prefix="glyph-streaming-") as name:
        folder = Path(name)
        records = arguments.file or folder / "records"
        if arguments.file is None:
            records.write_bytes(b"".join(data for kind, data in generate(4 * MIB) if kind in NAMES))
        stream(records, 1, arguments.level, 1)  # compiles what is not compiled yet
        start_up(folder, 2 * rounds + 1)
        threads(records, 128 if arguments.full else 64, arguments.level, rounds)
        memory(records, (64, 128, 256, 512, 1024) if arguments.full else (64, 128, 256), arguments.level, rounds)
        again(records, folder, 1000)


if __name__ == "__main__":
    main()
