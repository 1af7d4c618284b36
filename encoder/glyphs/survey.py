"""A sample's survey as one kernel: what `encoder.detect.survey` counts with numpy, eight bytes at a time.

The sample is followed by at least `PADDING` zero bytes, so that a word may be loaded wherever a byte is. Which byte of
a word holds a value is exact in every lane. Source: Warren, Hacker's Delight, section 6-1.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import find_or_add
from encoder.glyphs.kernel import BYTES, FLAG, HASH, I32S, I64S, INT, U64S, Int, kernel, part, several
from encoder.glyphs.wide import WORD, load_word

PADDING = 16
SLOTS = 8192
"""Of the table in which words are counted once; at least twice `MOST_ANCHORS`."""
SEPARATORS = 4
FACTS = 16 + 2 * SEPARATORS
"""Facts that a survey leaves: `encoder.detect.compiled` names them."""
CROWDED = -1

_MOST_FIELDS = 64
_PREFIX = 16
_MOST_INDENT = 64
_STAMP_WITHIN = 96
_ANCHORED = 8

_ONES = np.uint64(0x0101010101010101)
_LOW_SEVEN = np.uint64(0x7F7F7F7F7F7F7F7F)
_LOW_FIVE = np.uint64(0x1F1F1F1F1F1F1F1F)
_LOW_THREE = np.uint64(0x0707070707070707)


@part(HASH(HASH, INT))
def _is(word: np.uint64, value: Int) -> np.uint64:
    """1 in every byte of the word that is `value`, 0 in the others."""
    other = word ^ (np.uint64(value) * _ONES)
    return (~(((other & _LOW_SEVEN) + _LOW_SEVEN) | other) >> np.uint64(7)) & _ONES


@part(INT(HASH))
def _marked(marks: np.uint64) -> Int:
    """How many bytes of the word are 1, of which the others are 0."""
    return np.int64((marks * _ONES) >> np.uint64(56))


@part(HASH(INT))
def _first(size: Int) -> np.uint64:
    """1 in the first `size` bytes of a word, or in all eight."""
    return _ONES if size >= WORD else _ONES & ((np.uint64(1) << np.uint64(8 * size)) - np.uint64(1))


@part(INT(BYTES, INT, INT, INT))
def _find(data: NDArray[np.uint8], at: Int, end: Int, value: Int) -> Int:
    """Where the first such byte stands from `at`, or `end`."""
    marks = np.uint64(0)
    while marks == 0 and at < end:
        marks = _is(load_word(data, at), value)
        at += WORD
    if marks == 0:
        return end
    before = ((marks & (~marks + np.uint64(1))) - np.uint64(1)) & _ONES
    return min(at - WORD + _marked(before), end)


@part(INT(BYTES, INT, INT, I64S))
def _histogram(data: NDArray[np.uint8], start: Int, size: Int, counts: NDArray[np.int64]) -> Int:
    """Adds every byte of the range to counts, shape (1024,): four tables, by turns, so that no count waits for its
    neighbour's.
    """
    counts[:] = 0
    whole = size - size % 4
    for at in range(start, start + whole, 4):
        counts[np.int64(data[at])] += 1
        counts[256 + np.int64(data[at + 1])] += 1
        counts[512 + np.int64(data[at + 2])] += 1
        counts[768 + np.int64(data[at + 3])] += 1
    for at in range(start + whole, start + size):
        counts[np.int64(data[at])] += 1
    for value in range(256):
        counts[value] += counts[256 + value] + counts[512 + value] + counts[768 + value]
    return size


@kernel(INT(BYTES, INT, INT, I64S), allocates=False)
def histogram(data: NDArray[np.uint8], start: Int, size: Int, counts: NDArray[np.int64]) -> Int:
    """How often each byte value stands in data[start : start + size], in counts[:256]; counts has the shape (1024,)."""
    return _histogram(data, start, size, counts)


@part(INT(BYTES, INT))
def _keys(data: NDArray[np.uint8], size: Int) -> Int:
    """Quotes that a colon follows, at once or behind one blank, two bytes and more from the end."""
    keys: Int = 0
    for at in range(0, size - 2, WORD):
        quotes = _is(load_word(data, at), 34)
        if quotes != 0:
            following = load_word(data, at + 1)
            colons = _is(following, 58) | (_is(following, 32) & _is(load_word(data, at + 2), 58))
            keys += _marked(quotes & colons & _first(size - 2 - at))
    return keys


@part(several(INT, 2)(BYTES, INT, FLAG))
def _tags(data: NDArray[np.uint8], size: Int, closable: bool) -> tuple[Int, Int]:
    """(opening angles that a letter, `/`, `!` or `?` follows, slashes behind an opening angle or before a closing
    one).
    """
    opened: Int = 0
    slashes: Int = 0
    for at in range(0, size - 1, WORD):
        word = load_word(data, at)
        angles = _is(word, 60) & _first(size - 1 - at)
        if closable:
            solidus = _is(word, 47)
            if solidus != 0:
                slashes += _marked(solidus & _is(load_word(data, at + 1), 62) & _first(size - 1 - at))
        if angles != 0:
            following = load_word(data, at + 1)
            closing = angles & _is(following, 47)
            slashes += _marked(closing)
            opened += _marked(angles & (_letters(following) | closing | _is(following, 33) | _is(following, 63)))
    return opened, slashes


@part(HASH(HASH))
def _letters(word: np.uint64) -> np.uint64:
    """1 in every byte that is an ASCII letter: folded to lower case, it lies between `a` and `z`, both sums' top
    bits say.
    """
    low = (word | (_ONES << np.uint64(5))) & _LOW_SEVEN
    from_a = low + _ONES * np.uint64(128 - 97)
    behind_z = low + _ONES * np.uint64(128 - 123)
    return ((from_a & ~behind_z & ~word) >> np.uint64(7)) & _ONES


@part(HASH(BYTES, INT, INT))
def _anchored(data: NDArray[np.uint8], at: Int, size: Int) -> np.uint64:
    """1 in every byte of the word at `at` that is an anchor: five times the byte and the next one agree in their
    low five bits.
    """
    word, following = load_word(data, at), load_word(data, at + 1)
    fivefold = (word & _LOW_FIVE) + ((word & _LOW_THREE) << np.uint64(2))
    return _is((fivefold ^ following) & _LOW_FIVE, 0) & _first(size - _ANCHORED - at)


@part(several(INT, 2)(BYTES, INT, INT, U64S, I32S))
def _anchors(
    data: NDArray[np.uint8], size: Int, most: Int, keys: NDArray[np.uint64], values: NDArray[np.int32]
) -> tuple[Int, Int]:
    """(anchors looked at, `most` of them at most and evenly spread, and how many different words stand there or
    CROWDED).
    """
    count: Int = 0
    for at in range(0, size - _ANCHORED, WORD):
        count += _marked(_anchored(data, at, size))
    step = max(1, -(-count // most))
    values[:] = -1
    seen: Int = 0
    different: Int = 0
    wait: Int = 0
    for at in range(0, size - _ANCHORED, WORD):
        marks = _anchored(data, at, size)
        while marks != 0 and different >= 0:
            lowest = marks & (~marks + np.uint64(1))
            marks ^= lowest
            wait -= 1
            if wait < 0:
                wait = step - 1
                seen += 1
                place = at + _marked((lowest - np.uint64(1)) & _ONES)
                number = find_or_add(keys, values, load_word(data, place), different)
                different = CROWDED if number < 0 else different + np.int64(number == different)
    return seen, different


@part(INT(BYTES, INT, INT))
def _opening(data: NDArray[np.uint8], start: Int, end: Int) -> Int:
    """Where a line goes on behind its indent, of which at most `_MOST_INDENT` blanks count."""
    last = min(end, start + _MOST_INDENT)
    while start < last and (data[start] == 32 or data[start] == 9):
        start += 1
    return start


@part(FLAG(BYTES, INT, INT))
def _timed(data: NDArray[np.uint8], start: Int, end: Int) -> bool:
    """Whether two digits, a colon and two digits stand near the line's beginning."""
    last = min(end, start + _STAMP_WITHIN)
    at = _find(data, start + 2, last, 58)
    while at < last:
        if _digit(data[at - 2]) and _digit(data[at - 1]) and _digit(data[at + 1]) and _digit(data[at + 2]):
            return True
        at = _find(data, at + 1, last, 58)
    return False


@part(FLAG(INT))
def _digit(value: Int) -> bool:
    return bool(48 <= value <= 57)


@part(INT(BYTES, INT, INT, INT, FLAG))
def _fields(data: NDArray[np.uint8], start: Int, end: Int, separator: Int, quoted: bool) -> Int:
    """Separators in a line, of quoted data those behind an even number of its quotes: `_MOST_FIELDS` at most.

    The product with ones leaves in every byte how many marks stand in it and below.
    """
    count: Int = 0
    odd: np.uint64 = np.uint64(0)
    for at in range(start, end, WORD):
        word, inside = load_word(data, at), _first(end - at)
        stands = _is(word, separator) & inside
        if quoted:
            quotes = (_is(word, 34) & inside) * _ONES
            stands &= ~(quotes + odd * _ONES)
            odd ^= (quotes >> np.uint64(56)) & np.uint64(1)
        count += _marked(stands)
    return min(count, _MOST_FIELDS)


@part(HASH(BYTES, INT, BYTES))
def _classes(data: NDArray[np.uint8], at: Int, classes: NDArray[np.uint8]) -> np.uint64:
    """The classes of the eight bytes at `at`, a byte each."""
    word, found = load_word(data, at), np.uint64(0)
    for shift in range(0, 64, 8):
        value = np.int64((word >> np.uint64(shift)) & np.uint64(255))
        found |= np.uint64(classes[value]) << np.uint64(shift)
    return found


@part(HASH(BYTES, INT, INT))
def _shape(data: NDArray[np.uint8], start: Int, end: Int) -> np.uint64:
    """How a line opens and ends: 1 bracketed, 2 a member of indented JSON, 4 between angles."""
    first = np.int64(data[_opening(data, start, end)])
    last = end - 1
    ending = np.int64(data[max(last, 0)])
    if ending == 13:
        last -= 1
        ending = np.int64(data[max(last, 0)])
    found = np.uint64(0)
    if last >= start:
        if _bracket(ending) or ending == 44:
            found |= np.uint64(2 if _bracket(first) or first == 34 else 0)
        found |= np.uint64(4 if first == 60 and ending == 62 else 0)
    if ending == 44:
        last -= 1
        ending = np.int64(data[max(last, 0)])
    opening = np.int64(data[start])
    if last > start and (opening == 123 or opening == 91) and (ending == 125 or ending == 93):
        found |= np.uint64(1)
    return found


@part(FLAG(INT))
def _bracket(value: Int) -> bool:
    return bool(value == 123 or value == 125 or value == 91 or value == 93)


@part(INT(BYTES, INT, BYTES, INT, I64S, U64S, I32S, I64S, I64S))
def _lines(
    data: NDArray[np.uint8],
    size: Int,
    classes: NDArray[np.uint8],
    step: Int,
    separators: NDArray[np.int64],
    keys: NDArray[np.uint64],
    values: NDArray[np.int32],
    usual: NDArray[np.int64],
    facts: NDArray[np.int64],
) -> Int:
    """Every complete line's length, and of one in `step` the facts. separators: 0 where one is not looked for, and
    whether there are quotes.

    usual: shape (4 * 65,), how many lines have how many fields. Returns 0, or CROWDED.
    """
    values[:] = -1
    usual[:] = 0
    start: Int = 0
    number: Int = 0
    before_one: np.uint64 = np.uint64(0)
    before_two: np.uint64 = np.uint64(0)
    lines: Int = 0
    squares: Int = 0
    beginnings: Int = 0
    same: Int = 0
    shapes: Int = 0
    bracketed: Int = 0
    member: Int = 0
    tagged: Int = 0
    timed: Int = 0
    filled: Int = 0
    end = _find(data, 0, size, 10)
    while end < size and shapes >= 0:
        lines += 1
        squares += (end + 1 - start) * (end + 1 - start)
        number -= 1
        if number < 0:
            number = step - 1
            shape = _shape(data, start, end)
            bracketed += np.int64(shape & np.uint64(1))
            member += np.int64(shape >> np.uint64(1) & np.uint64(1))
            tagged += np.int64(shape >> np.uint64(2))
            timed += np.int64(_timed(data, start, end))
            if start < size - _PREFIX:
                one, two = _classes(data, start, classes), _classes(data, start + WORD, classes)
                if beginnings:
                    same += _marked(_is(one ^ before_one, 0)) + _marked(_is(two ^ before_two, 0))
                beginnings += 1
                before_one, before_two = one, two
                found = find_or_add(keys, values, one | two << np.uint64(4), shapes)
                shapes = CROWDED if found < 0 else shapes + np.int64(found == shapes)
            if end > start:
                filled += 1
                for nth in range(SEPARATORS):
                    if separators[nth]:
                        usual[nth * 65 + _fields(data, start, end, separators[nth], separators[SEPARATORS] != 0)] += 1
        start = end + 1
        end = _find(data, start, size, 10)
    facts[3], facts[4], facts[5] = lines, start, squares
    facts[6], facts[7], facts[8], facts[9] = bracketed, member, tagged, timed
    facts[10], facts[11], facts[12], facts[13] = beginnings, same, shapes, filled
    return min(shapes, 0)


@part(INT(I64S, I64S))
def _usual(usual: NDArray[np.int64], facts: NDArray[np.int64]) -> Int:
    """Leaves of every separator how many fields most lines have, the fewest of equals, and how many lines these are."""
    for nth in range(SEPARATORS):
        best = 0
        for count in range(65):
            if usual[nth * 65 + count] > usual[nth * 65 + best]:
                best = count
        facts[16 + 2 * nth] = best
        facts[17 + 2 * nth] = usual[nth * 65 + best]
    return 0


@kernel(INT(BYTES, INT, BYTES, INT, INT, I64S, I64S, U64S, I32S, I64S, I64S), allocates=False)
def survey(
    data: NDArray[np.uint8],
    size: Int,
    classes: NDArray[np.uint8],
    most_lines: Int,
    most_anchors: Int,
    separators: NDArray[np.int64],
    counts: NDArray[np.int64],
    keys: NDArray[np.uint64],
    values: NDArray[np.int32],
    usual: NDArray[np.int64],
    facts: NDArray[np.int64],
) -> Int:
    """Surveys data[:size], `PADDING` zeros behind it; `counts` (1024,) and `facts` (FACTS,) hold the answer.

    classes: (256,), of each byte value. separators: (SEPARATORS + 1,), those to try; the kernel leaves 0 for one that
    is too seldom, and behind them whether there are quotes. keys, values: (SLOTS,), to work in, as usual: (SEPARATORS *
    65,). Returns the lines looked at; CROWDED: the sample was made to fill one place of the table, and nothing is said.
    """
    _histogram(data, 0, size, counts)
    looked: Int = 0
    step: Int = 1
    if counts[10]:
        step = -(-counts[10] // most_lines)
        looked = -(-counts[10] // step)
    for nth in range(SEPARATORS):
        often = counts[separators[nth]]
        if often == 0 or 2 * often < looked or looked == 0:
            separators[nth] = 0
    separators[SEPARATORS] = counts[34]
    facts[:] = 0
    if counts[34] and counts[58]:
        facts[0] = _keys(data, size)
    if counts[60] or (counts[62] and counts[47]):
        facts[1], facts[2] = _tags(data, size, counts[62] != 0 and counts[47] != 0)
    crowded: Int = 0
    if looked:
        crowded = _lines(data, size, classes, step, separators, keys, values, usual, facts)
        _usual(usual, facts)
    if size >= 2 * _ANCHORED:
        facts[14], facts[15] = _anchors(data, size, most_anchors, keys, values)
        crowded = min(crowded, facts[15])
    return CROWDED if crowded < 0 else looked
