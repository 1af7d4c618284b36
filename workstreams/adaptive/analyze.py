"""Ratio by tree type: every strategy on every kind of data."""

from collections.abc import Mapping, Sequence
from typing import Final

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.adaptive.kinds import Kind, collect
from workstreams.adaptive.trial import BASE_LEVEL, look, trees, try_trees
from workstreams.parameters import whole
from workstreams.tables import Cell, csv_text, markdown_table
from workstreams.upstream import write_json, write_text

BEST_TREE_GAIN: Final = Metric(
    "adaptive.best_tree_gain",
    "%",
    Better.HIGHER,
    Form.INCREASE,
    "Ratio of each kind's best tree type over that of the log tree, at one back-end level",
    exact=True,
)


def by_tree(kind: Kind, block_size: int, level: int) -> dict[str, int]:
    """Bytes of the kind under each tree type."""
    totals = {tree.value: 0 for tree in trees()}
    for block in kind.blocks(block_size):
        pattern, _ = look(block)
        for tree, trial in try_trees(block, level, pattern.separator).items():
            totals[tree.value] += trial.size
    return totals


def analyze(context: TaskContext) -> None:
    """Measure, and leave the table as JSON, CSV and Markdown."""
    from encoder.block.codec import warm  # noqa: PLC0415 - runners load the encoder when they run

    warm()
    level = whole(context.params, "level", BASE_LEVEL)
    kinds = collect(context)
    sizes = {kind.name: by_tree(kind, 1 << 20, level) for kind in kinds}
    for kind in kinds:
        best = min(sizes[kind.name], key=sizes[kind.name].__getitem__)
        context.note(f"{kind.name}: {best} is smallest, {len(kind.data) / sizes[kind.name][best]:.2f} x")
    leave(context, kinds, sizes, level)
    context.compare(
        BEST_TREE_GAIN,
        treatment=[len(kind.data) / min(sizes[kind.name].values()) for kind in kinds],
        baseline=[len(kind.data) / sizes[kind.name]["log"] for kind in kinds],
        arm_unit="x",
        exact=True,
        labels=[kind.name for kind in kinds],
        cases=len(kinds),
        method=f"encode_block on blocks of 1 MiB of each kind with every tree type, zstd {level}; the best against log",
        artifacts=["ratios.json"],
    )


def leave(context: TaskContext, kinds: Sequence[Kind], sizes: Mapping[str, Mapping[str, int]], level: int) -> None:
    """The table of ratios as JSON, CSV and Markdown. sizes: bytes out by kind and tree type."""
    titles = ["kind", "origin", "bytes", *(f"{tree.value} x" for tree in trees())]
    rows: list[list[Cell]] = [
        [
            kind.name,
            "real" if kind.real else "made",
            len(kind.data),
            *(len(kind.data) / sizes[kind.name][t.value] for t in trees()),
        ]
        for kind in kinds
    ]
    write_json(context, "ratios.json", {"level": level, "bytes_out": sizes}, title="Bytes out by kind and tree type")
    write_text(context, "ratios.csv", csv_text(titles, rows), title="Ratio by kind and tree type")
    heading = f"# Compression ratio by tree type, zstd {level} behind each\n\n"
    write_text(context, "ratios.md", heading + markdown_table(titles, rows), title="Ratio by tree type")


ANALYZE: Final = Runner("adaptive.analyze", analyze, (BEST_TREE_GAIN,), "Compression ratio by tree type")
