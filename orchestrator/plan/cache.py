"""What a large plan's text holds, kept as JSON in the state folder: reading YAML takes most of the time that a plan takes.

Only the reading is spared. What comes out of a file here is checked as what comes out of the text is, and every problem is told at
its place in the text. One file each, named by the sha256 of the text and of the reader's own source: another reader never finds it.
Its first line is the xxh3-64 of the rest, so that a damaged file is not used.
"""

import hashlib
import json
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Final

import xxhash

from orchestrator.plan import source
from orchestrator.plan.quick import json_data
from orchestrator.wholefile import write_whole

LEAST: Final = 2**16  # characters; a smaller plan is read at once

MOST: Final = 8  # readings that are kept


class PlanCache:
    """The kept readings in a folder, which is made when there is one to keep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def told(self, text: str) -> str | None:
        """The text's data as JSON, None where it is not known. Never raises: what cannot be read is not known."""
        if len(text) < LEAST:
            return None
        with suppress(OSError, UnicodeDecodeError):
            seal, _, body = self._path(text).read_text(encoding="utf-8").partition("\n")
            return body if seal == _seal(body) else None
        return None

    def keep(self, text: str, data: dict[str, Any]) -> None:
        """Keep what was read without a problem. A folder that cannot be written is left alone."""
        if len(text) < LEAST:
            return
        with suppress(OSError, UnicodeEncodeError):
            body = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
            if json_data(body) == data:  # else JSON has no word for a part of it
                self._folder.mkdir(parents=True, exist_ok=True)
                write_whole(self._path(text), f"{_seal(body)}\n{body}")
                self._forget()

    def _forget(self) -> None:
        """Remove the oldest readings beyond MOST."""
        kept = sorted(self._folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in kept[MOST:]:
            path.unlink(missing_ok=True)

    def _path(self, text: str) -> Path:
        said = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
        said.update(_reader())
        return self._folder / f"{said.hexdigest()}.json"


def _seal(body: str) -> str:
    return xxhash.xxh3_64_hexdigest(body.encode())


@cache
def _reader() -> bytes:
    """The source of the reader whose results are kept."""
    return Path(source.__file__).read_bytes()
