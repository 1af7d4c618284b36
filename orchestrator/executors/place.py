"""An attempt's folder, held open while the attempt runs.

What we write goes into that folder, whatever a task does to its name.
"""

import os
from pathlib import Path
from typing import Final

from orchestrator import kernel
from orchestrator.executors.collect import Collector
from orchestrator.executors.folder import keep
from orchestrator.executors.order import WorkOrder

SAYS: Final = "[orchestrate]"  # how a note of ours begins


class Place:
    """An open folder. handle: for `dir_fd`. path: of the folder through the handle, for this process."""

    def __init__(self, folder: Path) -> None:
        self.handle = os.open(folder, kernel.FOLDER | os.O_NOFOLLOW)
        self.path = kernel.path_of(self.handle, str(folder))

    def close(self) -> None:
        """Close it."""
        os.close(self.handle)


def keep_all(order: WorkOrder, place: Place, collector: Collector) -> tuple[str, ...]:
    """Leave the evidence in the folder, and move the folder to its final place.

    Returns notes on that. Raises OSError.
    """
    told = []
    if aside := collector.keep(place.handle):
        told.append(
            f"{SAYS} a file evidence.jsonl in the folder is not evidence, and is kept as {aside}; "
            "append to what ORCHESTRATE_EVIDENCE names"
        )
    if aside := keep(order.folder, order.home, place.handle):
        told.append(f"{SAYS} what lay at {order.task}/{order.attempt} is not this attempt's, and is kept as {aside}")
    return tuple(told)
