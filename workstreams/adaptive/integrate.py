"""The adaptive selector built into the encoder: a derived profile, and the proof that it round-trips."""

import hashlib
import io
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from orchestrator.evidence.metric import Better, Metric
from orchestrator.runner import Runner, TaskContext
from workstreams.adaptive.derive import derive_profile, try_levels
from workstreams.adaptive.kinds import Kind, collect
from workstreams.parameters import whole
from workstreams.upstream import write_json, write_text

if TYPE_CHECKING:
    from encoder import Profile

PROFILE: Final = "adaptive-profile.json"
MISMATCHES: Final = Metric(
    "adaptive.roundtrip_mismatches", "mismatches", Better.LOWER, description="Kinds that do not come back byte for byte"
)


def comes_back(profile: "Profile", kind: Kind) -> bool:
    """Whether the streaming encoder's output under the profile decodes to the kind's bytes, checked by digest."""
    from encoder import StreamingDecoder, StreamingEncoder  # noqa: PLC0415 - runners load the encoder when they run

    sink = io.BytesIO()
    with StreamingEncoder(sink, profile) as stream:
        stream.encode_from(io.BytesIO(kind.data))
    sink.seek(0)
    digest = hashlib.sha256()
    with StreamingDecoder(sink) as source:
        while piece := source.read(1 << 20):
            digest.update(piece)
    return digest.digest() == hashlib.sha256(kind.data).digest()


def integrate(context: TaskContext) -> None:
    """Derive, write, read back, encode and decode."""
    from encoder import load_profile, parse_profile  # noqa: PLC0415 - as above
    from encoder.block.codec import warm  # noqa: PLC0415 - as above

    warm()
    kinds = collect(context)
    tuned = load_profile("tuned")
    trials = try_levels(kinds, tuned, load_profile("baseline"), whole(context.params, "repeats", 3))
    profile = derive_profile(tuned, trials)
    text = profile.to_json()
    if parse_profile(text, PROFILE) != profile:
        raise AssertionError("the derived profile does not read back as it was written")
    write_text(context, PROFILE, text, title="Derived adaptive profile")
    rows = [asdict(trial) | {"time_share": trial.time_share} for tree in trials.values() for trial in tree]
    write_json(context, "levels.json", rows, title="Level trials")
    levels = ", ".join(f"{tree.value} {plan.level}" for tree, plan in profile.strategies.items())
    context.note(f"zstd level by tree type: {levels}")
    wrong = [kind.name for kind in kinds if not comes_back(profile, kind)]
    context.note(f"{len(kinds)} kinds through the streaming encoder and back; not equal: {', '.join(wrong) or 'none'}")
    context.samples(
        MISMATCHES,
        [len(wrong)],
        cases=len(kinds),
        method="StreamingEncoder with the derived profile, StreamingDecoder, sha256 of both ends",
        artifacts=[PROFILE],
    )


INTEGRATE: Final = Runner("adaptive.integrate", integrate, (MISMATCHES,), "Derived adaptive profile, round trip proven")
