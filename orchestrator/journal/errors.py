"""What can go wrong with a journal; each message names the mend."""

from orchestrator.errors import OrchestratorError


class JournalError(OrchestratorError):
    """The journal cannot be opened, read or written."""


class DamagedJournal(JournalError):  # noqa: N818 - named after what was found
    """What was read is not what was written."""


class RunOwned(JournalError):  # noqa: N818 - named after what was found
    """Another live orchestrator owns the run. `pid` is its process."""

    def __init__(self, run: str, pid: int) -> None:
        self.run = run
        self.pid = pid
        super().__init__(
            f"run {run} belongs to another orchestrator, process {pid}, which is alive\n"
            f"  mend: wait for it, or end it with `kill -INT {pid}`; `orchestrate run --new` starts a separate run",
        )


class LeaseLost(JournalError):  # noqa: N818 - named after what was found
    """A late write with an old fencing token: another owner took the run over meanwhile."""

    def __init__(self, run: str, fence: int) -> None:
        self.run = run
        self.fence = fence
        super().__init__(
            f"run {run}: owner {fence} lost its lease; what it still had to say is refused\n"
            "  mend: follow the run with `orchestrate status`; another process carries it on",
        )


class UnknownRun(JournalError):  # noqa: N818 - named after what was found
    """No such run in this journal."""

    def __init__(self, run: str) -> None:
        super().__init__(f"no run {run!r} in this journal\n  mend: `orchestrate history` lists the runs")
