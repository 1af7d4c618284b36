"""Pattern detection: how often it names labelled data correctly, and how long one block takes."""

import time
from collections.abc import Sequence
from typing import Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.adaptive.kinds import Kind, collect
from workstreams.adaptive.trial import look
from workstreams.parameters import whole
from workstreams.tables import csv_text
from workstreams.upstream import write_text

ACCURACY: Final = Metric(
    "adaptive.detection_accuracy", "%", Better.HIGHER, description="Windows of labelled data named as labelled"
)
TIME: Final = Metric(
    "adaptive.detection_time",
    "ms",
    Better.LOWER,
    description="Sample, detection and decision for one block; the least of repeats, one value a block",
)
WINDOW: Final = 1 << 20
STEP: Final = 1 << 18


def windows(kind: Kind) -> list[bytes]:
    """Blocks of at most 1 MiB that begin at a line, a quarter of a MiB apart."""
    starts = range(0, max(1, len(kind.data) - WINDOW + 1), STEP)
    return [kind.data[_line_from(kind.data, start) :][:WINDOW] for start in starts]


def _line_from(data: bytes, start: int) -> int:
    return data.find(b"\n", start, start + (1 << 14)) + 1 if start else 0


def seconds_of(block: bytes, repeats: int) -> float:
    """The least processor time of one look at the block. The tree is walked each time.

    A look is one thread's arithmetic and waits for nothing, so this is its wall time on an idle machine. Other work on
    the machine only ever adds time (the advice of Python's timeit).
    """
    return min(_look_once(block) for _ in range(repeats))


def fastest(blocks: Sequence[bytes], repeats: int, passes: int) -> list[float]:
    """For every block, the least over several passes over all blocks.

    Other work on the machine comes in phases, and each pass meets another phase.
    """
    taken = [[seconds_of(block, repeats) for block in blocks] for _ in range(passes)]
    return [min(of_one) for of_one in zip(*taken, strict=True)]


def _look_once(block: bytes) -> float:
    began = time.thread_time()
    look(block)
    return time.thread_time() - began


def detection(context: TaskContext) -> None:
    """Look at every window, with the kernels loaded as in any process that encodes. Record correct answers and time."""
    from encoder.glyphs.ready import load_transform  # noqa: PLC0415 - runners load the encoder when they run

    load_transform()
    repeats, passes = whole(context.params, "repeats", 9), whole(context.params, "passes", 3)
    looked_at = [(kind, block) for kind in collect(context, "2MiB") for block in windows(kind)]
    seconds = fastest([block for _, block in looked_at], repeats, passes)
    rows: list[tuple[str, str, str, float, float]] = []
    for (kind, block), took in zip(looked_at, seconds, strict=True):
        pattern, _ = look(block)
        label = kind.label.value if kind.label else ""
        rows.append((kind.name, label, pattern.tree.value, pattern.confidence, 1e3 * took))
    write_text(
        context, "detection.csv", csv_text(("kind", "label", "seen", "confidence", "ms"), rows), title="Every window"
    )
    labelled = [row for row in rows if row[1]]
    wrong = sorted({f"{row[0]} seen as {row[2]}" for row in labelled if row[1] != row[2]})
    context.note(f"{len(rows)} windows; named otherwise than labelled: {', '.join(wrong) or 'none'}")
    right = sum(row[1] == row[2] for row in labelled)
    context.samples(
        ACCURACY,
        [100 * right / len(labelled)],
        cases=len(labelled),
        method="PatternDetector on windows of up to 1 MiB of each labelled kind, against the label",
        artifacts=["detection.csv"],
    )
    context.samples(
        TIME,
        [row[4] for row in rows],
        cases=len(rows),
        method="processor time of the one thread that runs take_sample, detect and decide on each window, kernels "
        "loaded, "
        f"the least of {passes} times {repeats}",
        artifacts=["detection.csv"],
    )


DETECTION: Final = Runner("adaptive.detection", detection, (ACCURACY, TIME), "Pattern detection: accuracy and time")
