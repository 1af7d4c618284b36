#!/bin/sh
# Make a small repository for the example: a packer, its measuring program, and notes. Usage: make-repo.sh FOLDER
set -eu
rm -rf "$1"
mkdir -p "$1/src" "$1/bench"
cd "$1"
cat > src/pack.py <<'END'
"""Pack bytes; `unpack` gives them back."""


def pack(data):
    return data


def unpack(packed):
    return packed
END
cp src/pack.py src/slow.py
cp src/pack.py src/other.py
cat > bench/measure.py <<'END'
"""Print one line of evidence: how large a packed log is, after a check that it unpacks to itself.

Usage: measure.py MODULE_FILE. The module runs in a process of its own, so that it cannot reach the measuring; nor can it
by way of /proc, for this process is not dumpable: prctl(2), PR_SET_DUMPABLE.
"""
import ctypes
import json
import subprocess
import sys

LOG = b"".join(b"2026-01-01 12:00:%02d GET /item/%d 200\n" % (i % 60, i % 9) for i in range(200))
RUN = "import runpy, sys; sys.stdout.buffer.write(runpy.run_path(sys.argv[1])[sys.argv[2]](sys.stdin.buffer.read()))"

ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)


def call(function, data):
    argv = [sys.executable, "-I", "-c", RUN, sys.argv[1], function]
    return subprocess.run(argv, input=data, capture_output=True, check=True, timeout=20).stdout


packed = call("pack", LOG)
if call("unpack", packed) != LOG:
    sys.exit("it does not unpack to what was packed")
share = 100 * len(packed) / len(LOG)
line = {"kind": "measurement", "metric": sys.argv[2], "unit": "%", "values": [share], "cases": 1, "method": "size packed over size plain, 200 log lines"}
print(json.dumps(line))
END
echo "Colour: blue" > NOTES.md
printf 'Keep `pack` and `unpack` inverse to each other.\n' > AGENTS.md
git init -q -b main .
git add -A
git -c user.name=example -c user.email=example@localhost commit -q -m "A packer that does not pack"
