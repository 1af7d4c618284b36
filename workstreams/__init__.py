"""The runners of the founding plan. They use the public API of the engine and the encoder.

`RUNNERS` is put together on first use, so that a sample's child process imports none of what it does not measure.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from orchestrator.runner import Runner

    RUNNERS: tuple[Runner, ...]

_PACKAGES: Final = ("buffer", "streaming", "profiling", "adaptive", "integration", "validation", "oversight")

__all__ = ["RUNNERS"]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562
    if name != "RUNNERS":
        raise AttributeError(f"module 'workstreams' has no attribute {name!r}")
    runners = tuple(runner for package in _PACKAGES for runner in import_module(f"workstreams.{package}").RUNNERS)
    globals()[name] = runners
    return runners
