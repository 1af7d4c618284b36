"""Put agent files into a plan's text: each agent gets its `from`, and a specialty if the plan has none. Pure.

Only the plan's agents are edited. Comments, order and style of the rest do not change.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from orchestrator.importers.draft import Concern
from orchestrator.plan.agentfile import AgentFile

LONGEST: Final = 160
"""Characters of a specialty."""
PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9 _/.&()-]*[A-Za-z0-9)]|[A-Za-z./][A-Za-z0-9_/.-]*")
WORDS: Final = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n", "~"})


@dataclass(frozen=True, slots=True)
class Found:
    """An agent file. path: as the plan is to name it."""

    path: str
    file: AgentFile


@dataclass(frozen=True, slots=True)
class FileNote:
    """What a person should look at in an agent file, or in the plan about it."""

    path: str
    concern: Concern
    text: str


@dataclass(frozen=True, slots=True)
class Filled:
    """The text with the agents in it. text: the plan's, or only a part `agents:` where there is no plan."""

    text: str
    notes: tuple[FileNote, ...]


class NoAgentsPlaceError(ValueError):
    """The plan's text is not a mapping, so agents cannot be put into it."""


def fill_agents(found: Sequence[Found], plan: str | None) -> Filled:
    """Put the agents of the files into the plan. Raises NoAgentsPlaceError."""
    notes = [note for each in found for note in _notes(each)]
    if plan is None:
        lines = [f"  {name}: {_entry(each)}\n" for name, each in _named(found, {}, notes)]
        return Filled("agents:\n" + "".join(lines), tuple(notes))
    place = _Place.of(plan)
    edits = list(place.edits(found, notes))
    for index, text in sorted(edits, reverse=True):
        plan = plan[:index] + text + plan[index:]
    return Filled(plan, tuple(notes))


def _notes(each: Found) -> Iterator[FileNote]:
    if each.file.other:
        named = ", ".join(f"`{key}`" for key in each.file.other)
        yield FileNote(each.path, Concern.LEFT_OUT, f"{named}: nothing here has such a key; it stays in the file")
    if not each.file.description:
        yield FileNote(each.path, Concern.MISSING, "it has no description, so its name stands for the specialty")
    if not each.file.instructions:
        yield FileNote(each.path, Concern.MISSING, "it has no instructions")


def _named(found: Iterable[Found], known: Mapping[str, str], notes: list[FileNote]) -> Iterator[tuple[str, Found]]:
    """Each file with its agent's name. known: the plan's agents by their plain names. A name counts once."""
    given: dict[str, str] = {}
    for each in found:
        names = (each.file.name, each.path.rsplit("/", 1)[-1].split(".", 1)[0])
        name = next((known[_bare(one)] for one in names if _bare(one) in known), identifier(names[0]))
        if _bare(name) in given:
            told = f"{given[_bare(name)]} is the agent {name} already; this file is not used"
            notes.append(FileNote(each.path, Concern.CONTRADICTION, told))
            continue
        given[_bare(name)] = each.path
        yield name, each


def _bare(name: str) -> str:
    """A name by its letters and digits alone: TOKEN_RECYCLER is token-recycler."""
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def identifier(name: str) -> str:
    """The name as a plan can have it."""
    word = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_-")[:64]
    return word if word[:1].isalpha() else f"A{word}"[:64]


def specialty(file: AgentFile) -> str:
    """The description on one line, cut at a word where it is long."""
    words = " ".join(file.description.split()) or file.name
    cut = words if len(words) <= LONGEST else words[: LONGEST - 1].rsplit(" ", 1)[0] + "…"
    return cut.replace("${", "$${")


def _entry(each: Found) -> str:
    return f"{{specialty: {_scalar(specialty(each.file))}, from: {_scalar(each.path)}}}"


def _scalar(text: str) -> str:
    plain = PLAIN.fullmatch(text) and text.lower() not in WORDS
    return text if plain else json.dumps(text, ensure_ascii=not text.isprintable())


@dataclass(frozen=True, slots=True)
class _Place:
    """The position of the agents in a plan's text. at: where to insert the key `agents` if it is missing."""

    agents: yaml.MappingNode | None
    at: int

    @classmethod
    def of(cls, text: str) -> "_Place":
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            raise NoAgentsPlaceError(str(error).split("\n", 1)[0]) from error
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            raise NoAgentsPlaceError("it is not a mapping of a key on each line")
        keys = {key.value: (key, value) for key, value in root.value if isinstance(key, yaml.ScalarNode)}
        first = keys.get("workstreams", (root, root))[0].start_mark.index
        node = keys["agents"][1] if "agents" in keys else None
        if node is not None and not isinstance(node, yaml.MappingNode):
            raise NoAgentsPlaceError("its `agents` are no mapping")
        return cls(node, first)

    def edits(self, found: Sequence[Found], notes: list[FileNote]) -> Iterator[tuple[int, str]]:
        """What is to be put into the text, and where."""
        known = {} if self.agents is None else {key.value: value for key, value in self.agents.value}
        new: list[tuple[str, Found]] = []
        for name, each in _named(found, {_bare(one): one for one in known}, notes):
            if name in known:
                yield from _into(name, known[name], each, notes)
            else:
                new.append((name, each))
        if new:
            yield self._added(new)

    def _added(self, new: Sequence[tuple[str, Found]]) -> tuple[int, str]:
        entries = [f"{name}: {_entry(each)}" for name, each in new]
        if self.agents is None:
            return self.at, "agents:\n" + "".join(f"  {one}\n" for one in entries)
        if self.agents.flow_style:
            more = ", " if self.agents.value else ""
            return self.agents.start_mark.index + 1, ", ".join(entries) + more
        mark = self.agents.start_mark
        return mark.index, "".join(f"{one}\n{' ' * mark.column}" for one in entries)


def _into(name: str, node: yaml.Node, each: Found, notes: list[FileNote]) -> Iterator[tuple[int, str]]:
    """The keys that an agent of the plan lacks."""
    if not isinstance(node, yaml.MappingNode):
        notes.append(FileNote(each.path, Concern.NOT_UNDERSTOOD, f"the plan's agent {name} is not a mapping"))
        return
    keys = {key.value: value.value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
    if "from" in keys:
        if keys["from"] != each.path:
            told = f"the plan's agent {name} is from {keys['from']} already, and stays so"
            notes.append(FileNote(each.path, Concern.CONTRADICTION, told))
        return
    lines = [] if "specialty" in keys else [f"specialty: {_scalar(specialty(each.file))}"]
    lines.append(f"from: {_scalar(each.path)}")
    mark = node.start_mark
    if node.flow_style:
        yield mark.index + 1, ", ".join(lines) + (", " if node.value else "")
    else:
        yield mark.index, "".join(f"{line}\n{' ' * mark.column}" for line in lines)
