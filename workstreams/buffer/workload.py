"""The workload that the pool is measured on: one log-like file, made afresh from a seed where it is needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestrator.runner import TaskContext
from workstreams.corpus import write_large
from workstreams.parameters import size, whole


@contextmanager
def input_file(ctx: TaskContext, default: str) -> Iterator[Path]:
    """A file of the parameter `size`, for as long as the task needs it. Every task of one plan gets the same bytes."""
    path = ctx.folder / "input.log"
    write_large(path, size(ctx.params, "size", default), whole(ctx.params, "data_seed", 1))
    try:
        yield path
    finally:
        path.unlink()
