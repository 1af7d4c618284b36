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

Usage: measure.py MODULE_FILE METRIC, where the orchestrator measures. Each call of the module runs apart, in a sandbox
of its own, so that `unpack` knows only what `pack` returned. The log is a new one each time, so that neither can know
it before. This process is not dumpable, so that nothing reaches it by way of /proc: prctl(2), PR_SET_DUMPABLE.
"""
import ctypes
import json
import os
import random
import subprocess
import sys

DICE = random.SystemRandom()
LINES = [b"2026-01-01 12:00:%02d GET /item/%d 200\n" % (DICE.randrange(60), DICE.randrange(9)) for _ in range(200)]
LOG = b"".join(LINES)
RUN = "import runpy, sys; sys.stdout.buffer.write(runpy.run_path(sys.argv[1])[sys.argv[2]](sys.stdin.buffer.read()))"

ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)


def call(function, data):
    argv = [os.environ["ORCHESTRATE_APART"], sys.executable, "-I", "-c", RUN, sys.argv[1], function]
    try:
        return subprocess.run(argv, input=data, capture_output=True, check=True, timeout=20).stdout
    except subprocess.TimeoutExpired:
        sys.exit(f"{function} took longer than 20 s")
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip() or "nothing"
        sys.exit(f"{function} ended with exit code {error.returncode} and said: {said}")


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
