"""Markdown and CSV tables from rows of plain values."""

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """A table that code-hosting pages show; numbers are right-aligned. Ends with a line end."""
    lines = [[_shown(cell) for cell in row] for row in rows]
    numeric = [all(_is_number(row[column]) for row in lines) for column in range(len(titles))]
    marks = ["---:" if right and lines else "---" for right in numeric]
    return "".join(f"| {' | '.join(line)} |\n" for line in [[*titles], marks, *lines])


def csv_text(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """The same as CSV (RFC 4180 quoting, line feeds)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows(rows)
    return out.getvalue()


def _shown(cell: Cell) -> str:
    text = (
        f"{cell:.4g}"
        if isinstance(cell, float) and abs(cell) < 1000
        else f"{cell:.0f}"
        if isinstance(cell, float)
        else str(cell)
    )
    return text.replace("|", "\\|").replace("\n", " ")


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(".", "", 1).replace("%", "").strip().isdigit()
