"""A plan's data from JSON text, which is read far faster than YAML but without positions.

JSON is YAML, so such a text means the same to both readers; whatever they might see differently is left to the other
one. The positions are found by reading the text again as YAML, once a problem needs one.
"""

import json
from functools import partial
from typing import Any, Final

from orchestrator.plan.source import DEPTH_LIMIT, NODE_LIMIT, Data, Source, read_source
from orchestrator.plan.spelling import scalar, spell

DOUBTS: Final = ("\\u0000", "\\ud", "\\uD")  # a NUL, or half of a character: let the strict reader say what is wrong


class _Doubt(ValueError):  # noqa: N818 - it is no error of the text
    """The other reader may have something to say about the text."""


def quick_source(text: str, name: str) -> Source:
    """As `read_source`, and as quick as the text allows. Raises PlanError as that does."""
    changed: list[str] = []
    data = json_data(text, changed)
    if isinstance(data, dict) and "schemaVersion" in data:
        from orchestrator.plan.wfformat import is_wfformat, plan_data  # noqa: PLC0415 - few plans are that

        if is_wfformat(data):
            return Source(name, plan_data(data, name), quick=True, fixed=True, size=len(text))
    if not isinstance(data, dict) or changed:
        return read_source(text, name)
    read = Source(name, data, quick=True, later=partial(read_source, text, name), size=len(text))
    read.fixed = "${" not in text and "\\" not in text
    return read


def json_data(text: str, changed: list[str] | None = None) -> Data:
    """What a JSON text holds, None where it is no JSON or where YAML might take it for something else.

    changed: numbers that are not spelled as they are written are put there; as Python writes them they are.
    """
    if text[:1] not in "{\n " or any(doubt in text for doubt in DOUBTS):
        return None

    def number(text: str) -> Data:
        value = scalar(text)
        if changed is not None and spell(value) != text and repr(value) != text:
            changed.append(text)
        return value

    try:
        data = json.loads(
            text, object_pairs_hook=_object, parse_int=number, parse_float=number, parse_constant=_no_constant
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
