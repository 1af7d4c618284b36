"""A cell's text without markup. Signs that mean "done", and the names of files, are taken out of it."""

import re
from functools import lru_cache
from typing import Final

from orchestrator.audit.model import Cell
from orchestrator.importers.inline import CHECKBOX, DONE_SIGNS, EMOJI, LINK, MARKUP

CODE: Final = re.compile(r"`{1,3}([^`]{1,400})`{1,3}")
HTML_CODE: Final = re.compile(r"</?code>", re.IGNORECASE)
CHUNK: Final = re.compile(r"[^\s()\[\]<>\"'`,;|*{}=]+")
ENDINGS: Final = frozenset(
    [
        "py",
        "pyi",
        "md",
        "rst",
        "txt",
        "json",
        "jsonl",
        "yaml",
        "yml",
        "toml",
        "ini",
        "cfg",
        "sh",
        "bash",
        "bat",
        "ps1",
        "js",
        "jsx",
        "ts",
        "tsx",
        "mjs",
        "cjs",
        "html",
        "htm",
        "css",
        "scss",
        "svg",
        "png",
        "jpg",
        "jpeg",
        "gif",
        "pdf",
        "csv",
        "tsv",
        "parquet",
        "xml",
        "sql",
        "rs",
        "go",
        "java",
        "kt",
        "scala",
        "c",
        "h",
        "cc",
        "cpp",
        "hpp",
        "cs",
        "rb",
        "php",
        "pl",
        "lua",
        "swift",
        "r",
        "jl",
        "ipynb",
        "lock",
        "log",
        "diff",
        "patch",
        "tar",
        "gz",
        "zip",
        "whl",
        "proto",
        "tf",
        "dockerfile",
        "env",
        "vue",
        "zig",
        "ex",
        "exs",
        "erl",
        "hs",
        "ml",
        "nim",
        "dart",
        "gradle",
        "cmake",
        "mk",
        "bin",
        "dat",
        "db",
        "sqlite",
        "npz",
        "npy",
        "onnx",
        "pkl",
    ]
)
NAMES: Final = frozenset(
    [
        "node.js",
        "next.js",
        "vue.js",
        "d3.js",
        "three.js",
        "react.js",
        "nuxt.js",
        "express.js",
        "chart.js",
        "asp.net",
        "socket.io",
        "deno.js",
        "bun.js",
        "p5.js",
    ]
)
DONE: Final = re.compile(f"[{DONE_SIGNS}]")
SIGNS: Final = re.compile(r"[*_~<`\\]")
ADDRESS: Final = re.compile(r"\b[a-z]{2,10}://[^\s<>()\[\]|\"]+", re.IGNORECASE)
MOST: Final = 300
"""Characters of a path."""
ENDED: Final = re.compile(r"\.[A-Za-z]")
"""What every path of a file has somewhere."""
PATH: Final = re.compile(r"(?:\./|~/|/)?[\w.@+-]{1,120}(?:/[\w.@+-]{1,120}){0,24}(?:::[\w\[\].:-]{1,160})?")
PLAIN: Final = re.compile(r"[^*_~<`\\\[\]:.]*(?:[:.<](?![A-Za-z/!])[^*_~<`\\\[\]:.]*)*")
"""ASCII of which all of it is text, as most is: no markup, address or path can be in it."""
SPAN_FIGURE: Final = re.compile(r"\s*[-+~<>]?\s?\$?\d[\d.,]{0,20}\+?\s?(?:[%x\u00d7]|[A-Za-z\u00b5/]{1,12})?\+?\s*")


def is_plain(raw: str) -> bool:
    """Whether nothing in a text is markup, a path or a sign, so that it is what it says."""
    return raw.isascii() and PLAIN.fullmatch(raw) is not None and "-->" not in raw


def clean_cell(line: int, raw: str, column: str = "") -> Cell:
    """The cell of some raw text."""
    if is_plain(raw):
        return Cell(line, raw.strip(), column)
    text, marked, files = _cleaned(raw)
    return Cell(line, text, column, marked, files)


@lru_cache(maxsize=4096)
def _cleaned(raw: str) -> tuple[str, bool, tuple[str, ...]]:
    marked, text = _marks(raw)
    targets: list[str] = []
    if "](" in text or "][" in text:
        text = LINK.sub(lambda one: _link(one, targets), text)
    if "`" in text or "<c" in text or "</c" in text:
        text = CODE.sub(_span, HTML_CODE.sub("`", text))
    if SIGNS.search(text):
        text = MARKUP.sub("", text)
    files: list[str] = []
    text = ADDRESS.sub(" ", text) if "://" in text else text
    if ENDED.search(text):
        text = CHUNK.sub(lambda one: _chunk(one, files), text)
    if not text.isascii():
        text = EMOJI.sub("", text)
    return text.strip().strip("*").strip(), marked, tuple(dict.fromkeys([*files, *targets]))


def _marks(raw: str) -> tuple[bool, str]:
    """Whether it is marked as done, and the text without its check box."""
    found = CHECKBOX.match(raw) if raw[:2] in {"[ ", "[x", "[X", "\\[", "[\u2713", "[\u2714", "[]"} else None
    marked = not raw.isascii() and DONE.search(raw) is not None
    if found is None:
        return marked, raw
    return marked or found[1].strip() not in {"", "~", "/", ">", "-"}, raw[found.end() :]


def _link(match: re.Match[str], targets: list[str]) -> str:
    _, _, target = match[0].rpartition("](")
    target = target.split(maxsplit=1)[0].rstrip(")").partition("#")[0] if target.split() else ""
    if is_path(target) and target not in match[1]:
        targets.append(target.removeprefix("./"))
    return match[1]


def _span(match: re.Match[str]) -> str:
    """Of what is written as code, words, figures and paths count; other digits are names."""
    inner = match[1].strip()
    if is_path(inner) or SPAN_FIGURE.fullmatch(inner) or not any(sign.isdigit() for sign in inner):
        return match[1]
    return " code "


def _chunk(match: re.Match[str], files: list[str]) -> str:
    """Paths are taken out of the text."""
    chunk = match[0]
    core = chunk.rstrip(".:!?\u2026")
    if is_path(core):
        files.append(core.removeprefix("./"))
        return "\u00a0" + chunk[len(core) :]
    return chunk


def is_path(text: str) -> bool:
    """Whether a text is the path or name of a file: known ending, and a letter in its name."""
    if len(text) > MOST or "." not in text or "://" in text or text.lower() in NAMES:
        return False
    path, _, _ = text.partition("::")
    stem, _, ending = path.rpartition("/")[2].rpartition(".")
    if ending.lower() not in ENDINGS or not any(sign.isalpha() for sign in stem):
        return False
    return PATH.fullmatch(text) is not None
