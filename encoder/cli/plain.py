"""Command lines that say plainly what they want: those of `encode`, `decode`, `cat` and `info` whose options are all
written out, and known.

The library that understands every command line takes longer to load than a MiB takes to encode. So what needs none of
its help is understood here; all else goes its way, with every mistake, `--help` and the completions of shells.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from encoder.cli.reporting import reported

Given = dict[str, Any]
"""Options by name, and `files`."""
Read = Callable[[str], Any]
"""Turns what is written into a value. Raises ValueError where it is not one, or needs a message."""
COMPLETING: Final = "_GLYPH_COMPLETE"
"""What a shell sets in the environment to have words completed."""


def _text(written: str) -> str:
    if not written or (written.startswith("-") and written != "-"):
        raise ValueError
    return written


def _path(written: str) -> Path:
    return Path(_text(written))


def _number(most: int) -> Read:
    def read(written: str) -> int:
        if not (written.isascii() and written.isdigit() and len(written) < 19 and int(written) <= most):
            raise ValueError
        return int(written)

    return read


def _level(written: str) -> str:
    if written not in {"fast", "balanced", "high", "max"}:
        raise ValueError
    return written


YES: Final = True
Options = Mapping[str, tuple[str, Read | bool]]
"""By how it is written: the option's name, and how its value is read, or the value of one that takes none."""
_THREADS: Final[Options] = {"-T": ("threads", _number(256)), "--threads": ("threads", _number(256))}
_LIMITS: Final[Options] = {f"--max-{name}": (f"max_{name}", _text) for name in ("output", "block", "memory")}
_CONVERTING: Final[Options] = {
    "-o": ("output", _path),
    "--output": ("output", _path),
    "-c": ("stdout", YES),
    "--stdout": ("stdout", YES),
    "-f": ("force", YES),
    "--force": ("force", YES),
    "--rm": ("remove", YES),
    "--keep": ("remove", not YES),
    "-k": ("remove", not YES),
    "-r": ("recursive", YES),
    "--recursive": ("recursive", YES),
    "-q": ("quiet", YES),
    "--quiet": ("quiet", YES),
    "--json": ("as_json", YES),
    **_THREADS,
}
OPTIONS: Final[Mapping[str, Options]] = {
    "encode": {
        **_CONVERTING,
        "-l": ("level", _level),
        "--level": ("level", _level),
        "--profile": ("profile", _text),
    },
    "decode": {**_CONVERTING, **_LIMITS, "--salvage": ("salvage", YES)},
    "cat": {
        **_THREADS,
        **_LIMITS,
        "--records": ("records", _text),
        "--from-byte": ("from_byte", _number(1 << 59)),
        "--length": ("length", _number(1 << 59)),
    },
    "info": {
        "--blocks": ("blocks", YES),
        "--columns": ("columns", _number(1 << 59)),
        "--max-block": _LIMITS["--max-block"],
        "--max-memory": _LIMITS["--max-memory"],
        "--json": ("as_json", YES),
    },
}
"""Of each verb that is understood here, all options as `encoder.cli.app` declares them; a test compares the two."""


def understood(words: Sequence[str]) -> tuple[str, Given] | None:
    """The verb and what is given for it; None for words that are not as plain as that. Pure."""
    verb, *rest = words or [""]
    if verb not in OPTIONS or (verb == "info" and not rest):
        return None
    given: Given = {"files": []}
    left = iter(rest)
    try:
        for word in left:
            if word == "--":
                given["files"] += left
            elif word == "-" or not word.startswith("-"):
                given["files"].append(_text(word))
            else:
                _take(word, left, OPTIONS[verb], given)
    except (ValueError, KeyError, StopIteration):
        return None
    return (verb, given) if given["files"] or verb != "info" else None


def _take(word: str, left: Any, options: Options, given: Given) -> None:  # noqa: ANN401 - an iterator of words
    """The option that a word is, with the word behind it or behind its sign of equality as its value. Raises KeyError,
    ValueError, StopIteration.
    """
    written, equals, value = word.partition("=")
    if equals and not written.startswith("--"):
        raise ValueError
    name, read = options[written]
    if isinstance(read, bool):
        given[name] = read
        if equals:
            raise ValueError
    else:
        given[name] = read(value if equals else next(left))


def run_plainly(words: Sequence[str]) -> bool:
    """Does what they say and returns True, or False where they are not plain. Exits as the verbs do."""
    found = None if COMPLETING in os.environ else understood(words)
    if found is None:
        return False
    verb, given = found
    reported(_VERBS[verb])(given)
    return True


def _encode(given: Given) -> None:
    from encoder.cli.convert import encode_files  # noqa: PLC0415 - so that another verb does not load it, as below

    profile = given.get("profile") or given.get("level", "fast")
    encode_files(given["files"] or ["-"], _destination(given), profile, given.get("threads"))


def _decode(given: Given) -> None:
    from encoder.cli.convert import decode_files, salvage_files  # noqa: PLC0415

    files, destination = given["files"] or ["-"], _destination(given)
    if given.get("salvage"):
        salvage_files(files, destination, _limits(given))
    else:
        decode_files(files, destination, _limits(given), given.get("threads"))


def _destination(given: Given) -> Any:  # noqa: ANN401 - of a module that is loaded when used
    from encoder.cli.convert import Destination  # noqa: PLC0415

    flags = [given.get(name, False) for name in ("stdout", "force", "quiet", "remove", "recursive", "as_json")]
    return Destination(given.get("output"), *flags)


def _limits(given: Given) -> Any:  # noqa: ANN401 - as above
    from encoder.cli.reporting import limits_of  # noqa: PLC0415

    return limits_of(given.get("max_output"), given.get("max_block"), given.get("max_memory"))


def _cat(given: Given) -> None:
    from encoder.cli.part import cat_waiting, part_of  # noqa: PLC0415

    part = part_of(given.get("records"), given.get("from_byte", 0), given.get("length"))
    cat_waiting(given["files"] or ["-"], part, _limits(given), given.get("threads"))


def _info(given: Given) -> None:
    from encoder.cli.info import info_waiting  # noqa: PLC0415

    files = [Path(name) for name in given["files"]]
    most, blocks, as_json = given.get("columns", 20), given.get("blocks", False), given.get("as_json", False)
    info_waiting(files, _limits(given), blocks=blocks, most=most, as_json=as_json)


_VERBS: Final[Mapping[str, Callable[[Given], None]]] = {
    "encode": _encode,
    "decode": _decode,
    "cat": _cat,
    "info": _info,
}
