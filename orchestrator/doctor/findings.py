"""What the facts about a machine mean for a run. Pure: facts in, findings out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

MIB: Final = 1 << 20
LEAST_DISK: Final = 1024 * MIB
FULL_DISK: Final = 16 * MIB
"""With less than that a run of a small plan ends with an error."""
MOST_AHEAD: Final = 60.0
"""Seconds by which a file may be newer than the clock: some file systems round, or have a clock of their own."""
LEAST_MEMORY: Final = 512 * MIB
FEWEST_FILES: Final = 256
OLDEST_PYTHON: Final = (3, 11)
OLDEST_NODE: Final = 20
NETWORK_FILE_SYSTEMS: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"})
EXTRAS: Final[Mapping[str, tuple[str, str]]] = {
    "agents": ("acp", "agents that work over ACP, their budgets and their sandbox"),
    "dask": ("distributed", "--executor dask"),
    "notify": ("apprise", "telling others of a run (notify, --notify)"),
    "otel": ("opentelemetry.exporter.otlp.proto.http", "spans of runs over OTLP (--otlp)"),
    "schedule": ("ortools", "schedule --optimize"),
}
"""Extra: (a module that only it brings, what it is for)."""


class State(StrEnum):
    """GOOD: nothing to do. LIMITED: something optional will not work. BAD: runs will fail."""

    GOOD = "good"
    LIMITED = "limited"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Agent:
    """A program that speaks ACP, found on PATH. protocol: the version that it answered with; 0 where it gave no
    answer, and then why.
    """

    program: str
    protocol: int = 0
    name: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found on the machine. Sizes are in bytes; an empty text or None means that there is none, or that it
    is not known.

    clock_behind: seconds by which the newest of our own files is ahead of the clock. keys: the folder of the keys that
    seal journals.
    """

    python: tuple[int, int, int]
    git: str
    cores: int
    memory: int
    open_files: int
    processes: int | None
    state: str
    state_problem: str
    state_disk: int
    state_file_system: str
    temporary: str
    temporary_disk: int
    bubblewrap: str  # "" where it works, else why it does not
    landlock: bool
    chromium: str
    node: str
    clock_kept: bool | None
    clock_behind: float = 0.0
    keys: str = ""
    keys_problem: str = ""
    modules: frozenset[str] = frozenset()
    agents: tuple[Agent, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor's answer. mend: what to do; empty where nothing is to be done."""

    what: str
    state: State
    said: str
    mend: str = ""


def findings(facts: Facts) -> tuple[Finding, ...]:
    """Every check, in the order in which a reader wants them."""
    return (
        _python(facts),
        _state(facts),
        _keys(facts),
        _disk("disk of the state folder", facts.state_disk, facts.state),
        _disk("disk for temporary files", facts.temporary_disk, facts.temporary),
        _machine(facts),
        _files(facts),
        _clock(facts),
        _git(facts),
        _sandbox(facts),
        _chromium(facts),
        *(_extra(name, facts) for name in EXTRAS),
        _node(facts),
        *map(_agent, facts.agents),
        *([] if facts.agents else [_no_agent()]),
    )


def _python(facts: Facts) -> Finding:
    said = ".".join(map(str, facts.python))
    if facts.python[:2] < OLDEST_PYTHON:
        return Finding("Python", State.BAD, said, "use Python 3.11 or newer")
    return Finding("Python", State.GOOD, said)


def _state(facts: Facts) -> Finding:
    if facts.state_problem:
        mend = "name another folder with --state, or mend its permissions"
        return Finding("state folder", State.BAD, f"{facts.state}: {facts.state_problem}", mend)
    if facts.state_file_system in NETWORK_FILE_SYSTEMS:
        said = f"{facts.state} lies on {facts.state_file_system}, whose locks SQLite cannot rely on"
        return Finding("state folder", State.BAD, said, "name a folder on a local disk with --state")
    return Finding("state folder", State.GOOD, facts.state)


def _keys(facts: Facts) -> Finding:
    """Without a key a run works, but nobody can tell later whether its journal was changed."""
    if facts.keys_problem:
        said = f"{facts.keys_problem}; journals are not sealed, so that a change of one is not detected"
        return Finding("keys", State.LIMITED, said, "make the folder writable, or name another one in XDG_CONFIG_HOME")
    return Finding("keys", State.GOOD, facts.keys)


def _disk(what: str, free: int, where: str) -> Finding:
    said = f"{free // MIB:,} MiB free for {where}"
    if free < FULL_DISK:
        return Finding(what, State.BAD, said, "make room, or name a folder on another disk with --state or TMPDIR")
    if free < LEAST_DISK:
        return Finding(what, State.LIMITED, said, "make room: logs, evidence and samples need about 1 GiB")
    return Finding(what, State.GOOD, said)


def _machine(facts: Facts) -> Finding:
    said = f"{facts.cores} cores, {facts.memory // MIB:,} MiB of memory free"
    if facts.memory < LEAST_MEMORY:
        return Finding("machine", State.LIMITED, said, "close other programs, or run fewer tasks at once with -j")
    return Finding("machine", State.GOOD, said)


def _files(facts: Facts) -> Finding:
    said = (
        f"{facts.open_files:,} open files, {'any number of' if facts.processes is None else f'{facts.processes:,}'} "
        f"processes"
    )
    if facts.open_files < FEWEST_FILES:
        return Finding("limits", State.LIMITED, said, "raise the hard limit (ulimit -Hn): each task needs 8 open files")
    return Finding("limits", State.GOOD, said)


def _clock(facts: Facts) -> Finding:
    if facts.clock_behind > MOST_AHEAD:
        said = f"it is at least {facts.clock_behind:,.0f} s behind: files written here earlier are newer than now"
        return Finding("clock", State.LIMITED, said, "set the clock; dates in reports are wrong until then")
    if facts.clock_kept is None:
        return Finding("clock", State.GOOD, "it is not known whether the clock is kept right")
    if not facts.clock_kept:
        said = "nothing keeps the clock right; dates in reports may be wrong, the order of runs is not"
        return Finding("clock", State.LIMITED, said, "start a time service (chrony, systemd-timesyncd)")
    return Finding("clock", State.GOOD, "kept right")


def _git(facts: Facts) -> Finding:
    if not facts.git:
        said = "not found; reports name no commit, and agents have no worktree"
        return Finding("git", State.LIMITED, said, "install git")
    return Finding("git", State.GOOD, facts.git)


def _sandbox(facts: Facts) -> Finding:
    if not facts.bubblewrap:
        return Finding("sandbox", State.GOOD, "bubblewrap")
    if facts.landlock:
        return Finding("sandbox", State.GOOD, f"landlock ({facts.bubblewrap})")
    mend = "install bubblewrap (Debian: apt install bubblewrap) and allow user namespaces"
    return Finding("sandbox", State.LIMITED, f"none, and agents need one: {facts.bubblewrap}", mend)


def _chromium(facts: Facts) -> Finding:
    if not facts.chromium:
        return Finding("Chromium", State.LIMITED, "not found; only the tests of the page need it", "install chromium")
    return Finding("Chromium", State.GOOD, facts.chromium)


def _extra(name: str, facts: Facts) -> Finding:
    module, purpose = EXTRAS[name]
    if module in facts.modules:
        return Finding(f"extra {name}", State.GOOD, purpose)
    return Finding(f"extra {name}", State.LIMITED, f"not installed; it is for {purpose}", f"pip install '.[{name}]'")


def _node(facts: Facts) -> Finding:
    if not facts.node:
        return Finding(
            "Node", State.LIMITED, "not found; most coding agents need it", f"install Node {OLDEST_NODE} or newer"
        )
    major = facts.node.lstrip("v").partition(".")[0]
    if major.isdigit() and int(major) < OLDEST_NODE:
        return Finding(
            "Node", State.LIMITED, facts.node, f"install Node {OLDEST_NODE} or newer: agents refuse older ones"
        )
    return Finding("Node", State.GOOD, facts.node)


def _no_agent() -> Finding:
    said = "none of the coding agents that we know is on PATH; plans with `driver: acp` need one"
    return Finding(
        "agents", State.LIMITED, said, "install one (docs/guides/agents.md), or name its `program` in the plan"
    )


def _agent(one: Agent) -> Finding:
    if one.protocol:
        return Finding(f"agent {one.program}", State.GOOD, f"{one.name or one.program} speaks ACP {one.protocol}")
    return Finding(
        f"agent {one.program}", State.LIMITED, f"no answer over ACP: {one.why}", f"run `{one.program}` by hand"
    )
