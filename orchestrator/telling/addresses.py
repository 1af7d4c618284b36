"""Addresses are secrets: where they come from, and how to remove them from texts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, unquote

from orchestrator.plan.base import FromEnvironment
from orchestrator.plan.model import Notify
from orchestrator.secrets import MASK

SHORTEST_PART: Final = 5  # characters of an address's part; what is shorter is a word
_GIVEN: Final = re.compile(r"(?:(?P<by>[a-z][a-z0-9_-]{0,63}):)?(?P<variable>[A-Za-z_][A-Za-z0-9_]{0,255})")
_PARTS: Final = re.compile(r"[/:@?&=#,;\s]+")


def given_targets(words: Iterable[str]) -> Iterator[Notify]:
    """What `--notify` names: a variable, or NOTIFIER:VARIABLE. Raises ValueError, whose message does not repeat the
    word: it may be the address itself.
    """
    for word in words:
        found = _GIVEN.fullmatch(word)
        if found is None:
            raise ValueError
        to = FromEnvironment.model_validate({"from": found["variable"]})
        yield Notify(to=to, by=found["by"] or "apprise")


def address_of(target: Notify, variables: Mapping[str, str]) -> str:
    """The address, "" where its variable is not set."""
    return variables.get(target.to.from_, "").strip()


def without_address(text: str, address: str) -> str:
    """The text with the address and every longer part of it masked, as libraries repeat them in what they raise."""
    parts = {part for form in (address, unquote(address), quote(address)) for part in (form, *_PARTS.split(form))}
    for part in sorted((each for each in parts if len(each) >= SHORTEST_PART), key=len, reverse=True):
        text = text.replace(part, MASK)
    return text
