"""Who a line names: the agents of a value, and the lead that a heading has in brackets."""

import re
from typing import Final

from orchestrator.importers.draft import Draft
from orchestrator.importers.outline import Line
from orchestrator.importers.taskfields import Means, meaning

AGENT: Final = re.compile(
    r"(?:(?P<sign>@)|(?<![\w@]))(?P<name>(?!and\b)[^\W\d_][\w-]{0,200}(?(sign)|(?: {1,4}(?!and\b|et\b"
    r"|und\b)[^\W\d_][\w-]{0,63}){0,5}))"
    r"\s?(?:\((?P<specialty>[^()]{0,200})\))?"
)
"""A word after "@", or words between commas and "and": "@APEX (Engineering), Ada Lovelace and Bob"."""
LED: Final = re.compile(r"[(\[](?P<key>[A-Za-z ]{2,24}):\s{0,4}(?P<who>[^()\[\]]{1,100})[)\]]\s{0,4}\Z")


def agents_in(draft: Draft, text: str, line: Line) -> list[str]:
    """The agents named in "@VELOCITY (Performance Optimization), @APEX"; known from now on."""
    found = ((match, "-".join(match["name"].split())) for match in AGENT.finditer(text[:600]))
    return [draft.agent(name, specialty=(match["specialty"] or "").strip(), line=line.number) for match, name in found]


def split_lead(title: str) -> tuple[str, str]:
    """A heading without the lead that it names in brackets, and who that is: "Cache (lead: @VELOCITY)"."""
    found = LED.search(title)
    if found is None or meaning(found["key"]) is not Means.LEAD or not title[: found.start()].strip():
        return title, ""
    return title[: found.start()].rstrip(), found["who"]
