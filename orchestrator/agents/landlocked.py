"""Forbid this process everything that the arguments before `--` do not allow. Then become the program after it.

    python -I landlocked.py [--write FOLDER | --read PLACE | --hide PLACE | --port N | --network] ... -- PROGRAM
    [ARGUMENT ...]

Landlock can only allow. What is below an allowed place cannot be forbidden again. So a folder with something hidden in
it is allowed entry by entry, and cannot be listed. This script imports nothing of this package, so it starts at once.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SYSTEM: Final = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/etc",
    "/opt",
    "/nix",
    "/gnu",
    "/snap",
    "/sys",
    "/run/current-system",
)
"""What programs need of a system, to read and to execute."""
DEVICES: Final = "/dev"
NO_SANDBOX: Final = 126
"""The exit code where the kernel does not let us."""


@dataclass(slots=True)
class Allowed:
    """What the words allow. network: any; port: the one on which the agent may connect, 0 for none."""

    write: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)
    hide: list[str] = field(default_factory=list)
    port: int = 0
    network: bool = False


def parsed(words: Sequence[str]) -> tuple[Allowed, list[str]]:
    """The words before `--`, and the program behind it. Raises ValueError for any other word."""
    allowed, rest = Allowed(), list(words)
    lists = {"--write": allowed.write, "--read": allowed.read, "--hide": allowed.hide}
    while rest and rest[0] != "--":
        word = rest.pop(0)
        if word in lists:
            lists[word].append(rest.pop(0))
        elif word == "--port":
            allowed.port = int(rest.pop(0))
        elif word == "--network":
            allowed.network = True
        else:
            raise ValueError(f"{word} means nothing")
    return allowed, rest[1:]


def openings(place: str, hidden: Sequence[str]) -> Iterator[str]:
    """The places that together are `place` without what is hidden below it. A link is where it leads."""
    real = os.path.realpath(place)
    below = [each for each in hidden if each.startswith(real.rstrip("/") + "/")]
    if real in hidden:
        return
    if not below:
        yield real
        return
    with os.scandir(real) as entries:
        for entry in entries:
            if not entry.is_symlink():  # what it leads to is allowed where it lies, or not at all
                yield from openings(entry.path, below)


def processes() -> Iterator[str]:
    """What of /proc is about the system, and about this process: not every kernel forbids to read another's
    environment there.
    """
    for name in os.listdir("/proc"):  # noqa: PTH208 - as text
        if not name.isdigit() and not os.path.islink(f"/proc/{name}"):  # noqa: PTH114
            yield f"/proc/{name}"
    yield f"/proc/{os.getpid()}"


def restrict(allowed: Allowed) -> None:
    """Forbid this process and its children everything that is not allowed. Raises OSError, ImportError."""
    from landlockpy import AccessFS, AccessNet, Ruleset, Scope  # noqa: PLC0415 - an extra

    everything, on_files = ~AccessFS.NONE, AccessFS.READ_FILE | AccessFS.WRITE_FILE
    reading = AccessFS.READ_FILE | AccessFS.READ_DIR | AccessFS.EXECUTE
    net = AccessNet.NONE if allowed.network else ~AccessNet.NONE
    with Ruleset(handled_net=net, scoped=Scope.SIGNAL | Scope.ABSTRACT_UNIX_SOCKET) as rules:
        hidden = [os.path.realpath(each) for each in allowed.hide]
        for place in (*SYSTEM, *processes(), *allowed.read):
            for each in openings(place, _not_around(place, hidden)):
                if os.path.exists(each):  # noqa: PTH110 - as text
                    rules.allow_path(each, reading if os.path.isdir(each) else reading & ~AccessFS.READ_DIR)  # noqa: PTH112
        rules.allow_path(DEVICES, AccessFS.READ_FILE | AccessFS.READ_DIR | AccessFS.WRITE_FILE | AccessFS.IOCTL_DEV)
        for place in allowed.write:
            rules.allow_path(place, everything if os.path.isdir(place) else on_files)  # noqa: PTH112 - as text
        if allowed.port and not allowed.network:
            rules.allow_port(allowed.port, AccessNet.CONNECT_TCP)
        rules.restrict()


def _not_around(place: str, hidden: Sequence[str]) -> list[str]:
    """What is hidden, except what contains the place: a repository in the state folder was asked for by name."""
    real = Path(os.path.realpath(place))
    return [each for each in hidden if Path(each) not in real.parents]


def main() -> None:
    """Restrict this process and become the program."""
    allowed, argv = parsed(sys.argv[1:])
    try:
        restrict(allowed)
    except (ImportError, OSError, ValueError) as error:
        sys.stderr.write(f"landlock: {error}\n")
        sys.exit(NO_SANDBOX)
    try:
        os.execvp(argv[0], argv)  # noqa: S606 - it is what the sandbox is for
    except OSError as error:
        sys.stderr.write(f"{argv[0]}: {error.strerror}\n")
        sys.exit(127)


if __name__ == "__main__":
    main()
