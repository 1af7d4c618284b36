"""With what a stream is encoded: its profile and threads, where its blocks end, and who selects their strategies."""

from dataclasses import replace
from pathlib import Path

from encoder.detect.codebooks import CarryingSelector
from encoder.detect.lazy import LEAST_CUT_BY_KIND, LazyCutting, LazySelector
from encoder.detect.lengthen import Lengthening
from encoder.detect.ports import StrategySelector
from encoder.detect.records import AT_RECORDS, Cutting
from encoder.errors import ProfileError
from encoder.glyphs.segments import SegmentPlace
from encoder.profile import MOST_WORKERS, Profile, load_profile
from encoder.strategy import Strategy


def choosers_for(profile: Profile, selector: StrategySelector | None = None) -> tuple[Cutting, StrategySelector]:
    """For one stream of the profile, where blocks end, and who selects their strategies; `selector` in place of the
    profile's own.

    Blocks end at a record; where the profile chooses for each block, also where the kind of data changes, and later
    where its bytes stay plain. Its selector carries where the profile has a codebook.
    """
    by_kind = LazyCutting()
    cutting = by_kind.cutting if profile.adaptive and profile.block_size >= LEAST_CUT_BY_KIND else AT_RECORDS
    if selector is not None:
        return cutting, selector
    own = _selector_for(profile)
    if profile.longest_block > profile.block_size:
        own = lengthening = Lengthening(own, by_kind.change_in, profile.longest_block)
        cutting = lengthening.cutting
    if profile.codebook is not None:
        own = CarryingSelector(own, profile.codebook, standard_block_encoder)
    return cutting, own


def _selector_for(profile: Profile) -> StrategySelector:
    """Adaptive, or always the profile's one strategy."""
    if profile.adaptive:
        return LazySelector(profile)
    from encoder.detect.fixed import FixedStrategySelector  # noqa: PLC0415 - loaded where used

    return FixedStrategySelector(profile.strategy)


def resolve_profile(profile: str | Path | Profile) -> Profile:
    """A profile given by name, by path or as itself. Raises ProfileError."""
    return profile if isinstance(profile, Profile) else load_profile(profile)


def with_threads(profile: Profile, threads: int | None) -> Profile:
    """The profile with that many encoding threads, and a pool that can feed them; as it is for None. Raises
    ProfileError.
    """
    if threads is None or threads == profile.workers:
        return profile
    if not 1 <= threads <= MOST_WORKERS:
        raise ProfileError(f"threads: {threads}\n  mend: give a whole number from 1 to {MOST_WORKERS}")
    pool = profile.pool
    capacity = max(pool.capacity, threads + 1)  # one being filled while every thread has one
    return replace(profile, workers=threads, pool=replace(pool, capacity=capacity, maximum=max(pool.maximum, capacity)))


def standard_block_encoder(data: memoryview, strategy: Strategy, place: SegmentPlace | None = None) -> bytes:
    """`encoder.block.codec.encode_block`, loaded when the first block needs it."""
    from encoder.block.codec import encode_block  # noqa: PLC0415 - so that opening a stream stays light

    return encode_block(data, strategy, place)
