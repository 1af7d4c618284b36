"""The folders of a run."""

from functools import lru_cache
from pathlib import Path

from orchestrator.records import dataclass


@dataclass(frozen=True, slots=True)
class Places:
    """Where a run happens. state: the state folder. project: where the command was started. Both are absolute."""

    state: Path
    project: Path

    @property
    def cache(self) -> Path:
        """The caches that attempts share."""
        return _below(self.state, "cache")

    def run_folder(self, run: str) -> Path:
        """The folder that the paths of artifacts are relative to."""
        return _below(self.state, "runs", run)

    def work_folder(self, run: str, task: str, attempt: int) -> Path:
        """Where an agent's workspace, its home or a checkout is.

        It is beside the runs, so that no attempt's folder holds a copy.
        """
        return _below(self.state, "work", run).joinpath(task, str(attempt))

    def attempt_folder(self, run: str, task: str, attempt: int) -> Path:
        """An attempt's own folder."""
        return self.run_folder(run).joinpath(task, str(attempt))


@lru_cache(maxsize=16)
def _below(folder: Path, *names: str) -> Path:
    """A folder that every attempt asks for. It is cached, because joining a path takes longer than most other steps
    here.
    """
    return folder.joinpath(*names)
