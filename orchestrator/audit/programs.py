"""Which code fences contain programs and data, whose figures nobody claims, and which lines of a pasted session were
typed.
"""

import re
from collections.abc import Iterable
from typing import Final

LANGUAGES: Final = frozenset(
    [
        "python",
        "py",
        "python3",
        "pycon",
        "js",
        "javascript",
        "jsx",
        "ts",
        "typescript",
        "tsx",
        "json",
        "jsonc",
        "json5",
        "yaml",
        "yml",
        "toml",
        "ini",
        "cfg",
        "conf",
        "properties",
        "env",
        "sql",
        "html",
        "css",
        "scss",
        "xml",
        "svg",
        "c",
        "h",
        "cpp",
        "c++",
        "cc",
        "cs",
        "csharp",
        "rust",
        "rs",
        "go",
        "golang",
        "java",
        "kotlin",
        "kt",
        "scala",
        "ruby",
        "rb",
        "php",
        "perl",
        "pl",
        "lua",
        "swift",
        "r",
        "julia",
        "jl",
        "haskell",
        "hs",
        "elixir",
        "erlang",
        "clojure",
        "dart",
        "zig",
        "nim",
        "ocaml",
        "fsharp",
        "diff",
        "patch",
        "dockerfile",
        "docker",
        "makefile",
        "make",
        "cmake",
        "proto",
        "protobuf",
        "graphql",
        "hcl",
        "terraform",
        "tf",
        "nix",
        "latex",
        "tex",
        "mermaid",
        "dot",
        "graphviz",
        "plantuml",
        "regex",
        "http",
        "powershell",
        "ps1",
        "bat",
        "batch",
        "vim",
        "groovy",
        "gradle",
        "asm",
        "llvm",
        "wasm",
        "solidity",
        "jinja",
        "jinja2",
        "j2",
    ]
)
LISTED: Final = frozenset(
    ["yaml", "yml", "toml", "diff", "patch", "css", "scss", "sql", "env", "properties", "ini", "cfg", "conf"]
)
"""Of these, lines that begin with a dash are no items of prose."""
ITEM: Final = re.compile(r"\s{0,12}[-*\u2022] [^\W_]")
SHELLS: Final = frozenset(
    ["sh", "bash", "zsh", "fish", "shell", "console", "shell-session", "sh-session", "shellsession", "terminal"]
)
PROMPTS: Final = ("$ ", "> ", ">>> ", "... ", "% ")


def said_lines(language: str, lines: Iterable[str]) -> list[bool]:
    """For each line of a fence whether somebody says something in it. language: as the fence names it, lower case."""
    told = list(lines)
    if language in LANGUAGES:
        return [language not in LISTED and ITEM.match(line) is not None for line in told]
    if language not in SHELLS:
        return [True] * len(told)
    session = any(line.lstrip().startswith(PROMPTS) for line in told)
    return [session and not line.lstrip().startswith(PROMPTS) for line in told]
