"""Find the smallest body of a block: columns, mixed rows, or the plain bytes. Skip those that need not be tried."""

from dataclasses import replace
from typing import Final

from encoder.block.backends import compress
from encoder.block.beside import checks_at_hand
from encoder.block.columns import LARGEST_TRANSFORMED, LAYOUT_LEVEL, Packing, packing_of
from encoder.block.hasty import hasty_body
from encoder.block.layout import FORM, ROWS, Header
from encoder.block.plain import far_below_sample, one_stream, size_behind, stream_body
from encoder.block.rows import LEAST_MIXED, pack_rows, small_strategy
from encoder.block.slices import LEAST_SAMPLE, middle_of
from encoder.glyphs.segments import SegmentPlace
from encoder.mixing.models import FULL, LIGHT
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.trees import TREES

SAFE: Final = Strategy(TreeType.TEXT, BackEnd.ZSTD, 19)
"""What a block gets that its own strategy failed."""


class _At:
    """All that the choice compares with, measured on many kinds of data. Levels are of zstd, parts are of what is
    named.
    """

    # time that is spared
    quick_level: Final = 9  # up to here, plain zstd costs so little beside the transform that it is simply tried
    clear_gain: Final = 0.75  # of a quick compression: what no stronger back end makes of the plain bytes
    far_smaller: Final = 0.75  # than a sample says that the plain bytes become

    numbers_from: Final = (
        12  # level from which on `quick_level` is tried on a sample of opaque bytes, as numbers may be smaller at that
    )

    # columns or plain bytes
    little_gain: Final = 0.85  # of the plain bytes at the same level: above it, text may be worth a higher one
    mostly: Final = 0.5  # of a body
    hardly_any_gain: Final = 0.95  # of the plain bytes at the level for prose: at their own they may be smaller

    # mixing
    light_gain: Final = (
        0.9  # of the records' other body: at the light level, above it mixing gains too little for its time
    )
    far_below: Final = 0.5  # of `quick_level`: below it light documents are not compared with their plain bytes
    # of what a sample foretells of the plain bytes, which gain more as a whole than it does; at each level
    below_estimate: Final = (0.8, 0.75)
    rows_gain: Final = (
        0.95  # of a document's columns: quick rows must be below, as they take ten times as long to decode
    )
    columns_level: Final = 12  # at which columns are compared with mixed rows
    columns_close: Final = 1.1  # times the rows, within which other libraries may still make columns smaller than them
    text_close: Final = 1.45  # the same of columns that are mostly text, which gains most (reads of a genome: 1.4)

    # codebooks
    carried_level: Final = 19  # of plain bytes behind a codebook, where the strategy's back end is not zstd

    # runs
    dense: Final = 500  # times that a body is smaller than its block, from which on that is little more than runs
    for_runs: Final = (3, 5)  # levels of brotli that quicker strategies use for them
    short: Final = 1 << 20  # bytes of a block, up to which light mixing may say runs in a byte or two less than full


def smallest_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool) -> bytes:
    """The smallest body of those that the strategy allows and that are worth a trial, or that a level below it would
    make. place, thorough: as in `encoder.block.codec.encode_block`.

    Raises ValueError for a level that the back end does not have.
    """
    body = _own_body(view, strategy, place, thorough=thorough)
    if strategy.below is None:
        return body
    from encoder.block.below import smallest_beside_below  # noqa: PLC0415  for levels that have one below

    return smallest_beside_below(body, view, strategy, lambda data, lower: _own_body(data, lower, None, thorough=True))


def _own_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool) -> bytes:
    """The smallest body at the strategy's own level."""
    if strategy.back_end is BackEnd.MIXING and len(view) < LEAST_MIXED:
        strategy = small_strategy(strategy)
    if strategy.tree is TreeType.TEXT and strategy.codebook:
        return _carried_body(view, strategy)
    if TREES[strategy.tree].plain:
        return _beside_runs(view, strategy, plain_body(view, strategy, strategy.tree, fell_back=False))
    if strategy.hasty:
        return hasty_body(view, strategy, place, thorough=thorough)
    if strategy.back_end is BackEnd.ZSTD and not TREES[strategy.tree].document:
        return _quick_body(view, strategy, place, thorough=thorough)
    if strategy.back_end is BackEnd.MIXING:
        body, columns = _mixed_body(view, strategy, place)
        pays = body is not None and _mixed_clearly_pays(body, columns, view, strategy)
    else:
        body = _glyph_body(view, strategy, place)
        pays = body is not None and _clearly_pays(body, view, strategy)
    if body is not None and pays:
        return body
    _check_meanwhile(body, strategy.tree)
    plain = plain_body(view, strategy, TreeType.TEXT, fell_back=True, beaten=None if body is None else len(body))
    return body if body is not None and len(body) < len(plain) else plain


def _check_meanwhile(body: bytes | None, tree: TreeType) -> None:
    """Begins to decode mixed rows again, where that is to be done and there is a thread for it. Logs whose rows do not
    clearly pay are mostly smaller plain, which then needs the thread.
    """
    checks = checks_at_hand()
    if checks is not None and body is not None and body[0] & FORM == ROWS and tree is not TreeType.LOG:
        checks.of_body(body)


def _beside_runs(view: memoryview, strategy: Strategy, body: bytes) -> bytes:
    """The body, or where mixing's strategy met little more than runs, what is smaller: brotli or light mixing, as lower
    levels have them.
    """
    if strategy.back_end is not BackEnd.MIXING or _At.dense * len(body) > len(view):
        return body
    quick = [replace(strategy, back_end=BackEnd.BROTLI, level=level) for level in _At.for_runs]
    if len(view) <= _At.short and strategy.level > LIGHT:
        quick.append(replace(strategy, level=LIGHT))
    return min([body, *(one_stream(view, one, strategy.tree, fell_back=False) for one in quick)], key=len)


def _mixed_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None) -> tuple[bytes | None, int]:
    """Mixed rows, or columns behind libraries where those are smaller: of machine-made records and deep documents
    they may be. And the bytes of the columns behind zstd, which are the same at every level of mixing; those of the
    block where there are none.
    """
    # text is pooled as at lower levels
    quick = replace(strategy, back_end=BackEnd.ZSTD, level=_At.columns_level, prose_level=_At.columns_level)
    packing = packing_of(view, quick, place)  # first, as others may wait for its sort plan
    columns = None if packing is None else packing.body()
    rows = _row_body(view, strategy)
    size = len(view) if columns is None else len(columns)
    may_win = False
    if packing is not None and columns is not None:
        may_win = rows is None or len(columns) < _closeness(packing, columns) * len(rows)
    document = TREES[strategy.tree].document
    if packing is not None and (may_win or document):
        columns = packing.smallest_body()
    if document and strategy.level == LIGHT and rows and columns and len(rows) > _At.rows_gain * len(columns):
        return columns, size
    return _smaller(rows, columns), size


def _closeness(packing: Packing, columns: bytes) -> float:
    """Times the rows, up to which columns may still become smaller than them behind other libraries."""
    return _At.text_close if packing.text_size() > _At.mostly * len(columns) else _At.columns_close


def _carried_body(view: memoryview, strategy: Strategy) -> bytes:
    """The plain bytes behind the codebook; or without it, where they are no longer like it or mixed, and that is
    smaller.
    """
    level = strategy.level if strategy.back_end is BackEnd.ZSTD else _At.carried_level
    carried = replace(strategy, back_end=BackEnd.CARRIED, level=level)
    body = plain_body(view, carried, TreeType.TEXT, fell_back=False)
    _, quick = compress(BackEnd.ZSTD, view, LAYOUT_LEVEL, text=True)
    if strategy.back_end is not BackEnd.MIXING and len(body) < _At.clear_gain * len(quick):
        return body
    return min(body, plain_body(view, strategy, TreeType.TEXT, fell_back=False), key=len)


def _quick_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None, *, thorough: bool) -> bytes:
    """Records behind zstd, or the plain bytes. Where taking them apart gains little and they are mostly text, it is not
    left at that, but for a sample.
    """
    packing = packing_of(view, strategy, place, thorough=thorough)
    body = None if packing is None else packing.body()
    if body is not None and _clearly_pays(body, view, strategy):
        return body
    plain = plain_body(view, strategy, TreeType.TEXT, fell_back=True)
    if body is not None and len(body) < _At.little_gain * len(plain):
        return body
    mostly_text = packing is None or packing.text_size() > _At.mostly * len(body or b"")
    if thorough and mostly_text and strategy.prose_level is not None and strategy.prose_level > strategy.level:
        return _prose_body(view, strategy, packing, strategy.prose_level)
    return plain if body is None or len(plain) <= len(body) else body


def _prose_body(view: memoryview, strategy: Strategy, packing: Packing | None, level: int) -> bytes:
    """The columns with their text, or the plain bytes, at that level, the one for prose; and where columns gain hardly
    anything over that, the plain bytes at the level that they have where nothing was taken apart.
    """
    body = None if packing is None else packing.body(text_level=level)
    plain = plain_body(view, replace(strategy, level=level), TreeType.TEXT, fell_back=True)
    if strategy.plain_level is not None and (body is None or len(body) > _At.hardly_any_gain * len(plain)):
        plain = plain_body(view, replace(strategy, level=strategy.plain_level), TreeType.TEXT, fell_back=True)
    return plain if body is None or len(plain) <= len(body) else body


def _smaller(one: bytes | None, other: bytes | None) -> bytes | None:
    """The smaller body, or the only one. Columns of deep documents, where much comes again far off, may beat rows
    of them.
    """
    return min((body for body in (one, other) if body is not None), key=len, default=None)


def plain_body(
    view: memoryview, strategy: Strategy, tree: TreeType, *, fell_back: bool, beaten: int | None = None
) -> bytes:
    """The body of the bytes as they are, in one stream of the strategy's back end, or stored; for mixing of whichever
    is smallest.

    tree, fell_back: as the header says them. beaten: bytes of another body, above which none need be made with all
    care.

    Raises ValueError for a level that the back end does not have.
    """
    if strategy.back_end is not BackEnd.MIXING:
        careful = strategy.back_end is BackEnd.ZSTD and strategy.level >= _At.numbers_from
        if careful and (tree is TreeType.OPAQUE or _may_be_numbers(view)):
            strategy = _lower_for_numbers(view, strategy)
        if strategy.below is None:
            return one_stream(view, strategy, tree, fell_back=fell_back)
        from encoder.block.below import plain_stream  # noqa: PLC0415  for levels that have one below

        return plain_stream(view, strategy, tree, fell_back=fell_back)
    from encoder.block.filtered import smallest_of_all  # noqa: PLC0415  for those who have the time

    if beaten is not None and strategy.level == LIGHT and TREES[strategy.tree].records:
        beaten = int(_At.light_gain * beaten)
    stream = smallest_of_all(view, _plain_level(strategy), beaten)
    return stream_body(stream.back_end, stream.level, stream.data, tree, fell_back=fell_back)


def _plain_level(strategy: Strategy) -> int:
    """At which plain bytes are mixed: those of records fully, as they are small by it or not mixed at all."""
    return FULL if TREES[strategy.tree].records else strategy.level


def _may_be_numbers(view: memoryview) -> bool:
    """Whether bytes that were taken for text are none. Few load nothing to find that out."""
    if len(view) < LEAST_SAMPLE:
        return False
    from encoder.block.numbers import looks_like_numbers  # noqa: PLC0415  as above

    return looks_like_numbers(middle_of(view))


def _lower_for_numbers(view: memoryview, strategy: Strategy) -> Strategy:
    """The strategy at `quick_level`, where a sample is smaller at that than at its own."""
    sample = middle_of(view)
    lower = size_behind(BackEnd.ZSTD, sample, _At.quick_level) < size_behind(BackEnd.ZSTD, sample, strategy.level)
    return replace(strategy, level=_At.quick_level) if lower else strategy


def _row_body(view: memoryview, strategy: Strategy) -> bytes | None:
    """The body of token rows, or None when there is nothing to take apart."""
    if len(view) > LARGEST_TRANSFORMED:
        return None
    payload = pack_rows(view, strategy)
    if payload is None:
        return None
    return (
        Header(ROWS, strategy.tree, fell_back=False, back_end=BackEnd.MIXING, level=strategy.level).to_bytes() + payload
    )


def _glyph_body(view: memoryview, strategy: Strategy, place: SegmentPlace | None) -> bytes | None:
    """The transformed body, or None when there is nothing to transform."""
    packing = packing_of(view, strategy, place)
    return None if packing is None else packing.body()


def _clearly_pays(body: bytes, view: memoryview, strategy: Strategy) -> bool:
    """Is the body so small that compressing the plain bytes, to compare, would be time wasted?

    Where this says so of a document, the body is smaller than plain zstd at `quick_level`; where not, the plain bytes
    are really tried.
    """
    if strategy.back_end is BackEnd.STORE:
        return len(body) < len(view)
    if not TREES[strategy.tree].document:
        return far_below_sample(body, view, _At.far_smaller)
    if strategy.back_end is BackEnd.ZSTD and strategy.level <= _At.quick_level:
        return False
    _, quick = compress(BackEnd.ZSTD, view, _At.quick_level, text=True)
    return len(body) < _At.clear_gain * len(quick)


def _mixed_clearly_pays(body: bytes, columns: int, view: memoryview, strategy: Strategy) -> bool:
    """Whether the body is well below what a sample foretells of the plain bytes; or, of a document at the light level,
    far below a quick compression of them.

    Plain bytes of records are mixed fully at both levels, which may halve them and more, so that only the sample
    counts. The higher level must not leave them out where the lower one may try them. Where already their columns are
    below what is foretold, neither does.
    """
    from encoder.block.several import LEAST_SAMPLED, foretold_size  # noqa: PLC0415  as above

    records = TREES[strategy.tree].records
    light_document = strategy.level == LIGHT and not records
    if light_document and len(body) < _At.far_below * size_behind(BackEnd.ZSTD, view, _At.quick_level):
        return True
    if len(view) < LEAST_SAMPLED:
        return False  # the sample would take as long as what it is to spare
    foretold = foretold_size(view, _plain_level(strategy))
    if records and columns < foretold:
        return True
    return len(body) < _At.below_estimate[strategy.level - 1] * foretold
