"""Chooses a strategy for each block: a shortlist from its features, tried on its sample, kept while blocks look the
same.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from encoder.detect.glance import Glance, alike, distance, middle_glance
from encoder.detect.haste import decide, in_haste, may_be_records
from encoder.detect.pattern import Pattern, PatternDetector
from encoder.detect.ports import SampleEncoder
from encoder.detect.runs import is_runs
from encoder.detect.sample import SAMPLE_SIZE, take_sample, take_trial
from encoder.detect.tree import DecisionTree, load_tree
from encoder.detect.trial import at_leisure, best_on, encode_lazily, is_brief, rival_is_smaller
from encoder.errors import ProfileError
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.trees import TREES

SMALLEST: Final = SAMPLE_SIZE
"""A block below this many bytes gets one strategy without a look, so that small inputs never load a tokeniser."""

TOLERANCES: Final[Mapping[str, float]] = {
    "entropy": 0.5,
    "digit": 0.1,
    "alpha": 0.1,
    "blank": 0.1,
    "control": 0.02,
    "high": 0.1,
    "line_length": 1.0,
    "bracketed": 0.2,
    "timed": 0.3,
    "field_consistency": 0.2,
}
"""How far each feature can move from its value at the decision. `line_length` is a logarithm: 1 is twice as long."""

INCOMPRESSIBLE: Final = 7.9
"""Bits of entropy for each byte of a sample from which on no back end is tried on opaque data.

What zip, xz, JPEG and encryption produce has 7.95 and more. Machine code and arrays of numbers, which are opaque too,
stay well below.
"""

MOST_REPEATED: Final = 0.02
"""Share of a sample's anchors that can be repeated in incompressible data."""

STORED: Final = Strategy(TreeType.OPAQUE, BackEnd.STORE, 7)
"""Stored, unless zstd at that level makes it smaller: a sample can miss what is not like the rest of its block. Level 7
makes such blocks as small as level 9.
"""

MOST_UNSEEN: Final = 7
"""How many blocks like an examined one can skip their own look."""

LEAST_RUNS: Final = 3 << 19
"""Bytes of runs, below which brotli gets at most `QUICK_RUNS`: of few its higher levels make no fewer bytes."""
QUICK_RUNS: Final = 3

MOST_RELIED: Final = 7
"""How many consecutive decisions about the same shortlist can rely on its last trial."""

MAY_GO_ON: Final = 1 << 21
"""Bytes of a stream's first block, from which on a lower level that keeps it plain may make it longer."""
LONGER: Final = 0.9
"""Of a block's plain bytes: what is taken apart must be below it, where those could be part of a longer block, and so
smaller than they are in this one.
"""

MOST_REMEMBERED: Final = 8
"""How many decisions are kept for similar blocks.

So in a stream that alternates between several kinds of data, no decision is made twice.
"""


@dataclass(frozen=True, slots=True)
class Observations:
    """What a selector did so far.

    blocks: how many were asked for. detections: blocks whose features were measured (no small ones, and none that a
    glance found alike). decisions: how often the tree was asked, at the first detection and after each drift to a
    pattern without a remembered decision. trials: strategies tried on a sample. switches: detections that changed the
    strategy. seconds: time spent in all of this.
    """

    blocks: int = 0
    detections: int = 0
    decisions: int = 0
    trials: int = 0
    switches: int = 0
    seconds: float = 0.0


def drifted(previous: Pattern, current: Pattern) -> bool:
    """Whether a choice made for `previous` must be reconsidered for `current`.

    It must if the detector names another shape, or CSV with another separator. It also must if a feature in
    `TOLERANCES` has moved by more than its tolerance. `previous` is the pattern at the last decision, not the last
    block's, so slow drift adds up.
    """
    if previous.tree is not current.tree:
        return True
    if TREES[current.tree].separated and previous.separator != current.separator:
        return True
    return any(
        abs(getattr(previous.features, name) - getattr(current.features, name)) > most
        for name, most in TOLERANCES.items()
    )


def incompressible(pattern: Pattern) -> bool:
    """Whether nothing will make such a block smaller: opaque, its bytes evenly spread, and no eight of them seen
    twice.
    """
    seen = pattern.features
    return pattern.tree is TreeType.OPAQUE and seen.entropy >= INCOMPRESSIBLE and seen.repeated <= MOST_REPEATED


def trial_of(block: bytes | bytearray | memoryview, pattern: Pattern, shortlist: Sequence[Strategy]) -> bytes:
    """The part of a block of that pattern that the strategies are tried on."""
    return take_trial(
        block, nested=TREES[pattern.tree].document, leisurely=at_leisure(shortlist), brief=is_brief(shortlist)
    )


def worth_trying(trees: tuple[TreeType, ...], pattern: Pattern) -> tuple[TreeType, ...]:
    """The trees of a shortlist that are tried on a block of that pattern; never none.

    For records and documents that is the first one, and those that something speaks for. Plain bytes are not tried
    there: every such block is compared with plain compression anyway, and in a small sample plain text wins too often.
    """
    if TREES[pattern.tree].plain:
        return trees
    first = None if TREES[trees[0]].plain else trees[0]
    return tuple(tree for tree in trees if tree in (first, pattern.tree) or _speaks_for(tree, pattern)) or trees


def _quicker(runs: Strategy) -> Strategy:
    """The strategy for few runs."""
    return replace(runs, level=min(runs.level, QUICK_RUNS)) if runs.back_end is BackEnd.BROTLI else runs


def _speaks_for(tree: TreeType, pattern: Pattern) -> bool:
    """Whether records or documents detected as another shape could be of this one, as far as a look can tell."""
    row = TREES[tree]
    return not row.plain and (TREES[pattern.tree].document or row.hinted(pattern.features))


def strategy_for(tree: TreeType, pattern: Pattern, strategies: Mapping[TreeType, Strategy]) -> Strategy:
    """The strategy that splits a block of that pattern as `tree`.

    The detected shape's strategy gives back end and level. So a trial compares tokenisers, and the speed of a level
    does not depend on the winner. Plain bytes keep their own strategy, and so does a block detected as plain. But
    their level is not below plain text's at the same back end, since such blocks can still come out plain.
    """
    own = strategies.get(tree, strategies[TreeType.TEXT])
    seen = strategies.get(pattern.tree, strategies[TreeType.TEXT])
    plan = own if TREES[own.tree].plain or TREES[seen.tree].plain else replace(seen, tree=own.tree)
    if plan.hasty and TREES[seen.tree].plain and not TREES[plan.tree].plain:
        plan = replace(plan, text_level=plan.prose_level)
    elif seen.tree is TreeType.TEXT and plan.back_end is seen.back_end and plan.tree is not TreeType.OPAQUE:
        plan = replace(plan, level=max(plan.level, seen.level))
    return replace(plan, separator=pattern.separator) if TREES[plan.tree].separated else plan


@dataclass(frozen=True, slots=True)
class _Decision:
    """What was chosen for blocks of a pattern.

    glance: of the last examined one. unseen: how many like that one have skipped a look since.
    """

    pattern: Pattern
    choice: Strategy
    glance: Glance
    unseen: int = 0


class AdaptiveCompressionSelector:
    """The strategy for each block of one stream, a deterministic function of the blocks so far.

    Every block of 64 KiB or more gets a glance, a histogram of its middle. It is compared with the glances at which
    the remembered decisions were last confirmed. A block that is like none of them is sampled and measured, which
    costs many times what a glance does. So is every eighth block in any case.

    The first measured block needs a decision. Later ones need one only if they drifted from the patterns of the last
    `MOST_REMEMBERED` decisions. Until then the choice made for their pattern stands. For a decision the tree gives a
    shortlist of at most three. Each is tried on a larger sample, and the best is kept. Smaller blocks get `small`
    (default: TEXT's strategy), and change nothing. Nor do blocks of hardly more than runs, which get `runs` where that
    is given. Incompressible blocks are stored without a trial.

    strategies: what to do for each tree type. TEXT must be there, and replaces any missing one. CSV's separator is the
    detected one, whatever the given strategy says. encode: what a trial runs, by default
    `encoder.block.codec.encode_block`. None means no trials: the shortlist's first is taken. clock: seconds, for the
    observations only. below: the selector of the next lower level, which is asked about every block too. Its choice is
    considered at each decision, and goes with this one's as `Strategy.below`, so that no block becomes larger than at
    that level; None for no such level. One selector serves one stream, in its order: not thread-safe. ProfileError: no
    TEXT among the strategies.
    """

    def __init__(  # noqa: PLR0913 - what it decides with, each a part of its own
        self,
        strategies: Mapping[TreeType, Strategy],
        *,
        small: Strategy | None = None,
        runs: Strategy | None = None,
        detector: PatternDetector | None = None,
        tree: DecisionTree | None = None,
        encode: SampleEncoder | None = encode_lazily,
        below: "AdaptiveCompressionSelector | None" = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if TreeType.TEXT not in strategies:
            raise ProfileError(
                "strategies: no strategy for 'text'\n  mend: add one; it also stands in for any tree type left out"
            )
        self._strategies = dict(strategies)
        self._small = small or strategies[TreeType.TEXT]
        self._runs = runs
        self._detector = detector or PatternDetector()
        self._tree = tree or load_tree()
        self._encode = encode
        self._clock = clock
        self._below = below
        self._decisions: list[_Decision] = []  # the one that stands last
        self._choice: Strategy = strategies[TreeType.TEXT]
        self._observations = Observations()
        self._tried: list[Strategy] = []
        self._relied = 0

    @property
    def observations(self) -> Observations:
        """A snapshot of what was done so far."""
        return self._observations

    def select(self, block: bytes | bytearray | memoryview) -> Strategy:
        """The strategy for the stream's next block."""
        started = self._clock()
        seen = self._observations
        rival = None if self._below is None else self._below.select(block)
        if memoryview(block).nbytes < SMALLEST:
            choice = self._small
        elif self._runs is not None and is_runs(block):
            choice = self._runs if memoryview(block).nbytes >= LEAST_RUNS else _quicker(self._runs)
        else:
            now = middle_glance(block)
            known = self._known_by(now)
            decision, seen = (
                self._look(block, now, seen, rival)
                if known is None
                else (replace(known, unseen=known.unseen + 1), seen)
            )
            choice, seen = self._stand_by(decision, seen)
        self._observations = replace(seen, blocks=seen.blocks + 1, seconds=seen.seconds + self._clock() - started)
        return choice if rival is None else replace(choice, below=rival)

    def _known_by(self, now: Glance) -> _Decision | None:
        """The decision whose glance is nearest to this one, if its blocks can skip a look."""
        near = min(self._decisions, key=lambda past: distance(past.glance, now), default=None)
        return near if near is not None and near.unseen < MOST_UNSEEN and alike(near.glance, now) else None

    def _look(
        self, block: bytes | bytearray | memoryview, now: Glance, seen: Observations, rival: Strategy | None
    ) -> tuple[_Decision, Observations]:
        """The latest decision from whose pattern the block's has not drifted, or a new one."""
        pattern = self._detector.detect(take_sample(block))
        seen = replace(seen, detections=seen.detections + 1)
        if self._decisions and self._decisions[-1].pattern.tree is not pattern.tree:
            self._tried = []
        for past in reversed(self._decisions):
            if not drifted(past.pattern, pattern):
                return replace(past, glance=now, unseen=0), seen
        choice, trials = self._decided(block, pattern)
        if rival is not None and choice.back_end is BackEnd.ZSTD:
            choice, trials = self._beside_below(block, pattern, choice, rival, trials)
        decided = replace(seen, decisions=seen.decisions + 1, trials=seen.trials + trials)
        return _Decision(pattern, choice, now), decided

    def _stand_by(self, decision: _Decision, seen: Observations) -> tuple[Strategy, Observations]:
        """Make it the latest."""
        switched = bool(self._decisions) and decision.choice != self._choice
        others = [past for past in self._decisions if past.pattern is not decision.pattern]
        self._decisions = [*others, decision][-MOST_REMEMBERED:]
        self._choice = decision.choice
        return decision.choice, replace(seen, switches=seen.switches + switched)

    def _decided(self, block: bytes | bytearray | memoryview, pattern: Pattern) -> tuple[Strategy, int]:
        """The strategy for blocks of the pattern, and how many were tried."""
        shortlist = self._shortlist(pattern)
        settled = self._settled(shortlist, doubtful=self._is_hasty() and TREES[pattern.tree].document)
        if settled is not None:
            return settled, 0
        self._tried, self._relied = shortlist, 0
        encode = self._encode or encode_lazily
        if self._is_hasty():
            plain = strategy_for(TreeType.TEXT, pattern, self._strategies)
            return decide(block, pattern, shortlist, plain, encode, is_first=not self._decisions)
        return best_on(trial_of(block, pattern, shortlist), shortlist, encode), len(shortlist)

    def _beside_below(
        self,
        block: bytes | bytearray | memoryview,
        pattern: Pattern,
        choice: Strategy,
        rival: Strategy,
        trials: int,
    ) -> tuple[Strategy, int]:
        """The choice, or what the level below has chosen, at this level, where that is smaller; and how many were
        tried.

        Whatever is taken apart is compared with its plain bytes anyway. So those are no rival, and give way to one;
        unless the lower level may go on with them to a longer block.
        """
        assert self._below is not None, "a rival comes from a selector below"
        is_plain = TREES[rival.tree].plain
        if rival.tree is choice.tree or (is_plain and TREES[choice.tree].plain):
            return choice, trials
        own = strategy_for(rival.tree, pattern, self._strategies)
        if TREES[choice.tree].plain:
            return own, trials
        if is_plain and memoryview(block).nbytes < MAY_GO_ON and not self._decisions:
            return choice, trials
        part = take_trial(block, nested=TREES[pattern.tree].document, leisurely=True)
        encode = self._encode or encode_lazily
        if is_plain:
            is_smaller = rival_is_smaller(part, choice, own, encode, LONGER)
        else:
            there = strategy_for(choice.tree, pattern, self._below._strategies)  # noqa: SLF001 - of the same class
            is_smaller = rival_is_smaller(part, there, rival, encode)
        return own if is_smaller else choice, trials + 2

    def _is_hasty(self) -> bool:
        """Whether a trial takes a good part of an encode: plain bytes have a quick level too, whichever tokeniser
        is tried.
        """
        return all(plan.hasty for tree, plan in self._strategies.items() if not TREES[tree].plain)

    def _settled(self, shortlist: list[Strategy], *, doubtful: bool) -> Strategy | None:
        """The choice if nothing has to be tried, else None. doubtful: whether plain bytes must be tried anyway.

        That is a shortlist of one, a selector without trials, or the shortlist of the last trial. Data that drifts
        within one shape asks the same question repeatedly, so a few consecutive answers rely on one trial.
        """
        if (len(shortlist) == 1 and not doubtful) or self._encode is None:
            return shortlist[0]
        if shortlist == self._tried and self._relied < MOST_RELIED:
            self._relied += 1
            return self._choice if self._choice in shortlist else None
        return None

    def _shortlist(self, pattern: Pattern) -> list[Strategy]:
        """The strategies for the tree's shortlist, all different."""
        if incompressible(pattern):
            # a slow strategy finds what the pattern does not show, in sound for one
            own = self._strategies.get(TreeType.OPAQUE)
            if own is not None and own.back_end is BackEnd.MIXING:
                return [own]
            careful = own is not None and own.back_end is BackEnd.ZSTD and not self._is_hasty()
            return [replace(STORED, level=own.level) if own is not None and careful else STORED]
        trees = worth_trying(self._tree.shortlist(pattern), pattern)
        if TREES[pattern.tree].plain and not may_be_records(pattern) and self._is_hasty():
            return [strategy_for(TreeType.TEXT, pattern, self._strategies)]
        if self._is_hasty():
            trees = in_haste(trees, pattern)
        return list(dict.fromkeys(strategy_for(tree, pattern, self._strategies) for tree in trees))
