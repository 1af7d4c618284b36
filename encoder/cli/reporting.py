"""Errors as one line on standard error and an exit code, and sizes in readable units."""

import contextlib
import functools
import os
import re
import sys
from collections.abc import Callable, Iterable
from typing import Final, ParamSpec, TypeVar

from encoder.cli.streams import flush_stdout, silence
from encoder.errors import GlyphError, ProfileError
from encoder.limits import DEFAULT_LIMITS, Limits

DAMAGED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141  # what a shell shows for a program that SIGPIPE ended

UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}

Arguments = ParamSpec("Arguments")
Item = TypeVar("Item")


class UsageError(Exception):
    """The command was given something that it cannot work with; the message says the mend."""


EXPECTED: Final = (UsageError, GlyphError, OSError, MemoryError)
"""What a user meets without a defect of ours."""


def reported(verb: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """The verb, with the errors that users meet printed without a traceback and turned into exit codes."""

    @functools.wraps(verb)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            verb(*args, **kwargs)
        except BrokenPipeError:
            sys.exit(BROKEN_PIPE)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except EXPECTED as error:
            sys.exit(complain(error))

    return wrapped


def ended(code: str | int | None) -> int:
    """The exit code of a command that leaves with `code`, once what it printed has arrived."""
    left = code if isinstance(code, int) else int(code is not None)
    try:
        flush_stdout()
    except BrokenPipeError:
        left = BROKEN_PIPE
    except OSError as error:
        left = left or complain(error)
    silence()
    return left


def for_each(items: Iterable[Item], run: Callable[[Item], None]) -> None:
    """Run it for every item; one that fails is reported and the others still run. Exits with the worst code then."""
    worst = 0
    for item in items:
        try:
            run(item)
        except BrokenPipeError:
            raise
        except EXPECTED as error:
            worst = max(worst, complain(error))
    if worst:
        sys.exit(worst)


def limits_of(max_output: str | None, max_block: str | None, max_memory: str | None) -> Limits:
    """The limits that the options name, the standard ones where they do not. Raises UsageError."""
    return Limits(
        max_output=DEFAULT_LIMITS.max_output if max_output is None else parse_size(max_output),
        max_block=DEFAULT_LIMITS.max_block if max_block is None else parse_size(max_block),
        max_memory=DEFAULT_LIMITS.max_memory if max_memory is None else parse_size(max_memory),
    )


def parse_size(text: str) -> int:
    """Bytes from a text such as 500, 64K, 1.5M, 2GiB (powers of 1024). Raises UsageError."""
    match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,6})?)\s*([KMGT]?)(?:i?B)?", text.strip(), re.IGNORECASE)
    if match is None:
        raise UsageError(f"{text!r} is not a size; give for example 500, 64K, 8M or 2G")
    return int(float(match[1]) * UNITS[match[2].upper()])


def human_size(count: float) -> str:
    """Bytes for people, in powers of 1024."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if abs(count) < 1024:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def say(text: str, *, err: bool = False) -> None:
    """Print a line at once, on standard error if asked to. Raises OSError."""
    print(text, file=sys.stderr if err else sys.stdout, flush=True)


def cores(threads: int | None) -> int | None:
    """What -T means: None stays, 0 is every core of the machine."""
    return os.cpu_count() or 1 if threads == 0 else threads


def complain(error: BaseException) -> int:
    """Print it; the exit code that it means."""
    with contextlib.suppress(OSError):  # there is nobody to tell that there is nobody to tell
        say(f"glyph: {str(error) or type(error).__name__}", err=True)
    return USAGE if isinstance(error, UsageError | ProfileError) else DAMAGED
