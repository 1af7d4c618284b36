"""The kinds of data that the adaptive workstream measures on.

Some are made here with labels, others are real data that nobody here made.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from orchestrator.runner import TaskContext
from workstreams import corpus
from workstreams.parameters import size as size_in

if TYPE_CHECKING:
    from encoder import TreeType

LABELS: Final[Mapping[str, str]] = {
    "server log": "log",
    "JSON lines": "jsonl",
    "JSON document": "json",
    "CSV table": "csv",
    "prose": "text",
    "noise": "opaque",
    "Python sources": "text",
    "documents": "text",
    "package records": "csv",
    "package JSON": "json",
}
"""Kind → tree type, by the nature of the data, not by any detector. A kind found in a given folder has none."""

SMALLEST: Final = 1 << 16
"""A kind with fewer bytes proves nothing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """data: whole files or records. real: whether it was found and not made here."""

    name: str
    real: bool
    data: bytes

    @property
    def label(self) -> "TreeType | None":
        """The tree type, if it is known beforehand."""
        from encoder import TreeType  # noqa: PLC0415 - runners load the encoder when they run

        return TreeType(LABELS[self.name]) if self.name in LABELS else None

    def blocks(self, size: int) -> list[bytes]:
        """The blocks of at most `size` bytes that an encoder would cut it into."""
        from encoder.detect.records import cut_blocks  # noqa: PLC0415 - as above

        return [bytes(block) for block in cut_blocks(memoryview(self.data), size)]


def collect(context: TaskContext, default_size: str = "1MiB") -> list[Kind]:
    """Every kind, `size` (parameter) bytes of each.

    The parameter `corpus` names a folder for more real kinds.
    """
    size = size_in(context.params, "size", default_size)
    made = [Kind(name, real=False, data=make(size, 1 + context.seed % 1000)) for name, make in corpus.GENERATED.items()]
    named = str(context.params.get("corpus", ""))
    folder = (context.project / named).resolve() if named else None
    if folder is not None and not folder.is_dir():
        raise FileNotFoundError(f"corpus: {folder} is not a folder; give one that exists, or leave the parameter out")
    found = [Kind(name, real=True, data=data[: 4 * size]) for name, data in corpus.real(size, folder).items()]
    return [kind for kind in made + found if len(kind.data) >= min(SMALLEST, size)]
