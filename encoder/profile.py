"""Profiles: how to encode, as data. Read strictly from JSON; every mistake names its file, its key and its mend."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

from encoder.container.format import MOST_CODEBOOK
from encoder.errors import ProfileError
from encoder.limits import DEFAULT_LIMITS
from encoder.strategy import BackEnd, Strategy, TreeType

LEVEL_NAMES: Final = ("fast", "balanced", "high", "max")
"""Built-in profiles from the fastest to the smallest output; the first is the default everywhere."""
DEFAULT: Final = "fast"
BUILT_IN: Final = (*LEVEL_NAMES, "baseline", "tuned")
LEVELS: Final = {  # the back ends' own ranges
    BackEnd.STORE: (0, 0),
    BackEnd.ZSTD: (1, 22),
    BackEnd.LZMA: (0, 9),
    BackEnd.BROTLI: (0, 11),
    BackEnd.MIXING: (1, 2),
}
RISES: Final = ("text_level", "prose_level", "plain_level", "columns_level", "columns_text_level")
"""A strategy's levels beside `level`, each for a part of what it encodes; any may be left out."""
SMALLEST_BLOCK: Final = 1024
MOST_WORKERS: Final = 256
MOST_BUFFERS: Final = 65536
MOST_CARRIED: Final = 65536
"""Blocks between restart points."""


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Bounds of the buffer pool, in buffers of one block size.

    capacity: how many buffers it starts with. adaptive: whether it moves between minimum and maximum, or stays.
    """

    capacity: int
    adaptive: bool
    minimum: int
    maximum: int


@dataclass(frozen=True, slots=True)
class CodebookSettings:
    """What may be carried from block to block. size: most bytes of a codebook. blocks: a restart point, where the
    codebook must prove itself anew, is set after so many.
    """

    size: int
    blocks: int


@dataclass(frozen=True, slots=True)
class Profile:
    """How a stream is encoded; a decoder never needs it.

    block_size: bytes. longest_block: bytes of one whose bytes stay plain, a multiple of that. workers: encoding
    threads. adaptive: whether the strategy is chosen block by block from `strategies` (by tree type), or is always
    `strategy`. small: for blocks too small to be looked at, where adaptive; None for that of text. runs: for blocks of
    hardly more than runs of a byte, where adaptive; None where they are like any. codebook: None for blocks that always
    stand for themselves. below: the level whose choices are considered too, where adaptive; empty for none.
    """

    name: str
    block_size: int
    workers: int
    pool: PoolSettings
    adaptive: bool
    strategy: Strategy
    strategies: Mapping[TreeType, Strategy]
    description: str = ""
    small: Strategy | None = None
    runs: Strategy | None = None
    codebook: CodebookSettings | None = None
    longest_block: int = 0
    below: str = ""

    @property
    def largest_block(self) -> int:
        """Bytes that any block may have: of the buffers, and what the stream says of itself."""
        return max(self.block_size, self.longest_block)

    def to_json(self) -> str:
        """The profile as a JSON file's text; `parse_profile` gives an equal profile back."""
        document = {
            "name": self.name,
            "description": self.description,
            "block_size": self.block_size,
            "workers": self.workers,
            "pool": {name: getattr(self.pool, name) for name in ("capacity", "adaptive", "minimum", "maximum")},
            "adaptive": self.adaptive,
            "strategy": _strategy_document(self.strategy),
            "strategies": {tree.value: _strategy_document(plan) for tree, plan in self.strategies.items()},
        }
        if self.longest_block:
            document["longest_block"] = self.longest_block
        if self.below:
            document["below"] = self.below
        if self.small is not None:
            document["small"] = _strategy_document(self.small)
        if self.runs is not None:
            document["runs"] = _strategy_document(self.runs)
        if self.codebook is not None:
            document["codebook"] = {"size": self.codebook.size, "blocks": self.codebook.blocks}
        return json.dumps(document, indent=2) + "\n"


def load_profile(name_or_path: str | Path) -> Profile:
    """The built-in profile of that name (one of `BUILT_IN`), or the one in that JSON file. Raises ProfileError."""
    if name_or_path in BUILT_IN:
        return _built_in(str(name_or_path))
    try:
        text = Path(name_or_path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        hint = _did_you_mean(str(name_or_path), BUILT_IN) or f"give one of {', '.join(BUILT_IN)}, or a JSON file's path"
        raise ProfileError(f"{name_or_path}: cannot be read ({error})\n  mend: {hint}") from error
    return parse_profile(text, str(name_or_path))


@cache
def _built_in(name: str) -> Profile:
    """Read once in a process: in a stream of few bytes that takes as long as all else."""
    file = Path(__file__).with_name("profiles") / f"{name}.json"
    return parse_profile(file.read_text(encoding="utf-8"), f"profile {name}")


def parse_profile(text: str, source: str) -> Profile:
    """A profile from its JSON text; source: what to call it in messages. Raises ProfileError."""
    try:
        document = json.loads(text, object_pairs_hook=lambda pairs: _unique(pairs, source))
    except (ValueError, RecursionError) as error:
        raise ProfileError(f"{source}: not JSON: {error}\n  mend: check the braces, commas and quotes there") from error
    return _profile(_Reader(source, "", document))


def _unique(pairs: list[tuple[str, Any]], source: str) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    for key, value in pairs:
        if key in seen:
            raise ProfileError(f"{source}: {key}: the key stands twice\n  mend: keep one of them")
        seen[key] = value
    return seen


def _did_you_mean(word: str, known: tuple[str, ...]) -> str:
    import difflib  # noqa: PLC0415 - only a mistake needs it

    close = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {close[0]!r}?" if close else ""


@dataclass(frozen=True, slots=True)
class _Reader:
    """One JSON value, where it stands, and the checks on it."""

    source: str
    path: str
    value: object

    def fail(self, what: str, mend: str) -> NoReturn:
        raise ProfileError(f"{self.source}: {self.path or 'the whole file'}: {what}\n  mend: {mend}")

    def fields(self, *keys: str, optional: tuple[str, ...] = ()) -> dict[str, "_Reader"]:
        """An object's members by name; an unknown or missing key is an error."""
        if not isinstance(self.value, dict):
            self.fail("is not an object", "write {…} with the keys " + ", ".join(keys))
        for key in self.value:
            if key not in keys + optional:
                known = f"the keys here are {', '.join(keys + optional)}"
                self._at(key, None).fail("unknown key", _did_you_mean(key, keys + optional) or known)
        for key in keys:
            if key not in self.value:
                self._at(key, None).fail("is missing", f"add {key!r}")
        return {key: self._at(key, value) for key, value in self.value.items()}

    def _at(self, key: str, value: object) -> "_Reader":
        return _Reader(self.source, f"{self.path}.{key}" if self.path else key, value)

    def integer(self, low: int, high: int) -> int:
        if not isinstance(self.value, int) or isinstance(self.value, bool) or not low <= self.value <= high:
            self.fail(f"is {json.dumps(self.value)}", f"give a whole number from {low} to {high}")
        return self.value

    def flag(self) -> bool:
        if not isinstance(self.value, bool):
            self.fail(f"is {json.dumps(self.value)}", "give true or false")
        return self.value

    def text(self) -> str:
        if not isinstance(self.value, str):
            self.fail(f"is {json.dumps(self.value)}", "give a text in quotes")
        return self.value

    def choice(self, known: tuple[str, ...]) -> str:
        word = self.text()
        if word not in known:
            self.fail(f"is {word!r}", _did_you_mean(word, known) or f"give one of {', '.join(known)}")
        return word


def _profile(document: _Reader) -> Profile:
    fields = document.fields(
        "name",
        "block_size",
        "workers",
        "pool",
        "adaptive",
        "strategy",
        optional=("strategies", "description", "small", "runs", "codebook", "longest_block", "below"),
    )
    strategies = _strategies(fields["strategies"]) if "strategies" in fields else {}
    adaptive = fields["adaptive"].flag()
    missing = [tree.value for tree in TreeType if tree not in strategies]
    if adaptive and missing:
        fields["adaptive"].fail(
            f"strategies has nothing for {', '.join(missing)}", "add them, or set adaptive to false"
        )
    return Profile(
        name=fields["name"].text(),
        description=fields["description"].text() if "description" in fields else "",
        block_size=fields["block_size"].integer(SMALLEST_BLOCK, DEFAULT_LIMITS.max_block),
        workers=fields["workers"].integer(1, MOST_WORKERS),
        pool=_pool(fields["pool"]),
        adaptive=adaptive,
        strategy=_strategy(fields["strategy"]),
        strategies=strategies,
        small=_strategy(fields["small"]) if "small" in fields else None,
        runs=_strategy(fields["runs"]) if "runs" in fields else None,
        codebook=_codebook(fields["codebook"]) if "codebook" in fields else None,
        longest_block=_longest(fields["longest_block"], fields["block_size"]) if "longest_block" in fields else 0,
        below=fields["below"].choice(LEVEL_NAMES) if "below" in fields else "",
    )


def _longest(document: _Reader, block_size: _Reader) -> int:
    size = block_size.integer(SMALLEST_BLOCK, DEFAULT_LIMITS.max_block)
    longest = document.integer(size, DEFAULT_LIMITS.max_block)
    if longest % size:
        document.fail(f"is {longest}", f"give a multiple of block_size, {size}")
    return longest


def _codebook(document: _Reader) -> CodebookSettings:
    fields = document.fields("size", "blocks")
    return CodebookSettings(
        fields["size"].integer(SMALLEST_BLOCK, MOST_CODEBOOK), fields["blocks"].integer(1, MOST_CARRIED)
    )


def _pool(document: _Reader) -> PoolSettings:
    fields = document.fields("capacity", "adaptive", "minimum", "maximum")
    minimum = fields["minimum"].integer(1, MOST_BUFFERS)
    maximum = fields["maximum"].integer(minimum, MOST_BUFFERS)
    return PoolSettings(fields["capacity"].integer(minimum, maximum), fields["adaptive"].flag(), minimum, maximum)


def _strategies(document: _Reader) -> dict[TreeType, Strategy]:
    fields = document.fields(optional=tuple(tree.value for tree in TreeType))
    return {TreeType(tree): _strategy(member) for tree, member in fields.items()}


def _strategy(document: _Reader) -> Strategy:
    fields = document.fields("tree", "back_end", "level", optional=("separator", "verify", *RISES))
    back_end = BackEnd(fields["back_end"].choice(tuple(back_end.value for back_end in LEVELS)))
    rises: dict[str, Any] = {name: fields[name].integer(*LEVELS[back_end]) for name in RISES if name in fields}
    return Strategy(
        tree=TreeType(fields["tree"].choice(tuple(tree.value for tree in TreeType))),
        back_end=back_end,
        level=fields["level"].integer(*LEVELS[back_end]),
        separator=_separator(fields["separator"]) if "separator" in fields else ord(","),
        verify=fields["verify"].flag() if "verify" in fields else False,
        **rises,
    )


def _separator(document: _Reader) -> int:
    text = document.text()
    if len(text) != 1 or not text.isascii():
        document.fail(f"is {text!r}", "give one ASCII character")
    return ord(text)


def _strategy_document(strategy: Strategy) -> dict[str, str | int | bool]:
    document: dict[str, str | int | bool] = {
        "tree": strategy.tree.value,
        "back_end": strategy.back_end.value,
        "level": strategy.level,
    }
    if strategy.verify:
        document["verify"] = True
    document |= {name: level for name in RISES if (level := getattr(strategy, name)) is not None}
    if strategy.separator != ord(","):
        document["separator"] = chr(strategy.separator)
    return document
