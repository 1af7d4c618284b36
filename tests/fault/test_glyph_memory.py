"""Inputs that tempt an encoder to hold them whole; memory is read by the child from the system's own account."""

import os
import subprocess
import sys

CHILD = """
import io, random, sys
from pathlib import Path
from encoder.stream.encoder import StreamingEncoder
from encoder.stream.decoder import StreamingDecoder

def peak():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) << 10

class Line:
    def __init__(self, size):
        self.left, self.piece = size, random.Random(1).randbytes(50_000).replace(b"\\n", b" ")

    def read(self, size):
        taken = self.piece[: min(size, self.left)]
        self.left -= len(taken)
        return taken

path, size = Path(sys.argv[1]), int(sys.argv[2])
with path.open("wb") as sink, StreamingEncoder(sink) as stream:
    before = peak()
    stream.encode_from(Line(size))
decoded = 0
with path.open("rb") as source, StreamingDecoder(source) as stream:
    while piece := stream.read1():
        decoded += len(piece)
assert decoded == size
print(peak() - before, stream.header.block_size)
"""


def test_a_hundred_megabytes_on_one_line_take_a_few_blocks_of_memory(tmp_path):
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", CHILD, str(tmp_path / "line.glyph"), str(100 << 20)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, timeout=300)
    growth, block_size = map(int, done.stdout.split())
    assert growth < 60 * block_size  # the pool's buffers, the bodies on their way, the compressor, its code
