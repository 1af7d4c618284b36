"""Wall time, processor time and peak memory of one command, from its spawn to its exit."""

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LONGEST = 900.0


@dataclass(frozen=True, slots=True)
class Cost:
    """seconds: wall; cpu: user and system seconds of the process and all that it waited for; rss: bytes, the peak
    of the largest one.
    """

    seconds: float
    cpu: float
    rss: int


class CommandError(RuntimeError):
    """A measured command did not end well: its time says nothing."""


def cost_of(argv: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> Cost:
    """Run it in the folder and account for it. Raises CommandError with the end of what it printed."""
    log = folder / "bench.log"
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            argv, cwd=folder, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        raise CommandError(f"{argv[0]} ended with {process.returncode}:\n{said}")
    return Cost(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)
