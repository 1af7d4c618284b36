"""The base of every error that the orchestrator raises on purpose."""

from typing import ClassVar


class OrchestratorError(Exception):
    """A message says what is wrong, where, and the mend. `exit_code` is what the command line ends with."""

    exit_code: ClassVar[int] = 4
