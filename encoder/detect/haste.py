"""Decisions where a trial takes a good part of an encode: columns or plain bytes, and which of them is worth asking.

The block is cut by what is chosen, and there is no time to make both. So each question comes only where the cheaper one
before it leaves a doubt: how dense the bytes are, a trial on a sample, and the winner beside plain bytes on a part.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import log2
from typing import Final

from encoder.detect.pattern import Pattern
from encoder.detect.ports import SampleEncoder
from encoder.detect.sample import LEISURELY_SHARE, PART_SHARE, take_middle, take_parts, take_trial
from encoder.detect.trial import QUICK, Handicaps, smallest, tried_as
from encoder.strategy import Strategy, TreeType
from encoder.trees import TREES

DENSE: Final = 28
"""Times smaller by zstd 1: such bytes, generated code for example, zstd 9 compresses at several hundred MB/s, and
taking them apart would take many times as long.
"""
DENSE_XML: Final = 36
"""The same of XML, whose tokeniser is as quick where tags come again and again."""
DENSE_IF_SMALL: Final = 20
"""The same of a block below half of `SMALL`, whose trials take a larger share."""
BUSY: Final = 10
"""Times smaller by zstd 1, below which zstd 9 takes so long that there is time for another tokeniser. XML above it,
where lines are tags, pays without a question.
"""
TAGGED: Final = 0.9
"""Share of lines that are tags: pages of prose have fewer."""
SHORT: Final = 15 << 16
"""Bytes of a whole stream, below which a few milliseconds more are no matter."""
SMALL: Final = 5 << 19
"""Bytes of a block, below which there is no time to try a second tokeniser on documents and text."""
LEAST_DECIDED: Final = 1 << 19
"""Bytes of a block, not a stream's first, below which trials with documents and text would cost too much."""
CLEARLY_PAYS: Final = 0.85
"""Of the plain bytes of a trial's sample, below which nothing larger is tried."""
PAYS: Final = 0.95
"""Of the plain bytes of a part, below which it is taken apart: all of them see more of what they repeat."""
UNSPACED_PAYS: Final = 0.98
"""The same of text without blanks, which hardly repeats itself from afar."""
TABLE_PAYS: Final = 1.0
"""The same of tables, of whose columns a part shows even less: one with 100 columns was 0.99 of its plain bytes in a
part, and 0.81 in all.
"""
XML_PAYS: Final = 1.0
"""The same of XML, whose templates are written once in all of it."""
DOUBTFUL: Final = (0.95, 1.04)
"""Of the plain bytes of a trial's sample: records between that are asked on a part, those above are left plain.

Those that gain as a whole are at most 1.02 times their plain bytes in a sample, and 0.95 times in a part.
"""
MOST_SHAPES: Final = 0.3
"""Classes of characters with which lines begin, for each line: above it, no time is spent on trials with text.

Lines of prose and code begin in 0.35 to 1 ways, those that are smaller as columns in 0.15 at most.
"""
FEWEST_BLANKS: Final = 0.03
MOST_VARIED: Final = 0.9
LONGEST_LINE: Final = 10.0
"""A line's bytes, as a logarithm."""
HARDLY_CONSISTENT: Final = 0.3
"""Share of text's lines with the usual number of separators, below which they are hardly a table's."""
TWINS: Final = {TreeType.JSON: TreeType.JSON_LINES, TreeType.JSON_LINES: TreeType.JSON}
MOST_PER_DOUBLING: Final = 0.03
"""Of the plain bytes: what a piece of text twice as long is foretold to be smaller by, taken apart, at the most."""
LEAST_GROWTH: Final = 0.4
"""Doublings from a trial's sample to a part; where there are fewer, so many are reckoned with."""
_EVEN: Final = Handicaps(plain=1.0, others=1.0)


def may_be_records(pattern: Pattern) -> bool:
    """Whether lines begin so much alike that what looks like text could be records, or have hardly a blank: sums of
    files, reads of a genome.
    """
    alike = pattern.features.prefix_shapes <= MOST_SHAPES
    return pattern.tree is not TreeType.OPAQUE and (alike or unspaced(pattern))


def unspaced(pattern: Pattern) -> bool:
    """Whether it is text in lines of about one length that hold hardly a blank: no prose, and no code."""
    seen = pattern.features
    return seen.blank <= FEWEST_BLANKS and seen.line_variation <= MOST_VARIED and seen.line_length <= LONGEST_LINE


def in_haste(trees: tuple[TreeType, ...], pattern: Pattern) -> tuple[TreeType, ...]:
    """The trees without those that hardly ever gain what their trial costs: JSON lines or JSON beside the other one,
    which takes them apart in nearly the same way; and a table's on text without separators.
    """
    twin = TWINS.get(pattern.tree)
    if twin is not None and pattern.tree in trees:
        return tuple(tree for tree in trees if tree is not twin)
    if pattern.tree is TreeType.TEXT and pattern.features.field_consistency < HARDLY_CONSISTENT:
        return tuple(tree for tree in trees if not TREES[tree].separated) or trees
    return trees


def decide(  # noqa: PLR0913 - what it is decided by, each a part of its own
    block: bytes | bytearray | memoryview,
    pattern: Pattern,
    shortlist: Sequence[Strategy],
    plain: Strategy,
    encode: SampleEncoder,
    *,
    is_first: bool,
) -> tuple[Strategy, int]:
    """One of the shortlist or `plain`, and how many trials that took. is_first: nothing was decided in the stream."""
    if TREES[pattern.tree].records:
        return _records(block, pattern, shortlist, plain, encode)
    size = memoryview(block).nbytes
    if size < LEAST_DECIDED and not is_first:
        return plain, 0
    density = density_of(take_middle(block), plain, encode)
    is_short = is_first and size < SHORT
    if density >= _dense_from(pattern, size):
        return plain, 1
    hurried = size < SMALL or (density >= BUSY and TREES[pattern.tree].document)
    is_text = pattern.tree is TreeType.TEXT
    if hurried and not is_text and (not is_short or pattern.tree is TreeType.XML):
        shortlist = _first_of(shortlist)
    sample = _trial_of(block, pattern)
    choice, share = leader_on(sample, shortlist, encode)
    trials = 1 + (len(shortlist) if len(shortlist) > 1 else 0)
    tags_repeat = density >= BUSY and choice.tree is pattern.tree is TreeType.XML and pattern.features.tagged >= TAGGED
    if tags_repeat or TREES[choice.tree].plain or (share is not None and share < CLEARLY_PAYS):
        return choice, trials
    if share is not None and share >= (DOUBTFUL[1] if is_text else 1.0):
        return plain, trials
    parts = take_parts(block, pattern.tree, LEISURELY_SHARE if is_short else PART_SHARE)
    part_share = share_on(parts, choice, plain, encode)
    if is_text and share is not None:
        part_share = foretold_share(share, len(sample), part_share, sum(map(len, parts)), size)
    return (choice if part_share < _share_for(pattern) else plain), trials + 2


def _records(
    block: bytes | bytearray | memoryview,
    pattern: Pattern,
    shortlist: Sequence[Strategy],
    plain: Strategy,
    encode: SampleEncoder,
) -> tuple[Strategy, int]:
    """Records are not doubted, but where the winner of a trial is hardly smaller than the plain bytes of its sample;
    and where the log's tokeniser, which takes any lines, and those before it make that clearly larger, nothing else is
    tried.
    """
    sample = _trial_of(block, pattern)
    low, high = DOUBTFUL
    table = TREES[pattern.tree].separated
    beside = len(encode(sample, plain))
    sizes: list[int] = []
    for strategy in shortlist:
        sizes.append(len(encode(sample, tried_as(strategy, leisurely=False))))
        if strategy.tree is TreeType.LOG and not table and min(sizes) >= high * beside:
            return plain, 1 + len(sizes)
    best = smallest([strategy.tree for strategy in shortlist], sizes, QUICK)
    choice, trials = shortlist[best], 1 + len(sizes)
    if TREES[choice.tree].plain or sizes[best] < low * beside:
        return choice, trials
    share = TABLE_PAYS if table else PAYS
    pays = pays_on(take_parts(block, pattern.tree), choice, plain, encode, share)
    return (choice if pays else plain), trials + 2


def _trial_of(block: bytes | bytearray | memoryview, pattern: Pattern) -> bytes:
    return take_trial(block, nested=TREES[pattern.tree].document)


def _dense_from(pattern: Pattern, size: int) -> int:
    """The density from which on nothing is taken apart."""
    if SHORT <= size < SMALL // 2:
        return DENSE_IF_SMALL
    return DENSE_XML if pattern.tree is TreeType.XML else DENSE


def _first_of(shortlist: Sequence[Strategy]) -> Sequence[Strategy]:
    """The first tokeniser, and plain bytes where they were listed."""
    first = next((strategy for strategy in shortlist if not TREES[strategy.tree].plain), shortlist[0])
    return [strategy for strategy in shortlist if strategy is first or TREES[strategy.tree].plain]


def _share_for(pattern: Pattern) -> float:
    """Of a part's plain bytes, below which it is taken apart."""
    if pattern.tree is TreeType.XML:
        return XML_PAYS
    return UNSPACED_PAYS if pattern.tree is TreeType.TEXT and unspaced(pattern) else PAYS


def leader_on(sample: bytes, shortlist: Sequence[Strategy], encode: SampleEncoder) -> tuple[Strategy, float | None]:
    """The strategy that takes the sample apart and makes it smallest, on even terms, and its share of the plain bytes;
    None where these are not in the shortlist. Where nothing can be taken apart, the plain one. shortlist: at least one;
    if it is the only one, nothing is tried.
    """
    if len(shortlist) == 1:
        return shortlist[0], None
    sizes = {strategy: len(encode(sample, tried_as(strategy, leisurely=False))) for strategy in shortlist}
    plain = min((strategy for strategy in sizes if TREES[strategy.tree].plain), key=sizes.__getitem__, default=None)
    beside = None if plain is None else sizes[plain]
    apart = [one for one, size in sizes.items() if not TREES[one.tree].plain and size != beside]  # the same: fell back
    if not apart:
        return plain or shortlist[0], None
    choice = apart[smallest([one.tree for one in apart], [sizes[one] for one in apart], _EVEN)]
    return choice, None if beside is None else sizes[choice] / beside


def foretold_share(share: float, size: int, part_share: float, part_size: int, block_size: int) -> float:
    """Of a block's plain bytes, what taking it apart leaves. It leaves less of longer pieces, as templates and
    dictionaries are written once: as much less with each doubling as from a sample of that share and size to a part.
    """
    if part_share >= 1 or part_size <= size:
        return part_share
    slope = min(MOST_PER_DOUBLING, max(0.0, share - part_share) / max(LEAST_GROWTH, log2(part_size / size)))
    return part_share - slope * log2(block_size / part_size)


def pays_on(
    parts: Sequence[bytes], choice: Strategy, plain: Strategy, encode: SampleEncoder, share: float = PAYS
) -> bool:
    """Whether the parts are clearly smaller taken apart: below that share of their plain bytes."""
    return share_on(parts, choice, plain, encode) < share


def share_on(parts: Sequence[bytes], choice: Strategy, plain: Strategy, encode: SampleEncoder) -> float:
    """What the parts take, taken apart, over their plain bytes."""
    columns = sum(len(encode(part, tried_as(choice, leisurely=False))) for part in parts)
    return columns / sum(len(encode(part, plain)) for part in parts)


def density_of(part: memoryview, plain: Strategy, encode: SampleEncoder) -> float:
    """How many times smaller a quick compression makes the part: the more, the less time zstd takes for it."""
    return len(part) / len(encode(bytes(part), replace(plain, level=1)))
