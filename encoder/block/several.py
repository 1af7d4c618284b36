"""Compress the plain bytes of a block with the back end that makes them smallest, for levels with time for several.

LZMA makes most data the smallest of the libraries, and is always run. A sample says whether another back end can be
smaller on this block. A sample cannot tell how much each gains from distant repetitions, so back ends with similar
results are run too.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from encoder.block.backends import compress, mixed_within
from encoder.block.below import clearly_below_plain
from encoder.block.beside import checks_at_hand
from encoder.block.lzma_stream import every_lzma, smallest_lzma
from encoder.block.slices import slices_of
from encoder.mixing.models import FULL, LIGHT
from encoder.strategy import BackEnd

LEAST_SAMPLED: Final = 3 << 16
"""Bytes of a block, below which every back end is tried on all of it."""
_LEAST_SLICE: Final = 1 << 14
_MOST_SLICE: Final = 1 << 16
_LEVELS: Final = {BackEnd.ZSTD: 19, BackEnd.LZMA: 9, BackEnd.BROTLI: 11, BackEnd.NUMBERS: 9}
"""Of the libraries: the highest that decodes in bounded memory."""
_EVERY: Final = (BackEnd.LZMA, BackEnd.NUMBERS, BackEnd.MIXING, BackEnd.ZSTD, BackEnd.BROTLI)
_WITH_OTHERS: Final = (BackEnd.ZSTD, BackEnd.BROTLI)
"""Back ends that make just what their own formats hold. LZMA's is some 70 bytes shorter than xz's file, nearly as much
as ours takes beside.
"""
_QUICK: Final = 9  # of zstd
_OURS: Final = 68
"""Bytes that our file of one block takes beside its stream."""
_BESIDE: Final = {BackEnd.ZSTD: 8, BackEnd.LZMA: 56, BackEnd.BROTLI: 0}
"""Bytes that a rival's file takes beside the stream that is also in ours."""
_MOST: Final = 1 << 62


class _At:
    """What a trial on the sample decides by, from measured files of many kinds: parts of what LZMA makes of the
    sample, unless it says otherwise.
    """

    # A sample holds less that comes again far off, by which LZMA gains more than zstd and brotli do
    library: Final = 1.01  # zstd and brotli: below it they are run on the whole block too
    mixing: Final = 1.1  # as `library`; a model has learned less at the sample's end
    mixed: Final = 0.9  # mixing: below it no library is smaller on the block
    light: Final = 0.95  # mixing at the light level, of what is no text: above it, it gains too little for its time
    fully: Final = {BackEnd.LZMA: 0.99}  # full mixing at the light level, of what the library made: it must be below
    shrunk: Final = 0.995  # of the sample itself: above it, mixing has too little to gain for its time
    clear_numbers: Final = 0.8  # numbers: below it, no library is smaller on the block
    learned: Final = 0.8  # of what the sample foretells of mixing, which learns more from a block
    foretold: Final = 0.95  # of what the sample foretells of a back end, which it will hardly be below
    far_off: Final = 0.9  # the same of LZMA, where a quick compression of all bytes tells what comes again far off


@dataclass(frozen=True, slots=True)
class Stream:
    """What a back end made of the bytes, and at which of its levels; STORE where it does not make them smaller."""

    back_end: BackEnd
    level: int
    data: bytes


def smallest_stream(view: memoryview, level: int, beaten: int | None = None) -> Stream:
    """The smallest stream of a block's plain bytes. level: of mixing. At its light one, what is no text and gains
    little is left to the libraries, which decode many times as fast, unless a rival's file would be smaller.

    beaten: bytes that something else takes; a back end that a sample says to be larger is not run.
    """
    first, *others = _worth_running(view, level)
    most = len(view) if beaten is None else beaten
    if first.back_end is BackEnd.MIXING and beaten is not None and _At.learned * foretold_size(view, level) > beaten:
        return Stream(BackEnd.STORE, 0, bytes(view))
    best = tried = _stream(first.back_end, view, level, most)
    rival, seen = _rival_of(tried), {first.back_end}
    if first.back_end is BackEnd.MIXING and _repeats_far_off(view, min(len(best.data), most)):
        stream = _stream(BackEnd.LZMA, view, level, most)
        rival = min(rival, _rival_of(stream))
        best = _smaller(best, stream)
    for candidate in others:
        foretold = candidate.part * len(tried.data) / max(1, first.part)
        bound = min(len(best.data), most)
        if (_At.learned if candidate.back_end is BackEnd.MIXING else _At.foretold) * foretold < bound:
            stream = _stream(candidate.back_end, view, level, bound)
            rival = min(rival, _rival_of(stream))
            seen.add(candidate.back_end)
            best = _smaller(best, stream)
    if level > LIGHT and best.back_end is BackEnd.MIXING and _learns_no_more(view):
        best = _smaller(best, _stream(BackEnd.MIXING, view, LIGHT, len(best.data)))
    if len(best.data) >= most:
        return best
    return _below_rivals(view, best, rival, mixes=level == LIGHT or BackEnd.MIXING not in seen, light=level == LIGHT)


def _repeats_far_off(view: memoryview, size: int) -> bool:
    """Whether LZMA may make fewer bytes than mixing made, though not of a sample: what comes again far off is in
    none.
    """
    if clearly_below_plain(size, view):
        return False
    sample = sample_of(view)
    quick, gained = (_size(BackEnd.ZSTD, data, _QUICK) for data in (view, sample))
    return _At.far_off * _tried(BackEnd.LZMA, sample, LIGHT).part * quick < size * gained


def _learns_no_more(view: memoryview) -> bool:
    """Whether the light model may make fewer bytes than the full one: a block is so small that it is tried on all of
    it, or it does so of a sample, which the full one learns less from than from a block.
    """
    if len(view) < LEAST_SAMPLED:
        return True
    sample = sample_of(view)
    return _tried(BackEnd.MIXING, sample, LIGHT).part < _tried(BackEnd.MIXING, sample, FULL).part


def _below_rivals(view: memoryview, best: Stream, rival: int, *, mixes: bool, light: bool) -> Stream:
    """The best stream, or one that more time makes smaller, where a rival's file may be smaller than ours.

    rival: bytes of the smallest of those that are known. mixes: whether full mixing was not tried. light: whether the
    light level asks for more of it than that.
    """
    beaten = _is_beaten(best, rival)
    if mixes and (beaten or (light and _may_gain_fully(view, best))):
        most = len(best.data) if beaten else int(_At.fully.get(best.back_end, 1) * len(best.data))
        best = _smaller(best, _stream(BackEnd.MIXING, view, FULL, most))
    if best.back_end is BackEnd.LZMA and _is_beaten(best, rival):
        for data in every_lzma(view, best.level):
            best = _smaller(best, Stream(BackEnd.LZMA, best.level, data))
            if not _is_beaten(best, rival):
                break
    return best


def _rival_of(stream: Stream) -> int:
    """Bytes of the file that a rival makes of the same."""
    return len(stream.data) + _BESIDE[stream.back_end] if stream.back_end in _BESIDE else _MOST


def _is_beaten(stream: Stream, rival: int) -> bool:
    return len(stream.data) + _OURS > rival


def _may_gain_fully(view: memoryview, best: Stream) -> bool:
    """Whether full mixing is worth a run at the light level: where a rival's file may be smaller than ours."""
    if best.back_end is not BackEnd.LZMA or len(view) < LEAST_SAMPLED:
        return best.back_end in _WITH_OTHERS
    sample = sample_of(view)
    return _tried(BackEnd.MIXING, sample, FULL).part < _tried(BackEnd.LZMA, sample, LIGHT).part


def foretold_size(view: memoryview, level: int) -> float:
    """About how many bytes the smallest stream takes: what a quick compression makes of them, times what more is gained
    on a sample. level: as for `smallest_stream`.
    """
    sample = sample_of(view)
    quick, gained = (_size(BackEnd.ZSTD, data, _QUICK) for data in (view, sample))
    part = _tried(BackEnd.MIXING, sample, level).part
    if level == LIGHT:
        part = min(part, _tried(BackEnd.LZMA, sample, level).part)
    return quick * part / max(1, gained)


def _smaller(one: Stream, other: Stream) -> Stream:
    """The first one, unless the other is smaller."""
    return min(one, other, key=lambda stream: len(stream.data))


def sample_of(view: memoryview) -> memoryview:
    """What every back end is tried on: an eighth of the block within bounds."""
    return slices_of(view, min(_MOST_SLICE, max(_LEAST_SLICE, len(view) >> 5)))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A back end, and what it made of the sample: bytes; 0 where it is run in any case."""

    back_end: BackEnd
    part: int


def _worth_running(view: memoryview, level: int) -> list[_Candidate]:
    """The back ends of which any may be the smallest on the block, first the one that most likely is."""
    if len(view) < LEAST_SAMPLED:
        return [_Candidate(back_end, 0) for back_end in _EVERY]
    sample = sample_of(view)
    lzma = _tried(BackEnd.LZMA, sample, level)
    numbers = _tried(BackEnd.NUMBERS, sample, level) if _may_be_numbers(sample) else None
    mixed = _mixed_of(sample, level, lzma, text=numbers is None)
    zstd = _tried(BackEnd.ZSTD, sample, level)
    libraries = [one.part for one in (lzma, numbers, zstd) if one]
    if mixed and level > LIGHT:  # which takes so long that one trial more is little
        libraries.append(_tried(BackEnd.BROTLI, sample, level).part)
    if mixed and mixed.part < _At.mixed * min(libraries):
        return [mixed]
    if numbers and numbers.part < _At.clear_numbers * lzma.part:
        return [numbers, *([mixed] if mixed else [])]
    close = [lzma]
    if numbers and numbers.part < lzma.part:
        close.append(numbers)
    if mixed and mixed.part < min(_At.mixing * lzma.part, _At.shrunk * len(sample)):
        close.append(mixed)
    plain = (zstd, _tried(BackEnd.BROTLI, sample, level))
    return [*close, *(one for one in plain if one.part < _At.library * lzma.part)]


def _mixed_of(sample: memoryview, level: int, lzma: _Candidate, *, text: bool) -> _Candidate | None:
    mixed = _tried(BackEnd.MIXING, sample, level)
    return mixed if text or level > LIGHT or mixed.part < _At.light * lzma.part else None


def _may_be_numbers(sample: memoryview) -> bool:
    from encoder.block.numbers import looks_like_numbers  # noqa: PLC0415  loads numpy, which small blocks do without

    return looks_like_numbers(sample)


def _tried(back_end: BackEnd, sample: memoryview, level: int) -> _Candidate:
    return _Candidate(back_end, part_size(back_end, bytes(sample), level))


@lru_cache(maxsize=8)  # of one block: it is asked whether plain bytes are worth a trial, and then which back end
def part_size(back_end: BackEnd, sample: bytes, level: int) -> int:
    """What a back end makes of a part of a block; kept for a few parts. level: of mixing."""
    return len(_stream(back_end, memoryview(sample), level, len(sample)).data)


def _stream(back_end: BackEnd, view: memoryview, mixing: int, most: int) -> Stream:
    level = _LEVELS.get(back_end, mixing)
    if back_end is BackEnd.LZMA:
        data = smallest_lzma(view, level)
    elif back_end is BackEnd.MIXING:
        checks = checks_at_hand()
        beside = checks.of_stream if checks is not None and checks.holds(view) else None
        data = mixed_within(view, level, most, beside) or bytes(view)
    else:
        _, data = compress(back_end, view, level, text=True)
    return Stream(back_end, level, data) if len(data) < len(view) else Stream(BackEnd.STORE, 0, bytes(view))


def _size(back_end: BackEnd, data: memoryview, level: int) -> int:
    return len(compress(back_end, data, level, text=True)[1])
