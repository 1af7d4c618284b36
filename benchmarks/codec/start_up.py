"""What a fresh process pays before its first block, and for which kernels: `python -m benchmarks.codec.start_up FILE
[--rounds 7]`.

Prints medians over the rounds, processor and wall milliseconds: the first and second encode and decode of FILE (the
first load what they use), loading every kernel of the transform, by module, and whole programs: `glyph encode`, and
Python with nothing and with numpy, which is the least that it can take. The kernels must have been compiled before, as
they are by the first round.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import encoder

PROBES: Final = ("steps", "modules", "programs")


def main() -> None:
    """Runs itself in fresh processes, and prints a table for each probe."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--probe", choices=PROBES, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.probe:
        probes = {"steps": lambda: steps(arguments.file), "programs": lambda: programs(arguments.file)}
        print(json.dumps(probes.get(arguments.probe, modules)()))
        return
    for probe in PROBES:
        command = [sys.executable, "-m", "benchmarks.codec.start_up", str(arguments.file), "--probe", probe]
        runs = [json.loads(subprocess.check_output(command)) for _ in range(arguments.rounds + 1)][1:]
        print(f"{'processor':>10} {'wall':>8}  ms")
        for name in runs[0]:
            cpu, wall = (1e3 * statistics.median(run[name][clock] for run in runs) for clock in (0, 1))
            print(f"{cpu:10.1f} {wall:8.1f}  {name}")


class Watch:
    """Processor and wall seconds from one mark to the next."""

    def __init__(self) -> None:
        self.laps: dict[str, tuple[float, float]] = {}
        self._cpu, self._wall = time.process_time(), time.perf_counter()

    def mark(self, name: str) -> None:
        """What passed since the last mark is called `name`."""
        cpu, wall = time.process_time(), time.perf_counter()
        self.laps[name] = cpu - self._cpu, wall - self._wall
        self._cpu, self._wall = cpu, wall


def steps(file: Path) -> dict[str, tuple[float, float]]:
    """Seconds of each step of a process that encodes and decodes the file. Raises SystemExit where it does not come
    back.
    """
    data = file.read_bytes()
    watch = Watch()
    blob = encoder.encode(data)
    watch.mark("first encode")
    encoder.encode(data)
    watch.mark("second encode")
    back = encoder.decode(blob)
    watch.mark("first decode")
    encoder.decode(blob)
    watch.mark("second decode")
    if back != data:
        raise SystemExit(f"{file}: what was decoded is not what was encoded")
    return watch.laps


def modules() -> dict[str, tuple[float, float]]:
    """Seconds that importing and then loading the kernels of each module takes, the dearest first."""
    watch = Watch()
    import encoder.glyphs.restore  # noqa: PLC0415 - which is timed
    import encoder.glyphs.transform  # noqa: F401, PLC0415 - as above, for its kernels
    from encoder.glyphs.kernel import KERNELS  # noqa: PLC0415 - as above

    watch.mark("imports")
    spent: dict[str, tuple[float, float]] = {}
    for kernel in KERNELS:
        each = Watch()
        kernel.settle()
        each.mark("it")
        before, it = spent.get(kernel.__module__, (0.0, 0.0)), each.laps["it"]
        spent[kernel.__module__] = before[0] + it[0], before[1] + it[1]
    watch.mark("every kernel")
    return watch.laps | dict(sorted(spent.items(), key=lambda module: -module[1][0]))


def programs(file: Path) -> dict[str, tuple[float, float]]:
    """Seconds that whole programs take, each from its start to its end. Raises CalledProcessError where one fails."""
    bare = {"python": "pass", "python, numpy": "import numpy"}
    encode = {"glyph encode": [sys.executable, "-m", "encoder", "encode", "-c", str(file)]}
    commands = {name: [sys.executable, "-c", code] for name, code in bare.items()} | encode
    few_threads = os.environ | {"OPENBLAS_NUM_THREADS": "1"}  # as `glyph` sets it for itself
    spent: dict[str, tuple[float, float]] = {}
    for name, command in commands.items():
        before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=few_threads)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        spent[name] = cpu, time.perf_counter() - wall
    return spent


if __name__ == "__main__":
    main()
