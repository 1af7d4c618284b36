"""Measure an encoder from outside: the checkout's encodes, the installed one decodes. Usage: measure.py CHECKOUT.

Inputs are small, so that no kernel is compiled. Prints the peak memory of the checkout's process, and inputs that do
not come back.
"""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

SIZES = (0, 4_096, 60_000)
LOG = b"".join(b"2026-01-01 12:00:%02d GET /item/%d 200\n" % (n % 60, n % 9) for n in range(2_000))


def encoded(plain: Path, packed: Path) -> bool:
    """Whether the checkout's encoder, in a process of its own, says that it encoded the file."""
    argv = [sys.executable, "-m", "encoder", "encode", str(plain), "-o", str(packed)]
    return (
        subprocess.run(argv, env={**os.environ, "PYTHONPATH": sys.argv[1]}, capture_output=True, check=False).returncode
        == 0
    )


def comes_back(packed: Path, data: bytes) -> bool:
    """Whether the installed encoder decodes it to what it was."""
    argv = [sys.executable, "-m", "encoder", "decode", "-c", str(packed)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(argv, env=env, capture_output=True, check=False).stdout == data


packs = []
for size in SIZES:
    plain, packed = Path(f"{size}.log"), Path(f"{size}.glyph")
    plain.write_bytes(LOG[:size])
    packs.append((packed, LOG[:size], encoded(plain, packed)))
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
lost = sum(not (done and comes_back(packed, data)) for packed, data, done in packs)
for metric, unit, value, how in (
    ("agents.peak_memory", "MiB", peak, "the kernel's high-water mark of the encoding processes"),
    ("agents.mismatches", "mismatches", lost, "encoded by the hand-in, decoded by the project's own encoder"),
):
    line = {
        "kind": "measurement",
        "metric": metric,
        "unit": unit,
        "values": [value],
        "cases": len(SIZES),
        "method": how,
    }
    print(json.dumps(line))
