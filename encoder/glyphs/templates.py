"""Templates: the constant skeletons of records. Numbering them, writing them as text, reading them back.

A record's template is its literal bytes with a mark for every variable, and the column of each variable. Templates are
kept as the first record that had them: `templates[0, t]` its start, `[1, t]` its size, `[2, t]` its first variable and
`[3, t]` their number.

Text: literal bytes, with VARIABLE for a variable and END at the end of each template; a literal byte of value 0, 1 or 2
has ESCAPE before it.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.hashing import CROWDED, GOLDEN, MAX_PROBES, SPREAD, START, finish, hash_more
from encoder.glyphs.kernel import BUFFER, BYTES, FLAG, HASH, I32S, INT, Int, kernel, part, several
from encoder.glyphs.tokenise import FOUND, Found
from encoder.glyphs.wide import same_bytes

VARIABLE = 0
ESCAPE = 1
END = 2
BAD_TEMPLATES = -1
_UNDECIDED = -2


@part(FLAG(FOUND, BYTES, INT, INT, INT, INT, INT))
def same_template(
    found: Found, data: NDArray[np.uint8], template: Int, start: Int, end: Int, first: Int, count: Int
) -> bool:
    """Is the record data[start:end], with variables first .. first + count, of this template, byte for byte?"""
    if found.templates[3, template] != count:
        return False
    theirs = np.int64(found.templates[0, template])
    ours = start
    other = np.int64(found.templates[2, template])
    for variable in range(count + 1):
        if variable < count:
            if found.columns[other + variable] != found.columns[first + variable]:
                return False
            gap = found.starts[other + variable] - theirs
            our_gap = found.starts[first + variable] - ours
        else:
            gap = found.templates[0, template] + found.templates[1, template] - theirs
            our_gap = end - ours
        if gap != our_gap:
            return False
        if not same_bytes(data, theirs, ours, gap):
            return False
        if variable < count:
            theirs += gap + found.sizes[other + variable]
            ours += gap + found.sizes[first + variable]
    return True


@part(INT(FOUND, BYTES, INT, INT, INT, INT, HASH, INT))
def number_template(
    found: Found, data: NDArray[np.uint8], start: Int, end: Int, first: Int, count: Int, key: np.uint64, known: Int
) -> Int:
    """The number of the template of the record data[start:end] with variables first .. first + count; `known` (their
    number so far) when it is a new one, now stored.

    A hash that is found is compared in full, so that two templates with one hash stay two. CROWDED as in `hashing`.
    """
    mask = found.template_keys.shape[0] - 1
    slot = np.int64((key * SPREAD) >> np.uint64(32)) & mask
    last = (slot + MAX_PROBES) & mask
    number: Int = _UNDECIDED
    while number == _UNDECIDED:
        there = np.int64(found.template_values[slot])
        if there < 0:
            found.template_keys[slot] = key
            found.template_values[slot] = known
            found.templates[0, known] = start
            found.templates[1, known] = end - start
            found.templates[2, known] = first
            found.templates[3, known] = count
            number = known
        elif found.template_keys[slot] == key and same_template(found, data, there, start, end, first, count):
            number = there
        else:
            slot = (slot + 1) & mask
            if slot == last:
                number = CROWDED
    return number


@part(INT(FOUND, BYTES, INT, INT, INT, INT, HASH, INT))
def number_record(
    found: Found, data: NDArray[np.uint8], start: Int, end: Int, first: Int, count: Int, salt: np.uint64, known: Int
) -> Int:
    """`number_template` under a key made of all that is literal in the record, its columns and `salt`."""
    state = START ^ salt
    at = start
    for variable in range(first, first + count):
        stop = np.int64(found.starts[variable])
        state = hash_more(state ^ np.uint64(stop - at), data, at, stop - at)
        state = (state ^ np.uint64(found.columns[variable])) * GOLDEN
        at = stop + found.sizes[variable]
    state = hash_more(state ^ np.uint64(end - at), data, at, end - at)
    return number_template(found, data, start, end, first, count, finish(state), known)


@kernel(several(INT, 2)(FOUND, BYTES, INT, BUFFER, I32S))
def write_templates(
    found: Found, data: NDArray[np.uint8], count: Int, text: NDArray[np.uint8], slots: NDArray[np.int32]
) -> tuple[Int, Int]:
    """Writes the templates' text and the column of every variable; returns how much of each was written."""
    templates, starts = found.templates, found.starts
    out = 0
    slot = 0
    for template in range(count):
        at = np.int64(templates[0, template])
        end = at + templates[1, template]
        first = templates[2, template]
        for variable in range(first, first + templates[3, template] + 1):
            last = variable == first + templates[3, template]
            stop = end if last else np.int64(starts[variable])
            while at < stop:
                if data[at] <= END:
                    text[out] = ESCAPE
                    out += 1
                text[out] = data[at]
                out += 1
                at += 1
            if last:
                text[out] = END
            else:
                text[out] = VARIABLE
                slots[slot] = found.columns[variable]
                slot += 1
                at += found.sizes[variable]
            out += 1
    return out, slot


@kernel(INT(BYTES, INT, INT, BUFFER, I32S, I32S))
def read_templates(
    text: NDArray[np.uint8],
    count: Int,
    slots: Int,
    literals: NDArray[np.uint8],
    ends: NDArray[np.int32],
    first_piece: NDArray[np.int32],
) -> Int:
    """Inverse of `write_templates`: literal pieces laid end to end. Returns 0, or BAD_TEMPLATES for text that is none.

    literals: at least len(text) bytes. ends: shape (slots + count,), where each piece ends in `literals`.
    first_piece: shape (count + 1,). A template of v variables has v + 1 pieces, one before each variable and a last.
    """
    out = 0
    piece = 0
    template = 0
    at = 0
    first_piece[0] = 0
    while at < text.shape[0]:
        byte = text[at]
        at += 1
        if byte == VARIABLE or byte == END:
            if template >= count or piece >= ends.shape[0]:
                return BAD_TEMPLATES
            ends[piece] = out
            piece += 1
            if byte == END:
                template += 1
                first_piece[template] = piece
            continue
        if byte == ESCAPE:
            if at >= text.shape[0]:
                return BAD_TEMPLATES
            byte = text[at]
            at += 1
        literals[out] = byte
        out += 1
    if template != count or piece != slots + count:
        return BAD_TEMPLATES
    written = np.int64(ends[piece - 1]) if piece > 0 else 0
    return 0 if out == written else BAD_TEMPLATES  # bytes after the last END belong to no template
