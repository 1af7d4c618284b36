"""What a format of work breakdowns is to `orchestrate import`: what a file of it looks like, and how it is read.

A package brings its own by an entry point of the group `orchestrator.importers`. It names an object with the members of
`Importer`, or a class of such objects (docs/guides/importers.md). Ours are found in the same way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from pathlib import PurePath
from typing import Any, ClassVar, Final, Protocol

from orchestrator.errors import OrchestratorError
from orchestrator.extensions import ExtensionPoint
from orchestrator.importers.accounting import counts
from orchestrator.importers.draft import Draft
from orchestrator.importers.jsontext import read_json


class ImporterError(OrchestratorError):
    """A file's format is not known, or does not take what it was given. The message has the mend."""

    exit_code: ClassVar[int] = 2


class Likeness(IntEnum):
    """How much a file looks like one of a format. ENDING: its name ends so. SURE: its content says so."""

    NO = 0
    ENDING = 1
    SURE = 2


@dataclass(frozen=True)
class Source:
    """A file that is to be imported. name: as notes and problems call it. settings: what its user set, by name."""

    name: str
    text: str
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        """The name's ending, ".md"."""
        return PurePath(self.name).suffix.lower()

    @cached_property
    def data(self) -> Any:  # noqa: ANN401 - whatever the file holds
        """What the text holds as JSON. Raises PlanError for what is none."""
        return read_json(self.text, self.name)


class Importer(Protocol):
    """Reads one format. Who derives from it has the defaults.

    suffixes: endings of file names, for messages. settings: the names that `--set` can set. for_agents: whether its
    tasks can become briefs.
    """

    suffixes: Sequence[str] = ()
    settings: Sequence[str] = ()
    for_agents: bool = True

    def detect(self, source: Source) -> Likeness:
        """Whether the file is of this format. Raises nothing."""
        return Likeness.ENDING if source.suffix in self.suffixes else Likeness.NO

    def read(self, source: Source) -> Draft | Mapping[str, Any]:
        """A draft, which then lacks its runners, or all of a plan's data. Raises PlanError with every problem."""
        ...

    def summary(self, draft: Draft, source: Source) -> str:  # noqa: ARG002 - for who counts lines
        """What went where, in one line."""
        return counts(draft)


IMPORTERS: Final[ExtensionPoint[Importer]] = ExtensionPoint(
    "orchestrator.importers", "importer", ("suffixes", "settings", "for_agents", "detect", "read", "summary"),
    ImporterError
)  # fmt: skip
"""By name."""


def find_importer(source: Source, name: str | None = None) -> Importer:
    """The importer of that name, or else the one whose format the file looks like most. Raises ImporterError."""
    found = name or _most_like(source)
    importer = IMPORTERS.find(found)
    for unknown in [one for one in source.settings if one not in importer.settings]:
        mend = f"use one of {', '.join(importer.settings)}" if importer.settings else "leave it out"
        raise ImporterError(f"{source.name}: the importer {found!r} takes no setting {unknown!r}\n  mend: {mend}")
    return importer


def _most_like(source: Source) -> str:
    known = {name: IMPORTERS.find(name) for name in IMPORTERS.names()}
    likeness = {name: importer.detect(source) for name, importer in known.items()}
    best = max(likeness.values(), default=Likeness.NO)
    found = [name for name, one in likeness.items() if one is best]
    if best is Likeness.NO:
        endings = ", ".join(dict.fromkeys(suffix for importer in known.values() for suffix in importer.suffixes))
        what = f"no format goes by {source.suffix or 'no ending'}"
        raise ImporterError(f"{source.name}: {what}\n  mend: one of {endings}; or name its importer with --from")
    if len(found) > 1:
        told = " and ".join(found)
        raise ImporterError(f"{source.name}: it looks like {told}\n  mend: say which, as in `--from {found[0]}`")
    return found[0]
