"""Why a program could not be started, and the mend.

The system's own message ("No such file or directory") is the same for six mistakes.
"""

import errno
import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from orchestrator.records import dataclass

BEGINNING: Final = 256  # bytes of a file that are read: the kernel reads no longer first line
ELF: Final = b"\x7fELF"
MACHINES: Final = {
    0x03: "i386",
    0x28: "arm",
    0x3E: "x86_64",
    0xB7: "aarch64",
    0xF3: "riscv64",
    0x15: "ppc64le",
    0x16: "s390x",
}
"""Field e_machine of an ELF header (elf.h), by the names that uname(1) has for them."""
SHELL_WORDS: Final = frozenset(
    {"cd", "export", "source", ".", "set", "unset", "ulimit", "umask", "alias", "exec", "eval", "if", "for"}
)
NO_COMMAND: Final = frozenset({126, 127})
"""The exit codes of a shell and env(1) that cannot start a program."""

OTHERS: Final[Mapping[int, str]] = {
    errno.E2BIG: "its arguments and environment are longer than the system takes; hand them over in a file",
    errno.ETXTBSY: "the file is still open for writing; close it before it is run",
    errno.ELOOP: "the path goes through links in a circle; name the file itself",
    errno.ENAMETOOLONG: "the path is longer than the system takes; name a shorter one",
    errno.EINVAL: "an argument or the environment holds what no program can be given: a NUL, or a name with '='",
}


@dataclass(frozen=True, slots=True)
class Attempted:
    """A start that failed.

    number: errno. folder: where it was to start. project: the run's. path: the PATH that it was looked up along.
    """

    program: str
    number: int
    folder: Path
    project: Path
    path: str


def why_not_started(start: Attempted) -> str:
    """One sentence: what is wrong with this program, and the mend."""
    return f"{start.program!r} could not be started: {_reason(start)}"


def _reason(start: Attempted) -> str:  # noqa: PLR0911 - one line per reason, first match wins
    if start.number in OTHERS:
        return f"{os.strerror(start.number)}; {OTHERS[start.number]}"
    there = _file(start)
    if there is None:
        return _nowhere(start)
    if there.is_dir():
        return f"{there} is a folder; name a program in it"
    if start.number == errno.EACCES:
        return _not_allowed(there)
    begins = _beginning(there)
    if start.number == errno.ENOEXEC:
        return _no_format(there, begins)
    if start.number == errno.ENOENT:
        return _no_interpreter(there, begins)
    return os.strerror(start.number)


def _file(start: Attempted) -> Path | None:
    """The file that the name resolves to; None if there is none."""
    if "/" in start.program:
        there = start.folder / start.program
        return there if os.path.lexists(there) else None
    for folder in start.path.split(os.pathsep):
        there = start.folder / folder / start.program
        if there.is_file():
            return there
    return None


def _nowhere(start: Attempted) -> str:  # noqa: PLR0911 - as above
    words = start.program.split()
    if len(words) > 1:
        return (
            f"a command is a list, one word each, and no shell reads it; write {_as_list(words)} or [sh, -c, "
            f"{start.program!r}]"
        )
    if start.program.startswith("~") or "$" in start.program:
        return "'~' and variables mean something only to a shell; write the whole path, or [sh, -c, '…']"
    if start.program in SHELL_WORDS:
        return f"it is a word of the shell and no program; write [sh, -c, '{start.program} …']"
    if not os.path.isabs(start.program) and os.path.lexists(start.project / start.program):  # noqa: PTH117 - a text
        inside = os.path.normpath(start.program)
        return f"tasks start in a folder of their own, and the file is in the project's; write ${{project}}/{inside}"
    if os.path.isabs(start.program):  # noqa: PTH117 - a text
        return "there is no such file; check the path"
    if "/" in start.program:
        return (
            "there is no such file in the attempt's folder, where tasks start; write ${project}/ before what is in "
            "the project"
        )
    return "there is no such program; is it installed and on PATH?"


def _as_list(words: list[str]) -> str:
    return f"[{', '.join(words)}]"


def _not_allowed(there: Path) -> str:
    try:
        mode = there.stat().st_mode
    except OSError as error:
        return f"{error.strerror}; check the rights of the folders above {there}"
    if not stat.S_ISREG(mode):
        return f"{there} is not a regular file; name a program"
    if os.access(there, os.X_OK):
        return (
            f"permission denied, though {there} may be run; its interpreter, or a file system mounted noexec, may not"
        )
    mend = f"chmod +x {shlex.quote(str(there))}"
    begins = _beginning(there)
    if begins.startswith((b"#!", ELF)):
        return f"it has no x bit; {mend}"
    return (
        f"it has no x bit and no first line that names its interpreter; {mend} and begin it with a line such as "
        f"#!/bin/sh"
    )


def _no_format(there: Path, begins: bytes) -> str:
    if begins.startswith(ELF) and len(begins) > 20:
        order: Literal["big", "little"] = "big" if begins[5] == 2 else "little"
        machine = int.from_bytes(begins[18:20], order)
        name = MACHINES.get(machine, f"machine {machine}")
        return f"it is a program for {name}, and this machine is {os.uname().machine}; build or install it for this one"
    if not begins:
        return f"{there} is empty"
    if b"\0" in begins:
        return f"{there} is not a program that this system knows"
    return (
        "it has no first line that names its interpreter; begin it with a line such as #!/bin/sh, or write [sh, FILE]"
    )


def _no_interpreter(there: Path, begins: bytes) -> str:
    if there.is_symlink() and not there.exists():
        return f"{there} is a link to what is not there; mend the link"
    if begins.startswith(ELF):
        return "the system's loader that it was built for is not there; it was built for another system or C library"
    wanted = interpreter(begins)
    if wanted is None:
        return os.strerror(errno.ENOENT)
    if windows_lines(begins):
        return _windows(there)
    return f"its first line asks for {wanted!r}, which is not there; install that, or correct the line"


def _windows(there: Path) -> str:
    return (
        f"its first line has a Windows line end, so that the name of its interpreter does too; sed -i 's/\\r$//' "
        f"{shlex.quote(str(there))}"
    )


def why_no_command(start: Attempted) -> str:
    """What to add if a script ended with 126 or 127: "" unless the end of its first line is the reason."""
    there = _file(start)
    if there is None or not there.is_file() or not windows_lines(_beginning(there)):
        return ""
    return f"; {_windows(there)}"


def interpreter(begins: bytes) -> str | None:
    """What a first line `#!…` names, None if there is none."""
    if not begins.startswith(b"#!"):
        return None
    words = begins[2:].split(b"\n", 1)[0].split(maxsplit=1)
    return os.fsdecode(words[0]) if words else ""


def windows_lines(begins: bytes) -> bool:
    """Whether a script's first line ends as on Windows."""
    return begins.startswith(b"#!") and begins.split(b"\n", 1)[0].endswith(b"\r")


def _beginning(there: Path) -> bytes:
    """The file's first bytes; empty if it cannot be read or is not a regular file."""
    try:
        descriptor = os.open(there, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            return os.read(descriptor, BEGINNING) if stat.S_ISREG(os.fstat(descriptor).st_mode) else b""
        finally:
            os.close(descriptor)
    except OSError:
        return b""
