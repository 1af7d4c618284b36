"""A plan's data from JSON text, which is read far faster than YAML but without positions.

JSON is YAML, so such a text means the same to both readers; whatever they might see differently is left to the other one. The
positions are found by reading the text again as YAML, once a problem needs one.
"""

import json
from functools import partial
from typing import Any, Final

from orchestrator.plan.source import DEPTH_LIMIT, NODE_LIMIT, Data, Source, read_source, scalar
from orchestrator.plan.wfformat import is_wfformat, plan_data

DOUBTS: Final = ("\\u0000", "\\ud", "\\uD")  # a NUL, or half of a character: let the strict reader say what is wrong


class _Doubt(ValueError):  # noqa: N818 - it is no error of the text
    """The other reader may have something to say about the text."""


def quick_source(text: str, name: str, told: str | None = None) -> Source:
    """As `read_source`, and as quick as the text allows. Raises PlanError as that does.

    told: the same plan's data as JSON text, where it is known from an earlier reading.
    """
    data = json_data(text if told is None else told)
    if not isinstance(data, dict):
        return read_source(text, name)
    if is_wfformat(data):
        return Source(name, plan_data(data, name), quick=True, fixed=True)
    read = Source(name, data, quick=True, later=partial(read_source, text, name))
    read.fixed = "${" not in text and "\\" not in text
    return read


def json_data(text: str) -> Data:
    """What a JSON text holds, None where it is no JSON or where YAML might take it for something else."""
    if text[:1] not in "{\n " or any(doubt in text for doubt in DOUBTS):
        return None
    try:
        data = json.loads(
            text, object_pairs_hook=_object, parse_int=scalar, parse_float=scalar, parse_constant=_no_constant
        )
    except (ValueError, RecursionError):
        return None
    return data if _is_small(data) else None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs) or "<<" in made:
        raise _Doubt
    return made


def _no_constant(word: str) -> Data:
    raise _Doubt(word)


def _is_small(data: Data) -> bool:
    """Whether it is within the limits of depth and number of parts."""
    level: list[Data] = [data]
    nodes = 0
    for _ in range(DEPTH_LIMIT + 1):
        nodes += len(level)
        if nodes > NODE_LIMIT or not level:
            return nodes <= NODE_LIMIT
        deeper: list[Data] = []
        for part in level:
            if isinstance(part, dict):
                nodes += len(part)  # each key is a part of its own
                deeper += part.values()
            elif isinstance(part, list):
                deeper += part
        level = deeper
    return False
