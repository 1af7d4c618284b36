"""The owner of a run: a process and its turn."""

from typing import Final

from orchestrator.process import ProcessId, alive, this_process
from orchestrator.records import dataclass

Owner = ProcessId
"""Of a run: the process that works on it."""

this_owner: Final = this_process
owner_alive: Final = alive


@dataclass(frozen=True, slots=True)
class Lease:
    """fence: grows with every owner of the run. held: False once the lease was released."""

    run: str
    fence: int
    owner: Owner
    held: bool
