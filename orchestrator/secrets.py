"""Find what looks like a secret, and replace it with `(masked)` in texts and streams. Pure.

Two kinds are masked. Known values: variables whose names look secret, and those that a plan names by reference. And
what has the form of a token: well-known prefixes, JSON Web Tokens, private keys, passwords in addresses, `API_TOKEN=…`.
A secret that a task encodes in another way is not found.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache
from operator import is_
from typing import Any, Final

MASK: Final = "(masked)"
"""Valid wherever a secret may have stood: in YAML, JSON, Markdown and a shell's output."""

SHORTEST_NAMED: Final = 6  # characters of a value known by its variable's name: `1` or `true` would mask half a log
SHORTEST_REFERENCE: Final = 3  # of a value that a plan names by reference
LONGEST_HELD: Final = 2**14  # bytes of an unfinished line that a stream holds back
LONGEST_KEY: Final = 2**16  # bytes in which a private key's end is looked for

_NAME: Final = re.compile(
    r"(^|[_.-])(TOKENS?|SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|PASS|KEYS?|APIKEY|CREDENTIALS?|AUTH)($|[_.-])"
    r"|(TOKEN|SECRET|PASSWORD|APIKEY)$|(^|_)WEBHOOK(_URL)?$|^OTEL_EXPORTER_OTLP_([A-Z]+_)?HEADERS$",
    re.IGNORECASE,
)
_MASK: Final = MASK.encode()
_BEGIN: Final = b"-----BEGIN "
_FORMS: Final = (
    (
        b"-----BEGIN ",
        rb"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----.{0,65536}?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|\Z)",
    ),
    (b"eyJ", rb"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]*"),
    (b"gh", rb"\bgh[pousr]_[A-Za-z0-9]{20,}"),
    (b"github_pat_", rb"\bgithub_pat_[A-Za-z0-9_]{20,}"),
    (b"glpat-", rb"\bglpat-[A-Za-z0-9_.-]{16,}"),
    (b"sk-", rb"\bsk-[A-Za-z0-9_-]{20,}"),
    (b"k_live_", rb"\b[rs]k_live_[A-Za-z0-9]{16,}"),
    (b"k_test_", rb"\b[rs]k_test_[A-Za-z0-9]{16,}"),
    (b"xox", rb"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (b"xapp-", rb"\bxapp-[A-Za-z0-9-]{10,}"),
    (b"AKIA", rb"\bAKIA[A-Z0-9]{16}\b"),
    (b"ASIA", rb"\bASIA[A-Z0-9]{16}\b"),
    (b"AIza", rb"\bAIza[A-Za-z0-9_-]{35}"),
    (b"ya29.", rb"\bya29\.[A-Za-z0-9_-]{20,}"),
    (b"npm_", rb"\bnpm_[A-Za-z0-9]{30,}"),
    (b"pypi-", rb"\bpypi-[A-Za-z0-9_-]{40,}"),
    (b"hf_", rb"\bhf_[A-Za-z0-9]{30,}"),
    (b"dop_v1_", rb"\bdop_v1_[a-f0-9]{40,}"),
    (b"SG.", rb"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
)
_PATTERNS: Final = tuple((marker, re.compile(pattern, re.DOTALL)) for marker, pattern in _FORMS)
_WITHIN: Final = (
    (b"earer ", re.compile(rb"([Bb]earer +)[A-Za-z0-9._~+/=-]{16,}")),
    (b"://", re.compile(rb"(://[^\s/:@]{0,200}:)[^\s/@]{3,200}(?=@)")),
    (
        b"=",
        re.compile(
            rb"(\b(?:[A-Z0-9]{1,40}_){0,6}(?:TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|ACCESS_KEY"
            rb"|SECRET_KEY)=[\"']?)[A-Za-z0-9._~+/=-]{6,}"
        ),
    ),
)
"""Of these the first group stays."""


def looks_secret(name: str) -> bool:
    """Whether a variable of this name holds a secret: API_TOKEN, db_password, SSH-KEY; not KEYBOARD, PWD or PATH."""
    return _NAME.search(name) is not None


def known_secrets(variables: Mapping[str, str], references: Iterable[str] = ()) -> tuple[str, ...]:
    """The values to mask, the longest first. references: names of variables whose values are secret whatever they
    are called.
    """
    named = {value for name, value in variables.items() if len(value) >= SHORTEST_NAMED and looks_secret(name)}
    asked = {variables[name] for name in references if len(variables.get(name, "")) >= SHORTEST_REFERENCE}
    lines = {line.strip() for value in named | asked for line in value.splitlines() if len(line.strip()) >= 12}
    return tuple(sorted(named | asked | lines, key=lambda value: (-len(value), value)))


def dotenv_variables(text: str) -> dict[str, str]:
    """The entries of a `.env` file: `NAME=value` lines, with or without `export` and quotes."""
    found = {}
    for line in text.splitlines():
        name, sign, value = line.strip().removeprefix("export ").partition("=")
        if sign and not name.startswith("#"):
            found[name.strip()] = value.strip().strip("\"'")
    return found


def mask(text: str, known: tuple[str, ...] = ()) -> str:
    """The text with every secret masked; the same object where there is none."""
    if len(text) < SHORTEST_REFERENCE:
        return text
    for value in known:
        if value in text:
            text = text.replace(value, MASK)
    if not text.isascii() or any(marker in text for marker in _MARKERS):
        told = text.encode("utf-8", "surrogatepass")
        masked = _mask_forms(told)
        return text if masked is told else masked.decode("utf-8", "surrogatepass")
    return text


def mask_bytes(data: bytes, known: tuple[bytes, ...] = ()) -> bytes:
    """As `mask`, of bytes."""
    for value in known:
        if value in data:
            data = data.replace(value, _MASK)
    return _mask_forms(data)


def _mask_forms(data: bytes) -> bytes:
    for marker, pattern in _PATTERNS:
        if marker in data:
            data = pattern.sub(_MASK, data)
    for marker, pattern in _WITHIN:
        if marker in data:
            data = pattern.sub(rb"\1" + _MASK, data)
    return data


_MARKERS: Final = tuple(marker.decode() for marker, _ in (*_FORMS, *_WITHIN))


class MaskedStream:
    """Masks bytes that come in pieces cut anywhere: what may be the beginning of a secret is held back until its line
    ends.

    Memory: an unfinished line up to 16 KiB, or an unfinished private key up to 64 KiB.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = tuple(value.encode("utf-8", "surrogateescape") for value in known)
        self._several_lines = tuple(value for value in self._known if b"\n" in value)
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """What can be passed on by now."""
        held = self._held + data
        cut = self._cut(held)
        self._held = held[cut:]
        return mask_bytes(held[:cut], self._known)

    def flush(self) -> bytes:
        """The rest, at the end."""
        rest, self._held = self._held, b""
        return mask_bytes(rest, self._known)

    def _cut(self, held: bytes) -> int:
        """How much of it is whole: up to the end of the last line, before a key that has not ended or a value over
        several lines.
        """
        cut = held.rfind(b"\n") + 1
        if len(held) - cut > LONGEST_HELD:
            # no line is that long by accident: cut it where no token goes on, or keep what one can be long
            cut = max(held.rfind(b" ", cut) + 1, len(held) - max([LONGEST_HELD // 4, *map(len, self._known)]))
        begun = held.rfind(_BEGIN, 0, cut)
        if begun >= 0 and b"-----END " not in held[begun:cut] and len(held) - begun <= LONGEST_KEY:
            cut = begun
        for value in self._several_lines:
            cut = min(cut, _begins(held, value, cut))
        return cut


def _begins(held: bytes, value: bytes, cut: int) -> int:
    """Where the value may have begun before the cut without having ended; the cut where it has not."""
    first = value[: value.index(b"\n") + 1]
    start = held.rfind(first, max(0, cut - len(value)), cut)
    return start if start >= 0 and start + len(value) > cut and value.startswith(held[start:cut]) else cut


def mask_within(value: Any, masked: Callable[[str], str]) -> Any:  # noqa: ANN401 - a dataclass of plain data
    """The dataclass with every text that people wrote masked, at any depth; the same object where nothing changed.

    Ids, paths, units and digests are left alone: by these things are found again.
    """
    changed = {}
    for name in _field_names(type(value)):  # type: ignore[arg-type]  # a class can be hashed
        inner = getattr(value, name)
        made = _words(inner, masked) if name in WORDS else _inside(inner, masked)
        if made is not inner:
            changed[name] = made
    return replace(value, **changed) if changed else value


WORDS: Final = frozenset(
    {"text", "message", "printed", "reason", "method", "of", "labels", "title", "detail", "command", "argv"}
)
"""Fields that hold what people, programs and plans say."""


def _inside(value: Any, masked: Callable[[str], str]) -> Any:  # noqa: ANN401 - plain data
    if isinstance(value, tuple):
        if not value or not is_dataclass(value[0]):
            return value
        inner = tuple(mask_within(each, masked) for each in value)
        return value if all(map(is_, value, inner)) else inner
    return mask_within(value, masked) if is_dataclass(value) else value


def _words(value: Any, masked: Callable[[str], str]) -> Any:  # noqa: ANN401 - plain data
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, tuple):
        inner = tuple(_words(each, masked) for each in value)
        return value if all(map(is_, value, inner)) else inner
    return value


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
