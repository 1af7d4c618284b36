"""The round-trip suite: many inputs under every profile, in one call and as a stream, compared to the byte."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.integration.points import TUNED
from workstreams.integration.proof import decodes_to, read_from_file, spoiled, written_in_pieces
from workstreams.parameters import size
from workstreams.tables import csv_text
from workstreams.upstream import artifact_above, write_text
from workstreams.validation.inputs import edges, kinds

if TYPE_CHECKING:
    from encoder import Profile

FAILURES: Final = Metric(
    "validation.roundtrip_failures", "failures", Better.LOWER, description="Cases that do not come back byte for byte"
)


def profiles(context: TaskContext) -> "dict[str, Profile]":
    """Both built-in profiles, and the merged one if integration left it."""
    from encoder import load_profile  # noqa: PLC0415 - runners load the encoder when they run

    merged = artifact_above(context, TUNED, "INTEGRATION")
    found = {name: load_profile(name) for name in ("baseline", "tuned")}
    return found | ({"merged": load_profile(str(merged))} if merged else {})


def ways(profile: "Profile", data: bytes) -> Iterator[tuple[str, bytes]]:
    """Each way to encode, with what it writes."""
    from encoder import encode  # noqa: PLC0415 - as above

    yield "one call", encode(data, profile)
    yield "from a file", read_from_file(profile, data)
    yield "in pieces", written_in_pieces(profile, data, 30_011)


def failure_of(blob: bytes, data: bytes) -> str:
    """What is wrong with a case, "" for nothing. An error is a failure, like wrong bytes."""
    from encoder.errors import GlyphError  # noqa: PLC0415 - as above

    try:
        return "" if decodes_to(blob, data) else "other bytes"
    except GlyphError as error:
        return f"{type(error).__name__}: {error}"


def spoiled_failures(given: Mapping[str, bytes]) -> int:
    """How many inputs with a flipped first bit the comparison finds changed. It must be all of them.

    The bit is flipped before the input is encoded.
    """
    from encoder import encode  # noqa: PLC0415 - as above

    return sum(bool(failure_of(encode(spoiled(data)), data)) for data in given.values() if data)


def roundtrip(context: TaskContext) -> None:
    """Every input, profile and way."""
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    seed = 1 + context.seed % 1000
    given = {**edges(seed), **kinds(size(context.params, "size", "256KiB"), seed)}
    rows = [
        (name, profile_name, way, len(data), len(blob), failure_of(blob, data))
        for profile_name, profile in profiles(context).items()
        for name, data in given.items()
        for way, blob in ways(profile, data)
    ]
    titles = ("input", "profile", "way", "bytes", "encoded", "failure")
    write_text(context, "roundtrip.csv", csv_text(titles, rows), title="Round trips")
    failed = [row for row in rows if row[5]]
    for row in failed[:10]:
        context.note(f"{row[0]} with {row[1]}, {row[2]}: {row[5]}")
    context.note(f"{len(rows)} cases of {len(given)} inputs, {len(failed)} failed")
    context.samples(
        FAILURES,
        [len(failed)],
        cases=len(rows),
        method="every input under every profile in three ways of encoding, decoded as a stream, sha256 compared",
        artifacts=["roundtrip.csv"],
        negative=[spoiled_failures(given)],
        negative_of="each input held against what an input with its first bit flipped was encoded to",
    )


ROUNDTRIP: Final = Runner("validation.roundtrip", roundtrip, (FAILURES,), "Round-trip suite")
