"""Read JSON strictly, with the line of every object. A repeated key is an error, and so is NaN."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from orchestrator.plan.problem import PlanError, Problem

SIGN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\n]', re.DOTALL)


class Located(dict[str, Any]):
    """An object with the line on which it begins, from 1."""

    line: int = 1


class _Twice(ValueError):  # noqa: N818 - it is told as a problem of the file
    def __init__(self, line: int, key: str) -> None:
        super().__init__(key)
        self.line = line
        self.key = key


def read_json(text: str, source: str) -> Any:  # noqa: ANN401 - whatever the file holds
    """What the text holds; its objects are `Located`. Raises PlanError for what is no JSON, or not only one reading
    of it.
    """
    lines = iter(_closing_order(text))

    def located(pairs: list[tuple[str, Any]]) -> Located:
        made = Located(pairs)
        made.line = next(lines, 1)
        if len(made) != len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise _Twice(made.line, twice)
        return made

    try:
        return json.loads(text, object_pairs_hook=located, parse_constant=_refuse)
    except _Twice as error:
        what = f"the object that begins here has the key {error.key[:60]!r} twice"
        raise PlanError([Problem(source, error.line, 1, what, "keep one of the two")]) from error
    except json.JSONDecodeError as error:
        raise PlanError(
            [Problem(source, error.lineno, error.colno, f"not JSON: {error.msg}", "save the file as JSON")]
        ) from error
    except (ValueError, RecursionError) as error:
        what = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
        raise PlanError([Problem(source, 1, 1, f"not JSON: {what}", "save the file as JSON")]) from error


def _refuse(word: str) -> Any:  # noqa: ANN401
    raise ValueError(f"{word} is no number")


def _closing_order(text: str) -> Iterator[int]:
    """The lines on which the objects begin, in the order in which they end, which is that of the reader."""
    line, opened = 1, []
    for found in SIGN.finditer(text):
        match found[0]:
            case "\n":
                line += 1
            case "{":
                opened.append(line)
            case "}":
                yield opened.pop() if opened else line
