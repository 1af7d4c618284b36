"""The merges of buffer pool, streaming API and adaptive selector, one after the other, into one profile."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams import corpus
from workstreams.documents import read_json
from workstreams.integration.merge import Change, Merge, changes_of, merge, unflatten
from workstreams.integration.proof import decodes_to, read_from_file, spoiled, written_in_pieces
from workstreams.parameters import size
from workstreams.upstream import artifact_above, needed_artifact, needed_json, write_json, write_text

if TYPE_CHECKING:
    from encoder import Profile

CONFLICTS: Final = Metric(
    "integration.conflicts", "conflicts", Better.LOWER, description="Settings that two workstreams set differently"
)
DIFFERENCES: Final = Metric(
    "integration.output_differences",
    "differences",
    Better.LOWER,
    description="Inputs whose encoded bytes change although only the pool or the way of feeding does",
)
MISMATCHES: Final = Metric(
    "integration.mismatches",
    "mismatches",
    Better.LOWER,
    description="Inputs that the merged profile does not give back",
)
TUNED: Final = "tuned.json"
SMALL: Final = {"one byte": b"x", "no line end": b"a line\nand half a"}
SPOILED: Final = "inputs of which the first bit was flipped on the way"
PROFILES: Final = {"A": "buffer-profile.json", "B": "streaming-profile.json", "D": "adaptive-profile.json"}
"""Workstream → the artifact with its resulting profile. A workstream without one changes no setting."""


def origin() -> dict[str, Any]:
    """The profile that every workstream started from: the baseline."""
    from encoder import load_profile  # noqa: PLC0415 - runners load the encoder when they run

    document: dict[str, Any] = json.loads(load_profile("baseline").to_json())
    return document


def proposals_of(context: TaskContext, group: str) -> list[Change]:
    """What the workstream's profile changes. Empty if it left no profile."""
    path = artifact_above(context, PROFILES[group], group)
    found = changes_of(group, read_json(path), origin()) if path else []
    said = ", ".join(f"{change.path} = {json.dumps(change.value)}" for change in found[:6])
    context.note(f"{group} changes {len(found)} settings{': ' + said if said else ''}{', …' if len(found) > 6 else ''}")
    return found


def earlier(context: TaskContext, artifact: str) -> list[Change]:
    """The proposals beside the profile that an earlier merge left."""
    return [Change(**plain) for plain in needed_json(context, beside(artifact))]


def beside(artifact: str) -> str:
    """The name of the file with the proposals from which a profile was merged."""
    return f"proposals-of-{artifact}"


def built(merged: Merge, name: str) -> "Profile":
    """The merged settings as a profile, read back strictly."""
    from encoder import parse_profile  # noqa: PLC0415 - as above

    text = {"name": name, "description": "Merged from the results of the workstreams."}
    return parse_profile(json.dumps(unflatten(merged.settings) | text), name)


def settle(context: TaskContext, proposals: Sequence[Change], artifact: str) -> "Profile":
    """Merge, leave the profile and the proposals, record conflicts."""
    merged = merge(origin(), proposals)
    profile = built(merged, "tuned" if artifact == TUNED else artifact.removesuffix(".json"))
    write_text(context, artifact, profile.to_json(), title="Merged profile")
    write_json(context, beside(artifact), [asdict(change) for change in proposals], title="Settings proposed so far")
    write_json(
        context, "conflicts.json", [asdict(it) for it in merged.conflicts], title="Conflicts between workstreams"
    )
    context.samples(
        CONFLICTS,
        [len(merged.conflicts)],
        cases=len(merged.changes),
        method="settings that two workstreams' profiles change to different values; the owner's value is kept",
        artifacts=["conflicts.json"],
    )
    for it in merged.conflicts:
        context.note(
            f"conflict: {it.path} is {it.kept!r} by {it.kept_from}, {it.refused!r} by {it.refused_from}; kept the "
            f"former"
        )
    return profile


def inputs(context: TaskContext) -> dict[str, bytes]:
    """Data to prove a merge with: every made kind, and inputs without a full block."""
    wanted = size(context.params, "size", "1MiB")
    made = {name: make(wanted * 2, 1) for name, make in corpus.GENERATED.items()}
    return made | {"nothing": b""} | SMALL


def merge_buffer(context: TaskContext) -> None:
    """Point 1: the pool of workstream A. The pool must not change a single byte of output."""
    from encoder import load_profile  # noqa: PLC0415 - as above
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    profile = settle(context, proposals_of(context, "A"), "merged-buffer.json")
    before = load_profile("baseline")
    given = inputs(context)
    differing = [name for name, data in given.items() if read_from_file(profile, data) != read_from_file(before, data)]
    seen = sum(read_from_file(profile, spoiled(data)) != read_from_file(before, data) for data in SMALL.values())
    record_differences(context, differing, len(given), "with the merged pool against the baseline's", seen)


def record_differences(context: TaskContext, differing: Sequence[str], cases: int, what: str, seen: int) -> None:
    """Report which inputs' bytes differ, and count them.

    seen: how many differences the comparison finds in spoiled inputs.
    """
    context.note(f"{cases} comparisons {what}; different bytes: {', '.join(differing) or 'none'}")
    context.samples(
        DIFFERENCES,
        [len(differing)],
        cases=cases,
        method=f"bytes written by StreamingEncoder, {what}",
        negative=[seen],
        negative_of=SPOILED,
    )


def streaming_api(context: TaskContext) -> None:
    """Point 2: the streaming interface on the merged pool. However it is fed, it writes the bytes of one call."""
    from encoder import encode  # noqa: PLC0415 - as above
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    profile = settle(
        context, earlier(context, "merged-buffer.json") + proposals_of(context, "B"), "merged-streaming.json"
    )
    differing, cases = [], 0
    for name, data in inputs(context).items():
        whole = encode(data, profile)
        ways = {f"pieces of {piece}": written_in_pieces(profile, data, piece) for piece in (4093, 65536, (1 << 20) + 1)}
        ways["a file"] = read_from_file(profile, data)
        differing += [f"{name} in {way}" for way, blob in ways.items() if blob != whole]
        cases += len(ways)
    seen = sum(read_from_file(profile, spoiled(data)) != encode(data, profile) for data in SMALL.values())
    record_differences(context, differing, cases, "however it is fed against one call", seen)


def adaptive(context: TaskContext) -> None:
    """Point 3: the adaptive selector. The result is the tuned profile. All that it encodes must decode to the input."""
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    needed_artifact(context, PROFILES["D"], "D")
    profile = settle(context, earlier(context, "merged-streaming.json") + proposals_of(context, "D"), TUNED)
    given = inputs(context)
    wrong = [name for name, data in given.items() if not decodes_to(read_from_file(profile, data), data)]
    context.note(f"{len(given)} inputs there and back with {TUNED}; not equal: {', '.join(wrong) or 'none'}")
    context.samples(
        MISMATCHES,
        [len(wrong)],
        cases=len(given),
        method="StreamingEncoder with the merged profile, StreamingDecoder, sha256 of both ends",
        artifacts=[TUNED],
        negative=[sum(not decodes_to(read_from_file(profile, spoiled(data)), data) for data in SMALL.values())],
        negative_of=SPOILED,
    )


MERGE_BUFFER: Final = Runner(
    "integration.merge_buffer", merge_buffer, (CONFLICTS, DIFFERENCES), "Merge the buffer optimizations"
)
STREAMING_API: Final = Runner(
    "integration.streaming_api", streaming_api, (CONFLICTS, DIFFERENCES), "Streaming interface on the merged pool"
)
ADAPTIVE: Final = Runner("integration.adaptive", adaptive, (CONFLICTS, MISMATCHES), "Adaptive selector, tuned profile")
