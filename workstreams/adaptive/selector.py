"""The adaptive selector on a stream that changes its nature.

It measures decisions, switches, and regret against the best choice.
"""

from typing import TYPE_CHECKING, Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.adaptive.kinds import collect
from workstreams.adaptive.trial import BASE_LEVEL, at_level, regret, try_trees
from workstreams.parameters import whole
from workstreams.tables import csv_text
from workstreams.upstream import write_text

if TYPE_CHECKING:
    from encoder import Strategy

REGRET: Final = Metric(
    "adaptive.selector_regret",
    "%",
    Better.LOWER,
    description="How much larger each block is than with the best tree type known afterwards",
)
SWITCHES: Final = Metric("adaptive.switches", "counts", Better.NEITHER, description="Changes of strategy in the stream")
DECISIONS: Final = Metric("adaptive.decisions", "counts", Better.NEITHER, description="Times that the tree was asked")


def mixed_stream(context: TaskContext, block_size: int, each: int) -> list[tuple[str, bytes]]:
    """`each` blocks of every kind, one kind after the other, as in an archive of many files."""
    kinds = collect(context, "1MiB")
    return [(kind.name, block) for kind in kinds for block in kind.blocks(block_size)[:each]]


def selector(context: TaskContext) -> None:
    """Let the selector process the stream, and the oracle after it."""
    from encoder import AdaptiveCompressionSelector, load_profile  # noqa: PLC0415 - runners load the encoder when they run
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    chooser = AdaptiveCompressionSelector(at_level(load_profile("tuned").strategies, BASE_LEVEL))
    rows: list[tuple[str, str, str, float]] = []
    for name, block in mixed_stream(context, 1 << 19, whole(context.params, "blocks_per_kind", 2)):
        choice: Strategy = chooser.select(block)
        sizes = try_trees(block, BASE_LEVEL, choice.separator)
        best = min(sizes, key=lambda tree: sizes[tree].size)
        rows.append((name, choice.tree.value, best.value, regret(sizes, choice.tree)))
    seen = chooser.observations
    context.note(
        f"{seen.blocks} blocks, {seen.detections} looked at, {seen.decisions} decisions, {seen.switches} switches, "
        f"{1e3 * seen.seconds / max(1, seen.blocks):.3f} ms a block"
    )
    write_text(context, "selector.csv", csv_text(("kind", "chosen", "best", "regret_percent"), rows), title="Choices")
    method = (
        f"AdaptiveCompressionSelector over blocks of 512 KiB of every kind in turn; zstd {BASE_LEVEL} behind every tree"
    )
    context.samples(REGRET, [row[3] for row in rows], cases=len(rows), method=method, artifacts=["selector.csv"])
    context.samples(SWITCHES, [seen.switches], cases=seen.blocks, method=method)
    context.samples(DECISIONS, [seen.decisions], cases=seen.blocks, method=method)


SELECTOR: Final = Runner(
    "adaptive.selector", selector, (REGRET, SWITCHES, DECISIONS), "Adaptive selector against the best choice"
)
