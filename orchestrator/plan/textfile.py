"""The text of a file that people wrote: a plan, a report. What is wrong with the file is a `PlanError`."""

from pathlib import Path as FilePath
from typing import Final

from orchestrator.plan.problem import PlanError, Problem

SIZE_LIMIT: Final = 8 * 2**20  # bytes; a plan of 10,000 tasks has about 2 MiB


def read_plan_text(path: FilePath) -> str:
    """The text of a plan file. Raises PlanError for whatever is not a readable UTF-8 file of at most 8 MiB."""
    name = str(path)
    try:
        if path.is_dir():
            raise PlanError([Problem(name, 0, 0, "is a directory", "name the plan file in it")])
        if path.exists() and not path.is_file():
            raise PlanError([Problem(name, 0, 0, "is not a regular file", "name a plan file")])
        with path.open("rb") as file:
            content = file.read(SIZE_LIMIT + 1)
    except FileNotFoundError as error:
        raise PlanError(
            [Problem(name, 0, 0, "there is no such file", "check the path; `orchestrate init` writes an example")]
        ) from error
    except (OSError, ValueError) as error:
        raise PlanError(
            [Problem(name, 0, 0, f"cannot be read: {error}", "check the path and its permissions")]
        ) from error
    if len(content) > SIZE_LIMIT:
        raise PlanError([too_large(name)])
    return _decoded(content, name)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        what = f"byte 0x{content[error.start]:02x} is not UTF-8"
        raise PlanError([Problem(name, line, column, what, "save the plan as UTF-8 text")]) from error


def too_large(name: str) -> Problem:
    """The problem of a text beyond the limit."""
    what = f"is larger than {SIZE_LIMIT // 2**20} MiB"
    return Problem(name, 0, 0, what, "a plan is text that people read: split it, or check that this is the right file")
