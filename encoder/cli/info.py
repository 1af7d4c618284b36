"""`info`: what is in a glyph file, from its trailer and its blocks' own headers; nothing is decoded."""

import dataclasses
import json
from collections import Counter
from pathlib import Path
from typing import Any

from encoder.cli.costs import draw_costs
from encoder.cli.files import opened_input
from encoder.cli.progress import waiting
from encoder.cli.reporting import UsageError, human_size, say
from encoder.cli.stream_info import BlockLine, StreamInfo, column_costs, describe
from encoder.errors import FormatError, LimitError
from encoder.limits import Limits
from encoder.stream.members import Member


def info_waiting(paths: list[Path], limits: Limits, *, blocks: bool, most: int, as_json: bool) -> None:
    """As `show_info`, with a word to who waits."""
    with waiting("reading blocks"):
        show_info(paths, limits, blocks=blocks, most=most, as_json=as_json)


def show_info(paths: list[Path], limits: Limits, *, blocks: bool, most: int, as_json: bool) -> None:
    """Print every file's description, with its `most` costliest columns. Raises UsageError, FormatError, LimitError."""
    found = [_described(path, limits) for path in paths]
    if as_json:
        documents = [to_document(info) for info in found]
        say(json.dumps(documents[0] if len(documents) == 1 else documents, indent=2))
        return
    for number, info in enumerate(found):
        say(("\n" if number else "") + "\n".join(to_lines(info, blocks=blocks)))
        draw_costs(info, column_costs(info.blocks), most)


def to_document(info: StreamInfo) -> dict[str, Any]:
    """The description as plain data for JSON."""
    return {
        "file": info.name,
        "format": info.format,
        "size": info.size,
        "raw_size": info.raw_size,
        "ratio": round(info.ratio, 4),
        "records": info.records,
        "xxh3_64": info.checksum,
        "block_size": info.block_size,
        "streams": [_stream_document(stream) for stream in info.streams],
        "trees": _counts(info, "tree"),
        "back_ends": _counts(info, "back_end"),
        "fell_back": sum(block.body.fell_back for block in info.blocks),
        "codebooks": len(_codebooks(info)),
        "columns": [dataclasses.asdict(column) for column in column_costs(info.blocks)],
        "blocks": [_block_document(block) for block in info.blocks],
    }


def to_lines(info: StreamInfo, *, blocks: bool) -> list[str]:
    """The description for people."""
    several = len(info.streams) > 1
    lines = [
        info.name,
        f"  format     {info.format}",
        f"  size       {human_size(info.size)} ({info.size:,} bytes)",
        f"  decoded    {human_size(info.raw_size)} ({info.raw_size:,} bytes), ratio {info.ratio:.2f}",
        f"  records    {info.records:,}",
        f"  streams    {len(info.streams)}, each with a checksum"
        if several
        else f"  checksum   xxh3-64 {info.checksum}",
        f"  blocks     {len(info.blocks)} of at most {human_size(info.block_size)}",
        f"  trees      {_listed(_counts(info, 'tree'))}",
        f"  back ends  {_listed(_counts(info, 'back_end'))}",
        f"  fell back  {sum(block.body.fell_back for block in info.blocks)}",
    ]
    if _codebooks(info):
        referring = sum(block.codebook is not None for block in info.blocks)
        lines.append(f"  codebooks  {len(_codebooks(info))}, referred to by {referring} blocks")
    return lines + (_block_lines(info) if blocks else [])


def _stream_document(stream: Member) -> dict[str, Any]:
    totals = stream.trailer.totals
    return {
        "offset": stream.start,
        "raw_offset": stream.raw_start,
        "raw_size": totals.raw_size,
        "records": totals.records,
        "blocks": len(stream.trailer.entries),
        "xxh3_64": f"{totals.check:016x}",
    }


def _described(path: Path, limits: Limits) -> StreamInfo:
    try:
        with opened_input(str(path)) as file:
            if str(path) == "-" or not file.seekable():
                raise UsageError(f"{path}: info needs a file that it can read from the end, not a pipe")
            return describe(str(path), file, limits)
    except (FormatError, LimitError) as error:
        raise type(error)(f"{path}: {error}") from error
    except IsADirectoryError as error:
        raise UsageError(f"{path}: is a directory") from error


def _counts(info: StreamInfo, what: str) -> dict[str, int]:
    if what == "tree":
        names = [block.body.tree.value for block in info.blocks]
    else:
        names = [f"{block.body.back_end.value} {block.body.level}" for block in info.blocks]
    return dict(Counter(names).most_common())


def _codebooks(info: StreamInfo) -> set[int]:
    """Where the codebooks stand that blocks refer to."""
    return {block.codebook for block in info.blocks if block.codebook is not None}


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} x {count}" for name, count in counts.items()) or "none"


def _block_document(block: BlockLine) -> dict[str, Any]:
    body = {key: value for key, value in dataclasses.asdict(block.body).items() if key not in {"columns", "records"}}
    sizes = {
        "offset": block.offset,
        "raw_size": block.raw_size,
        "body_size": block.body_size,
        "records": block.records,
        "codebook": block.codebook,
    }
    return sizes | body


def _block_lines(info: StreamInfo) -> list[str]:
    lines = ["  blocks", f"    {'offset':>12}  {'decoded':>10}  {'encoded':>10}  {'records':>9}  tree, back end"]
    for block in info.blocks:
        body = block.body
        how = f"{body.tree.value}, {body.back_end.value} {body.level}" + (" (fell back)" if body.fell_back else "")
        lines.append(
            f"    {block.offset:>12,}  {block.raw_size:>10,}  {block.body_size:>10,}  {block.records:>9,}  {how}"
        )
    return lines
