"""`orchestrate audit` from Python: the claims of a text."""

from pathlib import Path

from orchestrator.audit.judge import NOTHING, Known, audit
from orchestrator.audit.model import Audit
from orchestrator.ground import Folder


def audit_text(text: str, source: str = "text", root: Path | str = ".", known: Known = NOTHING) -> Audit:
    """Every claim of the text with its label. root: where the files that it names are looked for. known: what it is
    held against, if anything.
    """
    folder = Path(root)
    return audit(source, text, Folder(folder, folder), known)
