"""Bytes of any text mixed from what comes before them: the last bytes, the word, the line above, a repeated passage."""

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, HASH, I32S, INT, U32S, Int, kernel
from encoder.mixing.coder import AT, STATE_SIZE, end, finish, least, start
from encoder.mixing.predict import FULL, GUESSES, LIGHT, NO_GUESS, byte_kernel, inputs_of, spread
from encoder.mixing.tables import GOLDEN, SPREAD

U = np.uint64
FIRST_SETS = 3 * 256
SECOND_SETS = 256 * 8
GUESS_SLOTS = 64
_LEAST_REPEAT = 6
_MOST_COMPARED = 32
STOPPED = -1
_INPUTS = inputs_of(FULL)
code_light = byte_kernel(LIGHT)
code_full = byte_kernel(FULL)


@kernel(INT(FLAG, FLAG, INT, BUFFER, BUFFER, U32S, HASH, I32S, U32S, I32S, INT))
def code_text(
    decoding: bool,
    full: bool,
    learning: Int,
    text: NDArray[np.uint8],
    coded: NDArray[np.uint8],
    table: NDArray[np.uint32],
    mask: np.uint64,
    weights: NDArray[np.int32],
    guess_table: NDArray[np.uint32],
    places: NDArray[np.int32],
    place_bits: Int,
) -> Int:
    """Codes `text` into `coded`, or decodes it from there.

    Returns the coded length (see `coder.finish`), or STOPPED as soon as the coded bytes do not suffice.
    """
    state = np.zeros(STATE_SIZE, np.int64)
    start(decoding, state, coded)
    contexts = FULL if full else LIGHT
    hashes = np.zeros(FULL, np.uint64)
    lines = np.zeros(FULL, np.uint64)
    checks = np.zeros(FULL, np.uint32)
    found = np.zeros(FULL, np.uint32)
    values = np.zeros(_INPUTS, np.int32)
    guesses = np.full(GUESSES, NO_GUESS, np.int64)
    guess_slots = np.zeros(GUESSES, np.int64)
    last = U(0)  # the last eight bytes, the nearest lowest
    word = U(0)
    word_before = U(0)
    line = 0
    line_above = 0
    repeat = np.int64(0)
    length = np.int64(0)
    stopped = False
    for at in range(text.shape[0]):
        nearest = last & U(255)
        two = last & U(0xFFFF)
        three = last & U(0xFFFFFF)
        four = last & U(0xFFFFFFFF)
        six = last & U(0xFFFFFFFFFFFF)
        column = at - line
        above = U(10)
        if line_above + column < line:
            above = U(text[line_above + column])
        hashes[0] = two
        hashes[1] = three
        hashes[2] = four
        hashes[3] = six
        hashes[4] = word ^ (nearest << U(56))
        hashes[5] = above | (nearest << U(8)) | (U(least(column, 255)) << U(16))
        if full:
            hashes[6] = last & U(0xFFFFFFFFFF)
            hashes[7] = (word * GOLDEN + word_before) ^ nearest
            hashes[8] = nearest
            hashes[9] = (last & U(0xFFFF00)) | (above << U(32))
            hashes[10] = last & U(0xFFFFFF00)
            hashes[11] = word ^ (above << U(48))
        spread(hashes, contexts)
        if length > 0 and text[repeat] == nearest:
            length += 1
            repeat += 1
        else:
            length = np.int64(0)
        if at >= _LEAST_REPEAT:
            place = (six * GOLDEN) >> U(64 - place_bits)
            if length == 0:
                repeat = np.int64(places[place])
                if repeat > 0:
                    while (
                        length < _MOST_COMPARED
                        and repeat - 1 - length >= 0
                        and text[repeat - 1 - length] == text[at - 1 - length]
                    ):
                        length += 1
                    if length < _LEAST_REPEAT:
                        length = np.int64(0)
            places[place] = at
        guesses[0] = NO_GUESS
        first_set = 0
        if length > 0:
            guesses[0] = np.int64(text[repeat])
            guess_slots[0] = length if length < 32 else least(63, 32 + ((length - 32) >> 3))
            first_set = 256 if length < 16 else 512
        second_set = FIRST_SETS + np.int64(nearest) * 8
        byte = np.int64(0) if decoding else np.int64(text[at])
        if full:
            byte = code_full(
                decoding, state, coded, byte, hashes, table, mask, weights, first_set, second_set,
                guesses, guess_slots, guess_table, lines, checks, found, values, learning,
            )  # fmt: skip
        else:
            byte = code_light(
                decoding, state, coded, byte, hashes, table, mask, weights, first_set, second_set,
                guesses, guess_slots, guess_table, lines, checks, found, values, learning,
            )  # fmt: skip
        if state[AT] > coded.shape[0]:
            stopped = True
            break
        if decoding:
            text[at] = byte
        last = (last << U(8)) | U(byte)
        if (byte >= 97 and byte <= 122) or (byte >= 65 and byte <= 90) or byte >= 128:
            word = (word + U(byte | 32) + U(1)) * SPREAD
        elif word != U(0):
            word_before = word
            word = U(0)
        if byte == 10:
            line_above = line
            line = at + 1
    result: Int = STOPPED
    if not stopped:
        result = end(state) if decoding else finish(state, coded)
    return result
