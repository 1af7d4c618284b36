"""Merging profiles: who can set which setting, what is adopted, and what contradicts. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Settings = Mapping[str, Any]

OWNERS: Final[Mapping[str, str]] = {
    "pool": "A",
    "block_size": "B",
    "workers": "B",
    "adaptive": "D",
    "strategy": "D",
    "strategies": "D",
}
"""Top-level key of a profile → the workstream whose result decides it. Nobody owns names and descriptions."""


@dataclass(frozen=True, slots=True)
class Change:
    """A setting, by its path, that a workstream's profile changes compared with the common starting profile."""

    source: str
    path: str
    value: object

    @property
    def owner(self) -> str:
        """The workstream that owns the setting, "" if nobody does."""
        return OWNERS.get(self.path.split(".")[0], "")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two workstreams give one setting different values. The owner's stands."""

    path: str
    kept: object
    kept_from: str
    refused: object
    refused_from: str


@dataclass(frozen=True, slots=True)
class Merge:
    """settings: flat, by path. changes: what was adopted. conflicts: what was not, and why."""

    settings: Settings
    changes: tuple[Change, ...]
    conflicts: tuple[Conflict, ...]


def flatten(document: Mapping[str, Any], above: str = "") -> dict[str, Any]:
    """Leaves by dotted path; an empty object is a leaf."""
    flat: dict[str, Any] = {}
    for key, value in document.items():
        path = f"{above}{key}"
        flat |= flatten(value, f"{path}.") if isinstance(value, dict) and value else {path: value}
    return flat


def unflatten(settings: Settings) -> dict[str, Any]:
    """Inverse of `flatten`."""
    document: dict[str, Any] = {}
    for path, value in settings.items():
        *above, leaf = path.split(".")
        place = document
        for key in above:
            if not isinstance(place.get(key), dict):
                place[key] = {}
            place = place[key]
        if not (isinstance(place.get(leaf), dict) and value == {}):
            place[leaf] = value
    return document


def changes_of(source: str, document: Mapping[str, Any], origin: Mapping[str, Any]) -> list[Change]:
    """The settings that a workstream's profile changes, without names and descriptions."""
    flat, known = flatten(document), flatten(origin)
    changed = (path for path, value in flat.items() if path not in known or known[path] != value)
    return [Change(source, path, flat[path]) for path in changed if path.split(".")[0] in OWNERS]


def merge(origin: Mapping[str, Any], proposals: Sequence[Change]) -> Merge:
    """The origin with every change that its owner proposes, or that only one proposes.

    Of two equal claims, the later one is refused.
    """
    taken: dict[str, Change] = {}
    conflicts: list[Conflict] = []
    for change in proposals:
        known = taken.get(change.path)
        if known is None:
            taken[change.path] = change
        elif known.value != change.value:
            winner, loser = (change, known) if change.owner == change.source else (known, change)
            taken[change.path] = winner
            conflicts.append(Conflict(change.path, winner.value, winner.source, loser.value, loser.source))
    settings = flatten(origin) | {path: change.value for path, change in taken.items()}
    return Merge(settings, tuple(taken.values()), tuple(conflicts))
