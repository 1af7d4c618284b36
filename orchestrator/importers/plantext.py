"""Write a plan's data as readable YAML, with remarks behind lines. Time is linear in the length of the text."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

from orchestrator.plan.params import REFERENCE

PLAIN: Final = re.compile(
    r"[^\W\d_](?:[^\x00-\x1f\x7f-\xa0:#'\"\[\]{},&*!|>%@`\ufeff\u2028\u2029\ud800-\udfff]|(?<=\S):(?=[^\s:])|,(?=\S| "
    r"\S)|(?<!\s)[#'])*"
)
"""A text that needs no quotes: it begins with a letter and holds no sign that YAML reads."""
DURATION: Final = re.compile(r"(?:\d{1,9}(?:ms|[hms])){1,4}", re.ASCII)
WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n", "nan", "inf", "infinity"})
LONGEST: Final = 120


class Remarked(str):
    """A text with a remark behind it, as a comment."""

    __slots__ = ("remark",)
    remark: str

    def __new__(cls, text: str, remark: str) -> Self:
        """The text; the remark is one line."""
        made = super().__new__(cls, text)
        made.remark = remark
        return made


def literal(part: Any) -> Any:  # noqa: ANN401 - plain data
    """The same with every text as it stands: what looks like a parameter to a plan, `${PATH}`, is none."""
    match part:
        case Remarked():
            return Remarked(literal(str(part)), part.remark)
        case str():
            return REFERENCE.sub(r"$\g<0>", part)
        case Mapping():
            return {key: literal(value) for key, value in part.items()}
        case list():
            return [literal(value) for value in part]
        case _:
            return part


def plan_yaml(document: Mapping[str, Any]) -> str:
    """The document as YAML. It holds mappings, lists, texts and numbers."""
    return "\n".join(_mapping(document, "")) + "\n"


def _mapping(data: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        yield from _entry(f"{indent}{_scalar(key)}:", value, f"{indent}  ")


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:  # noqa: ANN401 - plain data
    if isinstance(value, Mapping) and value:
        yield head
        yield from _mapping(value, indent)
    elif isinstance(value, list) and value:
        yield head
        for item in value:
            yield from _item(item, indent)
    else:
        yield f"{head} {_value(value)}"


def _item(item: Any, indent: str) -> Iterator[str]:  # noqa: ANN401
    if not (isinstance(item, Mapping) and item):
        yield f"{indent}- {_value(item)}"
        return
    lines = _mapping(item, f"{indent}  ")
    yield f"{indent}- {next(lines).lstrip(' ')}"
    yield from lines


def _value(value: Any) -> str:  # noqa: ANN401
    if isinstance(value, Remarked):
        return f"{_scalar(value)}  # {value.remark}"
    if isinstance(value, str):
        return _scalar(value)
    return json.dumps(value)


def _scalar(text: str) -> str:
    """The text, in quotes where YAML would read something else."""
    if DURATION.fullmatch(text):
        return str(text)
    plain = len(text) <= LONGEST and PLAIN.fullmatch(text) and text.lower() not in WORDS and text == text.strip()
    return str(text) if plain else _quoted(text)


def _quoted(text: str) -> str:
    """In double quotes; what is no character, half of a pair, is written as the sign for that."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    escaped = json.dumps(whole, ensure_ascii=False)
    return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", escaped)


UNSEEN: Final = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")
