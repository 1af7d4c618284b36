"""The back-end level of each tree type. Trials decide it, so that a better ratio is not bought with time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Final

from workstreams.adaptive.kinds import Kind
from workstreams.adaptive.trial import BASE_LEVEL, LEVELS, look, strategy_of, try_each

if TYPE_CHECKING:
    from encoder import Profile, Strategy

WORTHWHILE: Final = 0.005
"""A higher level must save this share of the bytes over the chosen one below it."""

KEEPS_UP: Final = 0.9
"""The largest share of the baseline's time at which a level counts as no slower. The rest is for other machines."""

BASELINE: Final = 0
"""The baseline's key among the levels' trials: no level of zstd."""


@dataclass(frozen=True, slots=True)
class LevelTrial:
    """All blocks of one tree type in a stream at one level, and in one of the baseline. Bytes and seconds."""

    tree: str
    level: int
    size: int
    seconds: float
    baseline_size: int
    baseline_seconds: float

    @property
    def time_share(self) -> float:
        """Its time over the baseline's."""
        return self.seconds / self.baseline_seconds if self.baseline_seconds else 0.0


def choose_level(trials: Sequence[LevelTrial]) -> LevelTrial:
    """The strongest level of one tree type's trials that costs no time and still saves something. Pure.

    It takes at most `KEEPS_UP` of the time of the baseline's strategy on the same blocks. If no level keeps up, the
    lowest one is chosen.
    """
    ordered = sorted(trials, key=lambda trial: trial.level)
    chosen = ordered[0]
    for trial in ordered[1:]:
        if trial.time_share <= KEEPS_UP and trial.size < chosen.size * (1 - WORTHWHILE):
            chosen = trial
    return chosen


def try_levels(
    kinds: Iterable[Kind], base: "Profile", baseline: "Profile", repeats: int
) -> dict[str, list[LevelTrial]]:
    """Every level that a profile can use, for each tree type that is chosen for any block of the kinds.

    A trial is a whole stream, in one thread. So detecting, looking for runs and cutting blocks count: the baseline does
    the first not at all. base: the profile whose levels are tried.
    """
    from encoder import encode  # noqa: PLC0415 - runners load the encoder when they run

    plans: dict[int, Profile] = {level: at_one_level(base, level) for level in LEVELS}
    sums: dict[tuple[str, int], list[float]] = {}
    for kind in kinds:
        for block in kind.blocks(1 << 20)[:1]:
            _, tree = look(block)
            ways = {level: partial(encode, block, plan) for level, plan in plans.items()}
            found = try_each({BASELINE: partial(encode, block, baseline)} | ways, repeats)
            base_trial = found[BASELINE]
            for level in plans:
                row = (found[level].size, found[level].seconds, base_trial.size, base_trial.seconds)
                known = sums.setdefault((tree.value, level), [0.0] * 4)
                sums[tree.value, level] = [a + b for a, b in zip(known, row, strict=True)]
    trials: dict[str, list[LevelTrial]] = {}
    for (name, level), (size, seconds, base_size, base_seconds) in sums.items():
        trials.setdefault(name, []).append(LevelTrial(name, level, int(size), seconds, int(base_size), base_seconds))
    return trials


def at_one_level(base: "Profile", level: int) -> "Profile":
    """The profile with a strategy chosen block by block, each at that level."""
    from encoder import TreeType  # noqa: PLC0415 - as above

    return replace(base, adaptive=True, strategies={tree: strategy_of(tree, level) for tree in TreeType})


def derive_profile(base: "Profile", trials: Mapping[str, Sequence[LevelTrial]]) -> "Profile":
    """The profile `base` with each tree type at its chosen level.

    A type that no block had keeps the baseline's level.
    """
    from encoder import TreeType  # noqa: PLC0415 - runners load the encoder when they run

    chosen: dict[TreeType, Strategy] = {}
    for tree in TreeType:
        level = choose_level(trials[tree.value]).level if tree.value in trials else BASE_LEVEL
        chosen[tree] = strategy_of(tree, level)
    return replace(
        base,
        name="adaptive",
        description="Strategy chosen block by block; levels no slower than the baseline's, by measurement.",
        adaptive=True,
        strategies=chosen,
    )
