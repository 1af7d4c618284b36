"""Plan text as plain data with the position of every part, read strictly and within limits.

The text is YAML, but the traps of YAML 1.1 are errors here: `no`/`on` as booleans, `1:30` as 90, `010` as 8, `3.10` as
3.1, tags, merge keys and duplicate keys. The reader works on libyaml's events with a stack of its own, so neither depth
nor aliases can exhaust anything. An alias costs as many nodes as what it stands for.
"""

from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, Any, Final

from orchestrator.lazy_import import LazyModule
from orchestrator.plan.problem import PlanError, Problem
from orchestrator.plan.spelling import NUMBER_KEYS, SWITCHES, scalar, trap
from orchestrator.plan.values import shown
from orchestrator.records import dataclass

if TYPE_CHECKING:
    import yaml
else:
    yaml = LazyModule("yaml")  # a plan in JSON is read without it

NODE_LIMIT: Final = 500_000
DEPTH_LIMIT: Final = 40
GROWTH: Final = 2**20  # characters; beyond these a plan may at most double

Path = tuple[str | int, ...]
Data = Any  # what YAML holds: None, bool, int, float, str, and lists and mappings of them
FREE: Final = frozenset({"params", "with", "matrix"})  # keys below which a name means nothing to us
TOO_DEEP: Final = f"more than {DEPTH_LIMIT} levels of nesting"
TOO_LARGE: Final = (
    "the plan is too large with its parameters filled in",
    "name long values less often: put them into a file that tasks read",
)
BRACKETS: Final = "a plan needs about eight: check the brackets"
STRING_TAG: Final = "tag:yaml.org,2002:str"


class _Stop(Exception):  # noqa: N818 - it ends the reading, after its problem was noted
    pass


@dataclass(slots=True)
class Source:
    """What the text says. data: mappings, lists and scalars; values and keys: positions (line, column) by path.

    quick: it was read without positions; later: finds them. fixed: nothing in the data stands for a parameter.
    size: characters of the text, which say how much may come of it.
    """

    name: str
    data: Data = None
    values: dict[Path, tuple[int, int]] = field(default_factory=dict)
    keys: dict[Path, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    quick: bool = False
    later: "Callable[[], Source] | None" = None
    fixed: bool = False
    size: int = 0

    @property
    def room(self) -> int:
        """By how many characters the plan may grow when aliases and parameters are filled in."""
        return GROWTH + self.size

    def locate(self) -> None:
        """Have the positions, where they were left for later."""
        if self.later is None:
            return
        find, self.later = self.later, None
        try:
            found = find()
        except PlanError:  # valid JSON that is not valid YAML, by a tab: its problems are told without their places
            return
        self.values, self.keys = found.values, found.keys

    def place(self, path: Path, *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value (or key) at a path, or of the nearest part around it."""
        self.locate()
        if key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, (1, 1))

    def problem(self, path: Path, what: str, mend: str, *, key: bool = False) -> Problem:
        """A problem of the part at a path, which the message names."""
        line, column = self.place(path, key=key)
        return Problem(self.name, line, column, f"{spelled(path)}: {what}" if path else what, mend)


def spelled(path: Path) -> str:
    """A path as people write it: `workstreams.A.tasks[1].needs`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}"[:80] for part in path]
    return "".join(parts).removeprefix(".")


@dataclass(slots=True)
class _Frame:
    """An open mapping or list. path None: its content is dropped (a duplicate key's value)."""

    container: Data
    path: Path | None
    anchor: str | None
    began: int
    letters: int
    key: str | None = None


def read_source(text: str, name: str) -> Source:
    """Data and positions of the text. Problems go to `Source.problems`; what cannot be read on from raises
    PlanError.
    """
    source = Source(name, size=len(text))
    reader = _Reader(source)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        source.problems.append(_not_yaml(error, text, name))
        raise PlanError(source.problems) from error
    except (yaml.YAMLError, UnicodeError) as error:
        said = " ".join(str(error).split())[:200]
        source.problems.append(Problem(name, 1, 1, f"not YAML: {said}", "save the plan as plain UTF-8 text"))
        raise PlanError(source.problems) from error
    except _Stop:
        raise PlanError(source.problems) from None
    if not isinstance(source.data, dict):
        what = "a plan is a mapping of keys" + (", and this file is empty" if source.data is None else "")
        source.problems.append(
            Problem(name, 1, 1, what, "begin with `schema: 1`; `orchestrate init` writes an example")
        )
        raise PlanError(source.problems)
    return source


def _not_yaml(error: "yaml.MarkedYAMLError", text: str, name: str) -> Problem:
    """What libyaml could not read, and where."""
    mark = error.problem_mark or error.context_mark
    where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    if _opened(text[: mark.index if mark else 0]) > DEPTH_LIMIT:  # libyaml looks ahead, and may stop before us
        return Problem(name, *where, TOO_DEEP, BRACKETS)
    said = " ".join(part for part in (error.context, error.problem) if part)
    mend = "check the indentation, quotes and brackets here and in the lines before"
    return Problem(name, *where, f"not YAML: {said}", mend)


def _opened(text: str) -> int:
    """How many brackets stand open at the end of the text, those in quotes counted too."""
    return sum(map(text.count, "[{")) - sum(map(text.count, "]}"))


class _Reader:
    """Builds data from events; one event at a time, no recursion."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.stack: list[_Frame] = []
        self.anchors: dict[str, tuple[Data, int, int]] = {}
        self.nodes = 0
        self.letters = 0  # of all texts, those behind an alias counted each time
        self.documents = 0

    def take(self, event: "yaml.Event") -> None:
        match event:
            case yaml.ScalarEvent():
                self._scalar(event)
            case yaml.MappingStartEvent():
                self._open({}, event)
            case yaml.SequenceStartEvent():
                self._open([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                frame = self.stack.pop()
                if frame.anchor:
                    self.anchors[frame.anchor] = (
                        frame.container,
                        self.nodes - frame.began,
                        self.letters - frame.letters,
                    )
            case yaml.AliasEvent():
                self._alias(event)
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents > 1:
                    self._stop(event, "a second document begins here", "keep one plan in a file: remove the `---`")

    def _say(self, event: "yaml.Event", what: str, mend: str) -> None:
        path = self._path() or ()
        what = f"{spelled(path)}: {what}" if path else what
        self.source.problems.append(Problem(self.source.name, *position(event), what, mend))

    def _stop(self, event: "yaml.Event", what: str, mend: str) -> None:
        self._say(event, what, mend)
        raise _Stop

    def _count(self, event: "yaml.Event", nodes: int, letters: int = 0) -> None:
        self.nodes += nodes
        self.letters += letters
        if self.letters > self.source.size + self.source.room:
            self._stop(event, *TOO_LARGE)
        if self.nodes > NODE_LIMIT:
            self._stop(
                event,
                f"the plan has more than {NODE_LIMIT:,} parts, aliases counted in full",
                "use fewer aliases, or split the plan",
            )

    def _path(self) -> Path | None:
        """Where the next value belongs; None within something that is dropped."""
        if not self.stack:
            return ()
        frame = self.stack[-1]
        if frame.path is None or (isinstance(frame.container, dict) and frame.key is None):
            return frame.path
        return (*frame.path, frame.key if isinstance(frame.container, dict) else len(frame.container))  # type: ignore[arg-type]  # the key is text, checked above

    def _awaits_key(self) -> bool:
        return bool(self.stack) and isinstance(self.stack[-1].container, dict) and self.stack[-1].key is None

    def _open(self, container: Data, event: "yaml.MappingStartEvent | yaml.SequenceStartEvent") -> None:
        if self._awaits_key():
            self._stop(event, "a key must be text", "write the key as a word")
        if len(self.stack) >= DEPTH_LIMIT:
            self._stop(event, TOO_DEEP, BRACKETS)
        if event.tag not in {None, "!"}:
            self._say(event, f"the tag {shown(event.tag)} means nothing in a plan", "remove it")
        frame = _Frame(container, None, event.anchor, self.nodes, self.letters)
        self._count(event, 1)
        frame.path = self._place(container, event)
        self.stack.append(frame)

    def _scalar(self, event: "yaml.ScalarEvent") -> None:
        if self._awaits_key():
            self._key(event)
            return
        self._count(event, 1, len(event.value))
        value = self._value(event)
        if event.anchor:
            self.anchors[event.anchor] = (value, 1, len(event.value))
        self._place(value, event)

    def _alias(self, event: "yaml.AliasEvent") -> None:
        if event.anchor not in self.anchors or self._awaits_key():
            self._stop(event, f"the alias *{event.anchor} stands for nothing here", f"define &{event.anchor} before it")
        value, nodes, letters = self.anchors[str(event.anchor)]
        self._count(event, nodes, letters)
        self._place(value, event)

    def _place(self, value: Data, event: "yaml.Event") -> Path | None:
        """Puts a value where it belongs and notes its position. Returns its path."""
        path = self._path()
        if path is not None:
            self.source.values[path] = position(event)
        if not self.stack:
            self.source.data = value
            return path
        frame = self.stack[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
            return path
        key, frame.key = frame.key, None
        if key is not None and key.startswith("\0"):
            return None
        frame.container[key] = value
        return path

    def _key(self, event: "yaml.ScalarEvent") -> None:
        frame = self.stack[-1]
        self._count(event, 1)
        key = event.value
        if event.anchor:
            self.anchors[event.anchor] = (key, 1, len(key))
        if event.implicit[0] and key in SWITCHES:
            self._say(event, f"the key {key} without quotes is a truth value to YAML", f'write "{key}" in quotes')
        if event.implicit[0] and key == "<<":
            self._say(event, "merge keys are not part of the plan format", "write the keys out, or alias whole values")
        place = position(event)
        if frame.path is not None and key in frame.container:
            first = self.source.keys[*frame.path, key][0]
            self._say(
                event, f"the key '{key[:80]}' stands here again; it was first on line {first}", "keep one of the two"
            )
            key = "\0" + key
        elif frame.path is not None:
            self.source.keys[*frame.path, key] = place
        frame.key = "\0" if event.implicit[0] and key == "<<" else key

    def _value(self, event: "yaml.ScalarEvent") -> Data:
        text = event.value
        if event.tag not in {None, "!", STRING_TAG}:
            self._say(event, f"the tag {shown(event.tag)} means nothing in a plan", "remove it")
        if not event.implicit[0] or event.tag == STRING_TAG:
            return text
        return self._plain(text, event)

    def _plain(self, text: str, event: "yaml.ScalarEvent") -> Data:
        """What a scalar without quotes means."""
        path = self._path() or ()
        number = bool(path) and path[-1] in NUMBER_KEYS and FREE.isdisjoint(path)
        wrong = trap(text, number=number)
        if wrong:
            self._say(event, *wrong)
        return scalar(text)


def position(event: "yaml.Event") -> tuple[int, int]:
    """Line and column, from 1, where the event's text begins."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
