"""How a command ends: every error becomes a message on standard error and the documented exit code."""

import errno
import time
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from enum import IntEnum
from pathlib import Path
from typing import ClassVar, Final, ParamSpec

from orchestrator.beneath import write_text
from orchestrator.cli.complaint import complaint
from orchestrator.cli.output import plain, tell
from orchestrator.cli.streams import lost_output
from orchestrator.errors import OrchestratorError


class Exit(IntEnum):
    """What the command line ends with."""

    PASS = 0  # every criterion PASS
    FAIL = 1  # a task failed or a criterion FAILed
    USAGE = 2  # invalid plan or usage
    UNPROVEN = 3  # a criterion is UNPROVEN
    FAULT = 4  # the journal or the environment
    WAITS = 5  # nothing is left to do but what waits for people
    DEFECT = 70  # our own defect (EX_SOFTWARE of sysexits.h)
    INTERRUPTED = 130  # 128 + SIGINT


class UsageError(OrchestratorError):
    """What was asked for makes no sense; nothing was started."""

    exit_code: ClassVar[int] = Exit.USAGE


class Left(BaseException):
    """A verb ended in a way of typer's own, which is its cause."""


RUNNING: Final = frozenset({"run", "resume"})
"""Verbs whose exit code is the verdicts' whatever becomes of what they print."""
DEBUG: Final = ContextVar("debug", default=False)

P = ParamSpec("P")


def code_of(verb: Callable[P, int | None], *args: P.args, **kwargs: P.kwargs) -> int:
    """Call the verb: its exit code. Whatever it raises becomes a message and its code, and nothing leaves it but
    `Left`.
    """
    try:
        code = verb(*args, **kwargs) or Exit.PASS
    except Left:
        raise
    except BaseException as error:  # noqa: BLE001 - the outermost shell: everything becomes a message
        state = kwargs.get("state")
        code = explain(error, state if isinstance(state, Path) else None, as_data=kwargs.get("json") is True)
    return _after_loss(verb.__name__, code, as_data=kwargs.get("json") is True)


def _after_loss(verb: str, code: int, *, as_data: bool) -> int:
    """The exit code where results did not arrive on standard output: what was there to print was lost, but no
    verdict changes by it.
    """
    lost = lost_output()
    if lost is None:
        return code
    lost.filename = "standard output"
    fault = explain(lost, None, as_data=as_data)
    return code if code or verb in RUNNING else fault


def explain(error: BaseException, state: Path | None, *, as_data: bool = False) -> int:
    """Say what went wrong on standard error, for people or as one JSON object; the exit code.

    state: where the story of a defect is left, if it exists.
    """
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else Exit.PASS
    if DEBUG.get() and not as_data:
        tell(plain("".join(traceback.format_exception(error))))
    text, code = _message(error, state)
    tell(complaint(error, text, code) if as_data else plain(text))
    return code


def _message(error: BaseException, state: Path | None) -> tuple[str, int]:
    """What to say to people, and the exit code."""
    match error:
        case KeyboardInterrupt():
            return "interrupted", Exit.INTERRUPTED
        case OrchestratorError():
            return str(error), error.exit_code
        case OSError():
            return f"{error.filename or 'input/output'}: {error.strerror or error}\n  mend: {_mend(error)}", Exit.FAULT
        case _:
            return _confession(error, state), Exit.DEFECT


def _mend(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return "check the path's permissions, or name another folder"
    if error.errno == errno.ENOSPC:
        return "free space on the disk; what was finished is kept, and the same command continues"
    return "check that the path exists and can be used, or name another"


def _confession(error: BaseException, state: Path | None) -> str:
    """A defect of ours: one line, and where the traceback is: in the state folder, or below where that is not
    possible.
    """
    said = f"internal error: {type(error).__name__}: {error}"
    if DEBUG.get():
        return said
    story = "".join(traceback.format_exception(error))
    path = state / f"crash-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.txt" if state else None
    try:
        if path is None or not path.parent.is_dir():
            raise FileNotFoundError
        write_text(path.parent, path.name, story)
    except OSError:
        return f"{said}\n{story}"
    return (
        f"{said}\n  mend: the traceback is in {path}; please report it. What was finished is kept: the same command "
        f"continues."
    )
