"""One stream in a process of its own: `python -m benchmarks.codec.stream_run FILE MIB [--workers 2] [--level fast]
[--warm 0]`.

Encodes so many MiB (FILE again and again, never all in memory) with `StreamingEncoder` into a sink that only counts.
Prints one JSON line: wall and processor seconds, bytes out, the pool's statistics, and resident memory in MiB: `before`
(kernels loaded) and `peak`.
--warm encodes so many MiB before the clock starts, for a comparison with a process that has encoded before.
"""

import argparse
import io
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

from encoder.block.codec import warm
from encoder.profile import load_profile
from encoder.stream.encoder import StreamingEncoder

MIB = 1 << 20


class Again:
    """A source of `size` bytes, read as a file is: the file's, from its start again whenever it ends."""

    def __init__(self, file: io.FileIO, size: int) -> None:
        self._file = file
        self._left = size

    def readinto(self, room: memoryview) -> int:
        """Fill the room, or the first bytes of it; none when there were `size` in all."""
        wanted = room[: self._left]
        taken = self._file.readinto(wanted)
        if not taken and wanted:
            self._file.seek(0)
            taken = self._file.readinto(wanted)
        self._left -= taken
        return taken

    def read(self, size: int) -> bytes:
        """At most `size` bytes; none when there were `size` in all."""
        piece = bytearray(min(size, self._left))
        return bytes(piece[: self.readinto(memoryview(piece))])


class Counter:
    """A sink that keeps nothing."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, data: bytes | memoryview) -> int:
        """Count the bytes."""
        self.size += len(data)
        return len(data)


def memory(key: str) -> float:
    """MiB of "VmRSS" or "VmHWM" of /proc/self/status (proc(5))."""
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return int(value.split()[0]) / 1024
    raise LookupError(f"/proc/self/status has no {key}; memory is measured on Linux")


def main() -> None:
    """Encode, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("mib", type=int)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--level", default="fast")
    parser.add_argument("--warm", type=int, default=0)
    arguments = parser.parse_args()
    warm()
    profile = replace(load_profile(arguments.level), workers=arguments.workers)
    sink = Counter()
    before = memory("VmRSS")
    with io.FileIO(arguments.file) as file, StreamingEncoder(Counter(), profile) as first:
        first.encode_from(Again(file, arguments.warm * MIB))
    with io.FileIO(arguments.file) as file:
        wall, cpu = time.perf_counter(), time.process_time()
        with StreamingEncoder(sink, profile) as stream:
            stream.encode_from(Again(file, arguments.mib * MIB))
        seconds, spent = time.perf_counter() - wall, time.process_time() - cpu
    seen = stream.statistics
    figures = {"mib": arguments.mib, "seconds": seconds, "cpu": spent, "out": sink.size, "before": before}
    figures |= {"peak": memory("VmHWM"), "encode_seconds": seen.encode_seconds, "pool": asdict(seen.pool)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
