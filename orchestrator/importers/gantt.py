"""The tasks of a Mermaid Gantt chart, each as a row of a table of tasks. Source: mermaid.js.org/syntax/gantt.html.

`Title :done, id, after other, 5d`: tags, then the id, where it begins and how long it takes, of which only the last has
to be there. A task that does not say where it begins does so behind the one above it.
"""

import re
from collections.abc import Mapping
from typing import Final

TASK: Final = re.compile(r"\s*(?P<title>[^:#;]{1,200}?)\s*:\s*(?P<told>[^:]{1,200}.*)")
DAY: Final = re.compile(r"\d{4}-\d\d?-\d\d?.*|\d\d?[/.]\d\d?[/.]\d{2,4}.*")
LENGTH: Final = re.compile(r"\d{1,5}(?:\.\d{1,2})?\s?(?:ms|s|m|h|d|w|M|y)")
TAGS: Final = frozenset({"done", "active", "crit", "milestone", "vert"})
SETTINGS: Final = ("title", "dateformat", "axisformat", "excludes", "tickinterval", "todaymarker", "weekday", "click")


class Gantt:
    """Reads the lines of a chart one by one: is it one at all, in which section, behind which task."""

    def __init__(self) -> None:
        self.open = False
        self.section = ""
        self.last = ""

    def row(self, line: str) -> Mapping[str, str]:
        """The line's task by column, as `tablecolumns` knows them; nothing for any other line."""
        word, _, rest = line.strip().partition(" ")
        if word.lower() == "gantt":
            self.open, self.section, self.last = True, "", ""
        elif self.open and word.lower() == "section":
            self.section = rest.strip()
        elif self.open and word.lower() not in SETTINGS and (found := TASK.fullmatch(line)):
            return self._task(found["title"], [part.strip() for part in found["told"].split(",")])
        return {}

    def _task(self, title: str, parts: list[str]) -> Mapping[str, str]:
        tags = {part for part in parts if part in TAGS}
        told = [part for part in parts if part not in TAGS]
        length = told.pop() if told and (LENGTH.fullmatch(told[-1]) or DAY.fullmatch(told[-1])) else ""
        begins = told.pop() if told and (told[-1].startswith("after ") or DAY.fullmatch(told[-1])) else ""
        key = told[0] if told else ""
        after = begins.removeprefix("after ").split() if begins.startswith("after ") else []
        needs = ", ".join(after) if begins or not self.last else self.last
        self.last = key or title
        return {
            "id": key,
            "task": title,
            "duration": length if LENGTH.fullmatch(length) and "milestone" not in tags else "",
            "depends on": needs,
            "phase": self.section,
            "status": "done" if "done" in tags else "",
        }
