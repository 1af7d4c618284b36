"""The connection to a cluster: made, used, found broken, and made again. Also a cluster of this machine's own.

Dask's own client waits silently for a scheduler that went away, and prints tracebacks on the terminal. Here every
question has a deadline, and a broken connection is replaced. What the libraries log stays away from the terminal.
"""

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from threading import Thread
from typing import Any, Final

from orchestrator.environment import install_extra
from orchestrator.executors.cluster.address import ClusterFault, unreachable
from orchestrator.executors.cluster.facts import Facts, differences, facts_here

CONNECT: Final = 5.0
ANSWER: Final = 4.0  # seconds that the scheduler has for one question
CLOSE: Final = 2.0
QUIET: Final = {"dashboard_address": "127.0.0.1:0", "allowed_failures": 0}
"""For the scheduler of an own cluster. Without an address, it serves HTTP to everyone on port 8787.

Only we restart what a lost worker did.
"""
OWN: Final[dict[str, object]] = {
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    "distributed.deploy.lost-worker-timeout": "10 minutes",
}
"""Other users of the machine must not see anything of an own cluster. A worker that died may take its time to start
again: after 15 seconds, which it can take on a busy machine, `distributed` would give it up for good.
"""
LOGGERS: Final = ("distributed", "tornado", "asyncio", "bokeh")


class Link:
    """A client of the scheduler at the address, or (None) of a cluster on this machine that ends with it.

    facts: what workers must have. hear: gets every event of the topic. client: the current one, of `distributed`;
    another one after `renew`. Raises ClusterFault.
    """

    def __init__(
        self,
        scheduler: str | None,
        facts: Facts,
        *,
        topic: str,
        hear: Callable[[tuple[float, Mapping[str, Any]]], None],
        workers: int | None = None,
    ) -> None:
        self.name = f"the scheduler {scheduler}" if scheduler else "the cluster on this machine"
        self.own = scheduler is None
        self._facts, self._topic, self._hear = facts, topic, hear
        self._held = contextlib.ExitStack()
        with contextlib.ExitStack() as undo:
            undo.push(self._held)
            self._held.enter_context(silenced())
            self._address: Any = scheduler or self._held.enter_context(_own_cluster(workers))
            self.client = self._met()
            self._made = self.client.scheduler_comm
            undo.pop_all()

    def ask(self, what: str, **more: object) -> Any:  # noqa: ANN401 - distributed has no types
        """The scheduler's answer. Raises the connection's exceptions, TimeoutError included, and ConnectionError if it
        is `broken`.
        """
        answer = None
        if not self.broken:
            answer = self.client.sync(getattr(self.client.scheduler, what), callback_timeout=ANSWER, **more)
        if self.broken:
            raise ConnectionError(f"{self.name}: the connection is not the one that was made")
        return answer

    @property
    def broken(self) -> bool:
        """Whether the connection that was made is gone. Dask's client makes another by itself, which hears nothing
        of the topic.
        """
        return bool(self.client.status != "running" or self.client.scheduler_comm is not self._made)

    def workers(self) -> Mapping[str, Mapping[str, Any]]:
        """The scheduler's list of workers. Raises as `ask`."""
        found: Mapping[str, Mapping[str, Any]] = self.ask("identity")["workers"]
        return found

    def renew(self) -> None:
        """Connect again. Raises ClusterFault if that is not possible now."""
        fresh, former = self._met(), self.client
        self.client, self._made = fresh, fresh.scheduler_comm
        Thread(target=_close, args=(former,), daemon=True).start()

    def close(self) -> None:
        """End the connection, and a cluster of its own."""
        closing = Thread(target=_close, args=(self.client,), daemon=True)
        closing.start()
        closing.join(3 * CLOSE)  # a client whose scheduler is stopped waits for it
        self._held.close()

    def _met(self) -> Any:  # noqa: ANN401 - as above
        """A client whose cluster has workers, all alike. Raises ClusterFault."""
        client = _client(self._address)
        try:
            found = client.run(facts_here, tuple(self._facts.code), callback_timeout=4 * CONNECT)
            require_alike(found, self._facts)
            client.subscribe_topic(self._topic, self._hear)
        except ClusterFault:
            _close(client)
            raise
        except Exception as error:
            _close(client)
            raise ClusterFault(
                f"{self.name}: its workers do not answer ({type(error).__name__}: {_line(error)})\n"
                "  mend: check that they run, with this package installed"
            ) from error
        return client


def require_alike(found: Mapping[str, Facts], wanted: Facts) -> None:
    """Raise ClusterFault unless there are workers, and all of them have what the runners depend on here."""
    if not found:
        raise ClusterFault("the cluster has no workers\n  mend: start some (`dask worker ADDRESS`), then run again")
    for address, facts in sorted(found.items()):
        if told := differences(wanted, facts):
            raise ClusterFault(
                f"worker {address}: {'; '.join(told)}\n  mend: install the same versions there, and start it again"
            )


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Discard what the libraries log meanwhile. What matters of it is noticed here, and reported as ours."""
    with _installed():
        import distributed  # noqa: F401, PLC0415 - its import sets up its loggers
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in LOGGERS]
    former = {
        name: (logging.getLogger(name).handlers, logging.getLogger(name).propagate) for name in {*names, *LOGGERS}
    }
    for name in former:
        logging.getLogger(name).handlers = [logging.NullHandler()]
        logging.getLogger(name).propagate = name not in LOGGERS
    try:
        yield
    finally:
        for name, (handlers, propagate) in former.items():
            logging.getLogger(name).handlers, logging.getLogger(name).propagate = handlers, propagate


@contextlib.contextmanager
def _installed() -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        raise ClusterFault(f"Dask is not installed ({error})\n  mend: {install_extra('dask')}") from error


def _client(address: Any) -> Any:  # noqa: ANN401 - distributed has no types
    """A client. Raises ClusterFault, at the latest soon after CONNECT."""
    from distributed import Client  # noqa: PLC0415 - heavy, and an extra

    try:
        return Client(address, timeout=CONNECT, set_as_default=False)  # type: ignore[no-untyped-call]
    except Exception as error:  # a wrong address raises anything from OSError to KeyError
        where = address if isinstance(address, str) else "a cluster on this machine"
        raise unreachable(where, _line(error)) from error


@contextlib.contextmanager
def _own_cluster(workers: int | None) -> Iterator[Any]:
    """By default, one process for each processor.

    It uses TLS with a certificate of its own, which only its processes have.
    """
    with _installed():
        import dask  # noqa: PLC0415 - heavy, and an extra
        from distributed import LocalCluster  # noqa: PLC0415
        from distributed.security import Security  # noqa: PLC0415

        security = Security.temporary()  # type: ignore[no-untyped-call]
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(OWN))
        try:
            cluster = LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=workers or os.cpu_count(), threads_per_worker=8, dashboard_address=None, silence_logs=50,
                memory_limit=0, scheduler_kwargs=QUIET, protocol="tls://", security=security,
            )  # fmt: skip
            stack.enter_context(cluster)
        except Exception as error:
            raise ClusterFault(
                f"a cluster on this machine: {_line(error)}\n  mend: check that processes and ports are to be had"
            ) from error
        yield cluster


def _close(client: Any) -> None:  # noqa: ANN401 - as above
    with contextlib.suppress(Exception):
        client.close(timeout=CLOSE)


def _line(error: BaseException) -> str:
    return str(error).split("\n", 1)[0][:300] or type(error).__name__
