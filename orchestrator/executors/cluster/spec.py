"""`--executor dask`: what it takes. Dask itself is an extra, and loaded when a run begins on it."""

from concurrent.futures import Executor
from typing import Final

from orchestrator.executors.spec import ExecutorError, ExecutorSpec, Site
from orchestrator.plan.values import ValueTextError, parse_duration

PATIENCE: Final = "60s"


class Dask(ExecutorSpec):
    """Attempts run on a Dask cluster.

    scheduler: its address, unless given a cluster of processes on this machine. store: the folder or URL that artifacts
    travel by, unless given `store` in the state folder. cluster-wait: how long to wait for a cluster that went away.
    """

    settings = ("scheduler", "store", "cluster-wait")

    def make(self, site: Site) -> Executor:
        """Connect. Raises ClusterFault, and ExecutorError where Dask is not installed or a setting means nothing."""
        patience = _seconds(site.settings.get("cluster-wait", PATIENCE))
        from orchestrator.executors.cluster.executor import DaskExecutor  # noqa: PLC0415 - heavy, and an extra

        nodes = site.loaded.graph.nodes.values()
        names = sorted({node.task.run for node in nodes if node.task.run is not None})
        store = site.settings.get("store") or str((site.state / "store").absolute())
        return DaskExecutor(site.settings.get("scheduler"), store, site.runners, names, patience=patience)

    def slots(self, executor: Executor) -> int | None:
        """As many as the cluster's workers have threads for."""
        slots: int | None = getattr(executor, "slots", None)
        return slots


def _seconds(text: str) -> float:
    try:
        return parse_duration("0s" if text == "0" else text)
    except ValueTextError as error:
        raise ExecutorError(f"--cluster-wait: {error}\n  mend: {error.mend}") from error
