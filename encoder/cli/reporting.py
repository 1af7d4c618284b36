"""Errors as one line on standard error and an exit code; and sizes as people write them."""

import functools
import os
import re
import sys
from collections.abc import Callable
from typing import Final, ParamSpec

import typer

from encoder.errors import GlyphError, ProfileError

DAMAGED: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141  # what a shell shows for a program that SIGPIPE ended

UNITS: Final = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}

Arguments = ParamSpec("Arguments")


class UsageError(Exception):
    """The command was given something that it cannot work with; the message says the mend."""


def reported(verb: Callable[Arguments, None]) -> Callable[Arguments, None]:
    """The verb, with the errors that users meet printed without a traceback and turned into exit codes."""

    @functools.wraps(verb)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            verb(*args, **kwargs)
            sys.stdout.flush()
        except BrokenPipeError:
            _silence_stdout()
            sys.exit(BROKEN_PIPE)
        except KeyboardInterrupt:
            sys.exit(INTERRUPTED)
        except (UsageError, ProfileError) as error:
            _complain(str(error))
            sys.exit(USAGE)
        except (GlyphError, OSError, MemoryError) as error:
            _complain(str(error) or type(error).__name__)
            sys.exit(DAMAGED)

    return wrapped


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


def _complain(message: str) -> None:
    typer.echo(f"glyph: {message}", err=True)


def _silence_stdout() -> None:
    """The interpreter flushes stdout once more at its end; there is nobody left to read it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
