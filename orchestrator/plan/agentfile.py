"""Agent files, as coding agents have them: front matter in YAML, then instructions in Markdown. Pure.

`.github/agents/NAME.agent.md` and `.claude/agents/NAME.md` are such files.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import yaml

from orchestrator.errors import OrchestratorError

SIZE_LIMIT: Final = 2**20
"""Characters. The longest that we have seen has 34,000."""
KNOWN: Final = ("name", "description")
FENCE: Final = re.compile(r"-{3}[ \t]*", re.ASCII)


class AgentFileError(OrchestratorError):
    """An agent file cannot be used."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class AgentFile:
    """What an agent file says. other: keys that mean nothing here, with their text as written. digest: sha256 of
    the whole text.
    """

    name: str
    description: str
    instructions: str
    other: Mapping[str, str]
    digest: str


def parse_agent_file(text: str, source: str) -> AgentFile:
    """Read an agent file. source: its name, for messages; it names the agent where the front matter does not.

    Raises AgentFileError for one that is too long, has an open front matter or one that is not a mapping.
    """
    if len(text) > SIZE_LIMIT:
        raise AgentFileError(
            f"{source}: the agent file has {len(text):,} characters\n  mend: stay within {SIZE_LIMIT:,}"
        )
    front, body, first = _parted(text.removeprefix("\ufeff"), source)
    said = _front_matter(front, source, first)
    name = said.pop("name", "") or source.rsplit("/", 1)[-1].split(".", maxsplit=1)[0]
    description = said.pop("description", "")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return AgentFile(name, description, body.strip(), said, digest)


def _parted(text: str, source: str) -> tuple[str, str, int]:
    """Front matter, body, and the line on which the front matter begins."""
    lines = text.splitlines()
    if not lines or not FENCE.fullmatch(lines[0]):
        return "", text, 1
    for index in range(1, len(lines)):
        if FENCE.fullmatch(lines[index]):
            return "\n".join(lines[1:index]), "\n".join(lines[index + 1 :]), 2
    raise AgentFileError(f"{source}:1: the front matter has no end\n  mend: close it with a line `---`")


def _front_matter(text: str, source: str, first: int) -> dict[str, str]:
    """Every key with its text: `id: 05` stays 05, since nothing here is a number."""
    try:
        said = yaml.load(text, Loader=yaml.BaseLoader) if text.strip() else {}  # noqa: S506 - it makes texts, lists and mappings only
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = first + (mark.line if mark else 0)
        raise AgentFileError(
            f"{source}:{line}: the front matter is not YAML\n  mend: write `key: value` lines"
        ) from error
    if not isinstance(said, dict):
        raise AgentFileError(f"{source}:{first}: the front matter is not a mapping\n  mend: write `key: value` lines")
    return {str(key): value if isinstance(value, str) else repr(value) for key, value in said.items()}
