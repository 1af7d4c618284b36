"""Errors as JSON on standard error, for programs: `--json` of every verb."""

import json
import re
from typing import Any, Final

from orchestrator.plan.problem import PlanError

MEND: Final = "\n  mend: "
PLACE: Final = re.compile(r"(?P<where>(?:--)?[\w./\\-]+(?::\d+:\d+)?): (?P<what>.+)", re.DOTALL)
"""A message that begins with a path, an option, or a place in a file."""


def complaint(error: BaseException, told: str, exit_code: int) -> str:
    """One JSON object on one line. told: the message for people, which a plan's problems need not be read from.

    `exit_code`, and of the first problem `what`, `where` (empty where there is no place) and `mend`; `problems` has all
    of them.
    """
    problems = _of_plan(error) if isinstance(error, PlanError) else [_problem(told)]
    return json.dumps({"exit_code": int(exit_code), **problems[0], "problems": problems}, ensure_ascii=False)


def _of_plan(error: PlanError) -> list[dict[str, Any]]:
    return [
        {"what": one.what, "where": f"{one.file}:{one.line}:{one.column}" if one.line else one.file, "mend": one.mend}
        for one in error.problems
    ] or [_problem(str(error))]


def _problem(text: str) -> dict[str, Any]:
    what, _, mend = text.partition(MEND)
    found = PLACE.fullmatch(what)
    return {"what": found["what"] if found else what, "where": found["where"] if found else "", "mend": mend.strip()}
