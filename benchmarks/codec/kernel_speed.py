"""The library of kernels beside numba's own: `python -m benchmarks.codec.kernel_speed FILE... [--level fast] [--rounds
5]`.

Two processes take turns on every file, one that calls the library and one whose kernels numba compiled for this
processor. Prints, for each file, processor milliseconds of encode and decode (medians), numba's over the library's, and
whether the bytes are the same; then the ratios' medians and means. Then what whole processes take, in turn: the import,
the first encode of 1 MiB of the first file, `glyph encode` of it (wall milliseconds), and the resident memory (MiB)
after import, and with the kernels loaded. What numba compiled is in its cache before.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Final

ARMS: Final = ("library", "jit")
_MIB: Final = 1 << 20
WORKER: Final = """
import hashlib, json, sys, time
import encoder
from encoder.block.codec import warm
from encoder.mixing.loading import load_mixing
warm()
load_mixing()
for line in sys.stdin:
    path, level = json.loads(line)
    data = open(path, "rb").read()
    took = []
    began = time.process_time()
    blob = encoder.encode(data, level)
    took.append(1e3 * (time.process_time() - began))
    began = time.process_time()
    assert encoder.decode(blob) == data
    took.append(1e3 * (time.process_time() - began))
    print(json.dumps([*took, hashlib.sha256(blob).hexdigest()]), flush=True)
"""
PROCESS: Final = """
import json, resource, sys, time
resident = lambda: int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20
began = time.perf_counter()
import encoder
found = {"import": 1e3 * (time.perf_counter() - began), "MiB after import": resident()}
data = open(sys.argv[1], "rb").read()
began = time.perf_counter()
encoder.encode(data)
found["first encode"] = 1e3 * (time.perf_counter() - began)
print(json.dumps(found))
"""
LOADED: Final = """
import json, resource
from encoder.block.codec import warm
warm()
print(json.dumps({"MiB, kernels loaded": int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20}))
"""  # noqa: E501


class Arm:
    """A process that encodes and decodes what it is told, by its own kind of kernels."""

    def __init__(self, kind: str) -> None:
        self._process: subprocess.Popen[str] = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env=environment(kind),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, path: Path, level: str) -> tuple[float, float, str]:
        """Milliseconds of encode and decode, and the digest of what was encoded."""
        to, back = _pipes(self._process)
        to.write(json.dumps([str(path), level]) + "\n")
        to.flush()
        encode, decode, digest = json.loads(back.readline())
        return encode, decode, digest

    def end(self) -> None:
        """No more is asked of it."""
        self._process.communicate()


def _pipes(process: "subprocess.Popen[str]") -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def environment(kind: str) -> dict[str, str]:
    """This process's, with kernels of that kind."""
    return os.environ | {"ENCODER_KERNELS": kind}


def main() -> None:
    """Files first, then whole processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--level", default="fast")
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    compare(arguments.files, arguments.level, arguments.rounds)
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "part"
        part.write_bytes(arguments.files[0].read_bytes()[:_MIB])
        processes(part, arguments.rounds)


def compare(files: Sequence[Path], level: str, rounds: int) -> None:
    """A line for every file, and what they come to."""
    arms = {kind: Arm(kind) for kind in ARMS}
    ratios: list[list[float]] = [[], []]
    print(
        f"{'library':>9} {'jit':>9} {'ratio':>6} | {'library':>9} {'jit':>9} {'ratio':>6}   encode | decode, ms; "
        f"{level}"
    )
    for path in files:
        runs: dict[str, list[tuple[float, float, str]]] = {kind: [] for kind in ARMS}
        for number in range(rounds + 1):
            for kind in ARMS if number % 2 else reversed(ARMS):
                runs[kind].append(arms[kind].run(path, level))
        same = len({digest for of_arm in runs.values() for *_, digest in of_arm}) == 1
        line = []
        for way in (0, 1):
            ours, theirs = (statistics.median(run[way] for run in runs[kind][1:]) for kind in ARMS)
            ratios[way].append(theirs / max(ours, 1e-3))
            line.append(f"{ours:9.1f} {theirs:9.1f} {ratios[way][-1]:6.2f}")
        print(" | ".join(line), f"  {path.name}: {'the same bytes' if same else 'OTHER BYTES'}")
    for arm in arms.values():
        arm.end()
    for way, found in zip(("encode", "decode"), ratios, strict=True):
        print(
            f"{way}: median {statistics.median(found):.2f}, mean {statistics.mean(found):.2f}, least {min(found):.2f}"
        )


def processes(part: Path, rounds: int) -> None:
    """Medians of whole processes."""
    runs: dict[str, list[dict[str, Any]]] = {kind: [] for kind in ARMS}
    for _ in range(rounds + 1):
        for kind in ARMS:
            found = json.loads(_output([sys.executable, "-c", PROCESS, str(part)], kind))
            found |= json.loads(_output([sys.executable, "-c", LOADED], kind))
            whole = [sys.executable, "-m", "encoder", "encode", "-f", "-o", f"{part}.glyph", str(part)]
            timed = "import subprocess, sys, time; b = time.perf_counter(); subprocess.run(sys.argv[1:], check=True); "
            timed += "print(1e3 * (time.perf_counter() - b))"
            found["glyph encode"] = float(_output([sys.executable, "-c", timed, *whole], kind).split()[-1])
            runs[kind].append(found)
    for name in runs["library"][0]:
        ours, theirs = (statistics.median(run[name] for run in runs[kind][1:]) for kind in ARMS)
        print(f"{ours:9.1f} {theirs:9.1f}   {name}")


def _output(command: Sequence[str], kind: str) -> str:
    return subprocess.run(command, env=environment(kind), check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
