"""B.boundaries: records cut at any byte. However the input is cut into writes, the stream is the same to the byte."""

import io
import random
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Final

from encoder.profile import PoolSettings, Profile, load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
from orchestrator.runner import TaskContext
from workstreams.corpus import server_log
from workstreams.documents import write_json
from workstreams.parameters import whole
from workstreams.streaming.metrics import BOUNDARY_MISMATCHES

BLOCK: Final = 768


@dataclass(frozen=True, slots=True)
class Row:
    """One text with one family of cuts."""

    text: str
    cuts: str
    cases: int
    mismatches: int


def small_blocks(strategy: Strategy) -> Profile:
    """A profile with blocks so small that a short text has many joins."""
    pool = PoolSettings(4, adaptive=False, minimum=4, maximum=4)
    return replace(load_profile("baseline"), name="joins", block_size=BLOCK, pool=pool, strategy=strategy)


def texts(seed: int) -> dict[str, bytes]:
    """Inputs whose joins are awkward, each a few blocks long."""
    log = server_log(2 * BLOCK, seed)
    return {
        "log lines": log,
        "no newline at the end": log.rstrip(b"\n"),
        "CRLF": log.replace(b"\n", b"\r\n"),
        "a record longer than two blocks": log[:300] + b"x" * (2 * BLOCK + 17) + b"\n" + log[:300],
        "a newline exactly at the block's end": (b"a" * (BLOCK - 1) + b"\n") * 2,
        "broken UTF-8 and NULs": bytes(range(256)) * 9,
    }


def boundaries(ctx: TaskContext) -> None:
    """Every cut in two of every text, and seeded cuts in many."""
    rng = random.Random(ctx.seed)  # noqa: S311 - where to cut
    plain = small_blocks(Strategy(TreeType.TEXT, BackEnd.ZSTD, 1))
    glyphs = small_blocks(Strategy(TreeType.LOG, BackEnd.ZSTD, 3))
    many = whole(ctx.params, "seeded_cuts", 30)
    rows = []
    for name, text in texts(ctx.seed).items():
        rows.append(Row(name, "every cut in two", *examine(text, every_cut(len(text)), plain)))
        rows.append(Row(name, "seeded", *examine(text, seeded_cuts(len(text), rng, many), glyphs)))
    write_json(ctx.artifact("boundaries.json", title="Boundary conditions examined"), [asdict(row) for row in rows])
    cases = sum(row.cases for row in rows)
    ctx.samples(
        BOUNDARY_MISMATCHES,
        [row.mismatches for row in rows],
        method="the stream written with each cut against the one-shot encoding, byte by byte, and decoded back",
        cases=cases,
        artifacts=["boundaries.json"],
        negative=[spoiled_mismatches(ctx.seed, plain)],
        negative_of="the same cuts of a text in which one byte was changed on the way",
    )
    ctx.note(f"{cases} ways to cut {len(rows) // 2} texts were examined")


def spoiled_mismatches(seed: int, profile: Profile) -> int:
    """What the comparison finds if a byte of the text is changed before it is written. Every cut must show it."""
    from encoder import encode  # noqa: PLC0415 - loaded on use: registering stays light

    text = next(iter(texts(seed).values()))
    spoiled = bytes([text[0] ^ 1]) + text[1:]
    expected = encode(text, profile)
    return sum(written(spoiled, [cut], profile) != expected for cut in range(0, len(text), BLOCK // 2))


def every_cut(length: int) -> Iterator[list[int]]:
    """Each way to cut in two."""
    return ([cut] for cut in range(length + 1))


def seeded_cuts(length: int, rng: random.Random, count: int) -> Iterator[list[int]]:
    """`count` ways to cut in many, of 2 to 40 pieces."""
    return (sorted(rng.choices(range(length + 1), k=rng.randrange(1, 40))) for _ in range(count))


def examine(text: bytes, cuts: Iterator[list[int]], profile: Profile) -> tuple[int, int]:
    """How many cuts there were, and how many failed.

    A cut fails if it gives other bytes than the one-shot encoding. The one-shot encoding fails if it does not decode
    to the text.
    """
    from encoder import decode, encode  # noqa: PLC0415 - loaded on use: registering stays light

    expected = encode(text, profile)
    wrong = int(decode(expected) != text)
    cases = 1
    for places in cuts:
        cases += 1
        wrong += written(text, places, profile) != expected
    return cases, wrong


def written(text: bytes, places: list[int], profile: Profile) -> bytes:
    """The stream of the text handed over in the pieces between these places."""
    from encoder.stream.encoder import StreamingEncoder  # noqa: PLC0415 - as above

    sink = io.BytesIO()
    with StreamingEncoder(sink, profile) as stream:
        for start, end in zip([0, *places], [*places, len(text)], strict=True):
            stream.write(text[start:end])
    return sink.getvalue()
