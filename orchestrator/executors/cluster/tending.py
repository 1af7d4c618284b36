"""A thread that keeps in touch with the cluster. It polls the workers, renews leases, and reconnects."""

import contextlib
import time
from dataclasses import dataclass, replace
from threading import Event, Lock, Thread
from typing import Final

from orchestrator.executors.cluster.address import ClusterFault
from orchestrator.executors.cluster.lease import GRANTS
from orchestrator.executors.cluster.link import Link
from orchestrator.executors.cluster.watch import Watch

LOOK: Final = 0.5  # seconds between looks at the scheduler's list of workers
RENEWALS: Final = 10  # in the time of a lease


@dataclass(frozen=True, slots=True)
class Away:
    """Since when (monotonic seconds) and why nothing can be handed to the cluster.

    scheduler: whether it is the scheduler that does not answer.
    """

    since: float
    why: str
    scheduler: bool


class Tending:
    """Tends one link, for the attempts of one watch, until it is closed."""

    def __init__(self, link: Link, watch: Watch) -> None:
        self._link = link
        self._watch = watch
        self._granting = Lock()
        self._runs: dict[str, tuple[float, frozenset[str]]] = {}
        self._beat = 0
        self._written = self._answered = time.monotonic()
        self._wanted = self._over = False
        self._woken = Event()
        self._away: Away | None = None
        self._look()
        self._thread = Thread(target=self._keep, name="cluster watch", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Something has to be granted or withdrawn now."""
        self._wanted = True
        self._woken.set()

    def away(self) -> Away | None:
        """Why nothing can be handed to the cluster; None if it can."""
        if self._away is None and self._link.broken:  # the thread has not seen it yet
            return self._gone()
        return self._away

    def _gone(self) -> Away:
        since = self._answered if self._away is None else self._away.since
        return Away(since, f"{self._link.name} does not answer", scheduler=True)

    def withdraw(self, marker: str) -> None:
        """Stop renewing that lease."""
        self._watch.withdraw(marker)
        self.wake()

    def over(self, marker: str) -> bool:
        """Whether nothing of the attempt can run any more, by its lease."""
        with self._granting:  # what is being written now may renew it
            return self._watch.over(marker, time.monotonic())

    def former(self, run: str, task: str) -> float:
        """Seconds until the lease of a former orchestrator's attempt of the task is over; 0 if there is none."""
        with self._granting:
            if run not in self._runs:
                self._runs[run] = (time.monotonic(), self._found(run))
            since, tasks = self._runs[run]
        return since + self._watch.lease - time.monotonic() if task in tasks else 0.0

    def close(self) -> None:
        """Withdraw all grants, and end the thread."""
        self._over = True
        self._woken.set()
        self._thread.join()
        with contextlib.suppress(Exception), self._granting:
            for run in self._runs:
                self._write(run, {})

    def _found(self, run: str) -> frozenset[str]:
        """The tasks that the run's last grants belong to."""
        try:
            said = self._link.ask("get_metadata", keys=[GRANTS, run], default=None) or {}
        except Exception:  # noqa: BLE001 - a scheduler that is away has no grants
            return frozenset()
        return frozenset(marker.split("/")[1] for _, granted in said.values() for marker in granted.values())

    def _keep(self) -> None:
        while not self._over:
            self._woken.wait(LOOK)
            self._woken.clear()
            try:
                self._look()
                self._grant()
            except Exception:  # noqa: BLE001 - whatever it is, the scheduler did not answer
                self._failed()

    def _look(self) -> None:
        now = time.monotonic()
        self._watch.see(self._link.workers(), time.monotonic())
        self._answered = now
        if self._watch.living(time.monotonic()):
            self._away = None
        elif self._away is None or self._away.scheduler:
            since = now if self._away is None else self._away.since
            self._away = Away(since, f"{self._link.name} has no worker that gives a sign of life", scheduler=False)

    def _grant(self) -> None:
        due = time.monotonic() - self._written >= self._watch.lease / RENEWALS
        if not (self._wanted or due):
            return
        self._wanted = False
        with self._granting:
            granted = self._watch.grants()
            self._beat += 1
            for run in self._runs:
                self._write(run, granted.get(run, {}))
        self._written = time.monotonic()

    def _write(self, run: str, granted: dict[str, dict[str, str]]) -> None:
        said = {address: (self._beat, executions) for address, executions in granted.items()}
        try:
            self._link.ask("set_metadata", keys=[GRANTS, run], value=said)
        finally:  # an unanswered request can still have been heard
            markers = [marker for executions in granted.values() for marker in executions.values()]
            self._watch.granted(markers, time.monotonic())

    def _failed(self) -> None:
        """Take note that the scheduler did not answer. Reconnect if the cluster is not ours."""
        silent = time.monotonic() - self._answered
        if not (self._link.broken or silent > self._watch.lease):
            return
        if self._away is None or not self._away.scheduler:
            self._away = self._gone()
        if not self._link.own:
            try:
                self._link.renew()
            except ClusterFault as error:
                line = str(error).partition("\n")[0]
                self._away = replace(self._away, why=f"{self._link.name} went away ({line})")
