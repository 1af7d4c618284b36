"""What each column of a glyph file costs, as a table with bars."""

import sys
from dataclasses import dataclass
from typing import Final

from encoder.block.codec import ColumnInfo
from encoder.cli.reporting import human_size
from encoder.cli.stream_info import StreamInfo

BAR_WIDTH: Final = 24
PIPED_WIDTH: Final = 120
"""Where no terminal says how wide it is."""


@dataclass(frozen=True, slots=True)
class Cost:
    """One line: what it is, and its encoded bytes. column: None for what belongs to no column."""

    name: str
    encoded_bytes: int
    column: ColumnInfo | None = None


def costs_of(info: StreamInfo, columns: list[ColumnInfo], most: int) -> list[Cost]:
    """Where the file's bytes go, the costliest first, adding up to its size. Pure.

    columns: of all blocks, costliest first. Those after the first `most` are one line; so are templates and ids, the
    blocks that were not transformed, and what the container takes.
    """
    transformed = sum(block.body_size for block in info.blocks if block.body.columns)
    plain = sum(block.body_size for block in info.blocks if not block.body.columns)
    lines = [Cost(column.name, column.encoded_bytes, column) for column in columns[:most]]
    lines += [
        Cost(f"{len(columns) - most} cheaper columns", sum(column.encoded_bytes for column in columns[most:])),
        Cost("templates, ids, lengths", transformed - sum(column.encoded_bytes for column in columns)),
        Cost("blocks without columns", plain),
        Cost("container and index", info.size - transformed - plain),
    ]
    return sorted((line for line in lines if line.encoded_bytes), key=lambda line: (-line.encoded_bytes, line.name))


def bar_of(share: float, *, drawn: bool) -> str:
    """A bar of `BAR_WIDTH` for a share of 1; with eighths of a block where they can be drawn. Pure."""
    if not drawn:
        return "#" * round(share * BAR_WIDTH)
    eighths = round(share * BAR_WIDTH * 8)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def draw_costs(info: StreamInfo, columns: list[ColumnInfo], most: int) -> None:
    """Print the table to standard output, as wide as the terminal."""
    from rich.console import Console  # noqa: PLC0415 - only where a table is drawn
    from rich.table import Table  # noqa: PLC0415 - as above

    drawn = (sys.stdout.encoding or "").lower().startswith("utf")
    table = Table(box=None, pad_edge=False, title_justify="left", padding=(0, 2, 0, 0))
    for heading in ("encoded", "share"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for heading in ("decoded", "values"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("column", no_wrap=True)
    for cost in costs_of(info, columns, most):
        table.add_row(*_cells(cost, info.size, drawn=drawn))
    width = None if sys.stdout.isatty() else PIPED_WIDTH
    Console(markup=False, highlight=False, emoji=False, width=width).print(table)


def _cells(cost: Cost, size: int, *, drawn: bool) -> tuple[str, ...]:
    share = cost.encoded_bytes / size
    cells = (human_size(cost.encoded_bytes), f"{share:.1%}", bar_of(share, drawn=drawn))
    if cost.column is None:
        return (*cells, "", "", "", f"({cost.name})")
    return (*cells, human_size(cost.column.raw_bytes), f"{cost.column.values:,}", cost.column.kind, cost.name)
