"""Whose processor time a command took: its own process's, that of those it left to end by themselves, and that of
programs.

Processor time is what a busy machine has to give, and it is steadier than wall time where others work beside. The
launchers of an orchestrator end after it and are nobody's children then; as a child subreaper (prctl(2)) this process
gets them, and reads of each, before it is taken off the table, what it used itself and what the programs used that it
waited for (proc(5)).
"""

import ctypes
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.engine.measure import CommandError

PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
SELF, WAITED_FOR = slice(11, 13), slice(13, 15)  # utime and stime, cutime and cstime, of what follows the name


@dataclass(frozen=True, slots=True)
class Shares:
    """Seconds of processor time. first: of the command's own process. others: of processes that it did not wait for.
    programs: of those that any of them waited for.
    """

    first: float
    others: float
    programs: float

    @property
    def all(self) -> float:
        """The sum."""
        return self.first + self.others + self.programs


def shares_of(argv: Sequence[str], folder: Path, env: Mapping[str, str] | None = None) -> Shares:
    """Run the command in the folder, and wait for all that comes of it. Raises CommandError where it does not end
    well.
    """
    before = _children()
    with _gathering():
        process = subprocess.Popen(
            argv, cwd=folder, env={**os.environ, **(env or {})}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        ended = dict(_ends(before))
    process.returncode = ended[process.pid][0]
    if process.returncode:
        raise CommandError(f"{argv[0]} ended with {process.returncode}")
    own = {pid: seconds for pid, (_, seconds, _) in ended.items()}
    return Shares(own.pop(process.pid), sum(own.values()), sum(below for *_, below in ended.values()))


@contextmanager
def _gathering() -> Iterator[None]:
    library = ctypes.CDLL(None)
    library.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        library.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _ends(before: frozenset[int]) -> Iterator[tuple[int, tuple[int, float, float]]]:
    """Every child that was not there before, once it has ended: its pid, its exit code, and the seconds of itself
    and of what it waited for.
    """
    while left := _children() - before:
        for pid in left:
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            _, status = os.waitpid(pid, 0)
            yield pid, (os.waitstatus_to_exitcode(status), _seconds(fields[SELF]), _seconds(fields[WAITED_FOR]))


def _children() -> frozenset[int]:
    lists = [path.read_text(encoding="ascii") for path in Path("/proc/self/task").glob("*/children")]
    return frozenset(int(pid) for each in lists for pid in each.split())


def _seconds(ticks: Sequence[str]) -> float:
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
