"""What can go wrong with a journal; each message names the mend."""

from pathlib import Path

from orchestrator.errors import OrchestratorError


class JournalError(OrchestratorError):
    """The journal cannot be opened, read or written."""


class DamagedJournal(JournalError):  # noqa: N818 - named after what was found
    """What was read is not what was written."""


class BrokenSeal(DamagedJournal):
    """The rows are whole, but not those that the run's orchestrator sealed."""

    def __init__(self, run: str, what: str) -> None:
        super().__init__(
            f"run {run}: {what}\n  mend: `orchestrate verify {run}` compares it with what its attempts left; "
            "restore the journal from a copy, or start again with `orchestrate run --new`",
        )


class Contradicted(DamagedJournal):
    """What an attempt left is not what the journal says that it left."""

    def __init__(self, run: str, path: str, how: str) -> None:
        super().__init__(
            f"run {run}, {path}: {how}\n  mend: `orchestrate verify {run}` names all that differs; run the task again"
        )


class JournalGone(JournalError):  # noqa: N818 - named after what was found
    """The file was removed or replaced while it was in use: what is written now would be lost with it."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: the journal was removed or replaced while the run was under way\n"
            "  mend: find the task that clears the state folder, keep it from that, and run the plan again",
        )


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
