"""The one rule about sequence numbers: from 1, without a gap."""

from collections.abc import Sequence

from orchestrator.journal.errors import DamagedJournal


def require_sequence(run: str, seqs: Sequence[int], last: int) -> None:
    """Raise DamagedJournal unless `seqs` are last + 1, last + 2, ..."""
    for expected, seq in enumerate(seqs, start=last + 1):
        if seq != expected:
            raise DamagedJournal(
                f"run {run}: event {expected} is missing (found {seq} in its place)\n"
                "  mend: restore the journal from a copy, or start again with `orchestrate run --new`",
            )
