"""Memory profiling in the final build: it must change no byte, and its cost is measured."""

import io
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams import corpus
from workstreams.integration.points import TUNED
from workstreams.parameters import size, whole
from workstreams.profiling.recorder import Recorder
from workstreams.upstream import needed_artifact, scratch

if TYPE_CHECKING:
    from encoder import Profile

OVERHEAD: Final = Metric(
    "integration.profiling_overhead", "%", Better.LOWER, Form.INCREASE, "Encode time with memory profiling over without"
)
DIFFERENCES: Final = Metric(
    "integration.profiling_differences", "differences", Better.LOWER, description="Outputs that profiling changes"
)


def seconds_of(profile: "Profile", data: bytes, *, profiled: bool) -> float:
    """Wall time of one encode in this process."""
    from encoder import StreamingEncoder  # noqa: PLC0415 - runners load the encoder when they run

    began = time.perf_counter()
    if profiled:
        with Recorder(), StreamingEncoder(io.BytesIO(), profile) as stream:
            stream.write(data)
    else:
        with StreamingEncoder(io.BytesIO(), profile) as stream:
            stream.write(data)
    return time.perf_counter() - began


def command_of(source: Path, target: Path, profile: Path, *more: str) -> list[str]:
    """The final build's own command with profiling on."""
    command = [sys.executable, "-P", "-m", "workstreams.profiling", str(source), str(target), "--profile", str(profile)]
    return [*command, *more]


ROLES: Final = {"on": "treatment", "off": "baseline", "again": "control"}


def switched(context: TaskContext, data: bytes, profile: Path) -> bool:
    """Whether the command writes the same bytes with profiling on and off. Leaves the series."""
    folder = scratch(context)
    source, on, off = folder / "input.log", folder / "on.glyph", folder / "off.glyph"
    source.write_bytes(data)
    series = context.artifact("encode-series.csv", title="Resident set over an encode of the final build")
    runs = (command_of(source, on, profile, "--series", str(series)), command_of(source, off, profile, "--off"))
    said = [subprocess.run(run, check=True, capture_output=True, text=True, timeout=120).stdout for run in runs]
    facts = json.loads(said[0])
    context.note(f"profiled: peak {facts['peak_rss'] / 1e6:.0f} MB for {facts['bytes'] / 1e6:.0f} MB of input")
    same = on.read_bytes() == off.read_bytes()
    for path in (source, on, off):
        path.unlink()
    return same


def profiling(context: TaskContext) -> None:
    """Point 4: switch it on, compare the bytes, measure the cost."""
    from encoder import load_profile  # noqa: PLC0415 - as above
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    path = needed_artifact(context, TUNED)
    data = corpus.server_log(size(context.params, "size", "4MiB"), 1) * 4
    same = switched(context, data, path)
    context.samples(
        DIFFERENCES,
        [0 if same else 1],
        cases=1,
        method="python -m workstreams.profiling with and without --off, outputs compared",
        artifacts=["encode-series.csv"],
    )
    profile = load_profile(str(path))
    arms, order = interleaved(profile, data, whole(context.params, "rounds", 5))
    context.compare(
        OVERHEAD,
        treatment=arms["on"],
        baseline=arms["off"],
        control=arms["again"],
        arm_unit="s",
        order=order,
        method="StreamingEncoder in this process with the recorder (a sample each 10 ms) and without, interleaved",
    )


def interleaved(profile: "Profile", data: bytes, rounds: int) -> tuple[dict[str, list[float]], list[str]]:
    """Seconds of each arm in every round, and the roles of the arms in the order in which they were taken."""
    arms: dict[str, list[float]] = {"on": [], "off": [], "again": []}
    order: list[str] = []
    for turn in range(rounds):
        for name in list(arms) if turn % 2 else list(arms)[::-1]:
            arms[name].append(seconds_of(profile, data, profiled=name == "on"))
            order.append(ROLES[name])
    return arms, order


PROFILING: Final = Runner(
    "integration.profiling", profiling, (OVERHEAD, DIFFERENCES), "Memory profiling switched on in the final build"
)
