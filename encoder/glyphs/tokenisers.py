"""Find a block's records and variables with the tokeniser of its tree type: which tokenisers there are, and their
arguments.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import Int
from encoder.glyphs.scratch import Scratch
from encoder.glyphs.tokenise_csv import tokenise_csv
from encoder.glyphs.tokenise_json import count_keys, tokenise_json
from encoder.glyphs.tokenise_log import QUOTED, tokenise_log
from encoder.glyphs.tokenise_xml import tokenise_xml
from encoder.strategy import TreeType
from encoder.trees import TREES, Tokeniser

Bytes = NDArray[np.uint8]
Counts = tuple[Int, Int, Int, Int, Int]
"""What every tokeniser gives back (`encoder.glyphs.tokenise`)."""

_RARE_KEY: Final = 3
"""Occurrences, below which a key is data."""
_LEAST_OF_PATH: Final = 256
"""Values, below which a path does not name a column of its own."""
_STRETCH: Final = 1 << 16
_STRETCHES: Final = 4
_RARE_KEY_SAMPLED: Final = 2
_LEAST_OF_PATH_SAMPLED: Final = 24
_LONG_LINE: Final = 600  # mean bytes; an XML document with longer lines is cut at its closing tags
_NO_SALTS: Final = np.empty(0, np.uint64)
_NO_SALT_ENDS: Final = np.empty(0, np.int32)


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a tokeniser found in `data`: counts, where the tail begins, and whether its variables may hold newlines. The
    rest is in the scratch.
    """

    data: Bytes
    records: Int
    variables: Int
    templates: Int
    columns: Int
    end: Int
    multiline: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """How a block is taken apart. document: it is one value, of which all is looked at first. by_path: whether
    JSON's columns are named by path.
    """

    separator: int
    document: bool
    by_path: bool


class Tokenise(Protocol):
    """A tokeniser, called with what it needs; the scratch holds what it found."""

    def __call__(self, source: Bytes, asked: Asked, scratch: Scratch, /) -> Counts:
        """Its counts."""


def tokenise(source: Bytes, tree: TreeType, separator: int, scratch: Scratch, *, by_path: bool = True) -> Tokens:
    """The block's records and variables; the scratch holds them. Raises ValueError for a tree that has no tokeniser."""
    row = TREES[tree]
    if row.tokeniser is None:
        raise ValueError(f"{tree} has no tokeniser")
    clear_tables(scratch)
    counts = TOKENISERS[row.tokeniser](source, Asked(separator, row.document, by_path), scratch)
    return Tokens(source, *counts, multiline=row.multiline)


def clear_tables(scratch: Scratch) -> None:
    """Forget what the last tokeniser found."""
    scratch.found.template_values.fill(-1)
    scratch.found.column_values.fill(-1)


def _log(source: Bytes, _asked: Asked, scratch: Scratch) -> Counts:
    return tokenise_log(source, QUOTED, _NO_SALTS, _NO_SALT_ENDS, scratch.found)


def _csv(source: Bytes, asked: Asked, scratch: Scratch) -> Counts:
    return tokenise_csv(source, asked.separator, scratch.found)


def _xml(source: Bytes, _asked: Asked, scratch: Scratch) -> Counts:
    return tokenise_xml(source, _has_long_lines(source), scratch.found)


def _has_long_lines(source: Bytes) -> bool:
    sample = source[: 1 << 16]
    return len(sample) > _LONG_LINE * (1 + int(np.count_nonzero(sample == ord("\n"))))


def _json(source: Bytes, asked: Asked, scratch: Scratch) -> Counts:
    """Tokenises by the frequencies of keys and paths: in a document of all of it, of lines by a sample."""
    document = asked.document
    keys, paths = scratch.key_counts, scratch.path_counts
    keys.fill(0)
    paths.fill(0)
    parts = [source] if document else _stretches(source)
    rare, least = (_RARE_KEY, _LEAST_OF_PATH) if document else (_RARE_KEY_SAMPLED, _LEAST_OF_PATH_SAMPLED)
    for stretch in parts:
        count_keys(stretch, keys)
    for stretch in parts if asked.by_path else []:
        tokenise_json(stretch, document, True, rare, least, keys, paths, scratch.found)
    return tokenise_json(source, document, False, rare, least, keys, paths, scratch.found)


def _stretches(source: Bytes) -> list[Bytes]:
    """Evenly spread parts of the source, that are enough to count in."""
    step = max(_STRETCH, len(source) // _STRETCHES)
    return [source[at : at + _STRETCH] for at in range(0, len(source), step)]


TOKENISERS: Final[Mapping[Tokeniser, Tokenise]] = {"csv": _csv, "json": _json, "log": _log, "xml": _xml}
