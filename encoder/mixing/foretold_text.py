"""Bytes of any text under the models that foretell a byte before they look at its bits."""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, HASH, I16S, I32S, I64S, INT, U16S, U32S, U64S, Int, kernel
from encoder.mixing.coder import AT, end, finish, least, start
from encoder.mixing.foretold import (
    FORETELLERS,
    GUESSES,
    PLACE,
    REMEMBERING,
    best_foreteller,
    bits_kernel,
    code_flag,
    find_entries,
    find_late_repeat,
    learn_flag,
    remember,
)
from encoder.mixing.lanes import LANES
from encoder.mixing.lines import ask
from encoder.mixing.predict import spread
from encoder.mixing.tables import GOLDEN, SPREAD
from encoder.mixing.text import STOPPED

U = np.uint64
FEW: Final = 3
MANY: Final = 12
LAST, WORD, WORD_BEFORE, LINE, LINE_ABOVE = range(REMEMBERING, REMEMBERING + 5)
KEPT: Final = LINE_ABOVE + 1
"""Numbers that go on from part to part of a text, behind the buckets."""
FOUND: Final = PLACE + 1
"""Numbers of a repeat."""
code_few = bits_kernel(FEW, 0)
code_many = bits_kernel(MANY, 1)


def foretold_kernel(many: int) -> Callable[..., Any]:
    """The kernel of text under few contexts, or many."""
    contexts = MANY if many else FEW

    @kernel(
        INT(FLAG, BUFFER, INT, INT, I64S, I64S, U64S, BUFFER, INT, U32S, HASH, I16S, U32S, U32S, INT, U16S, I32S, INT)
    )
    def code_foretold_text(
        decoding: bool,
        text: NDArray[np.uint8],
        begin: Int,
        stop: Int,
        state: NDArray[np.int64],
        found: NDArray[np.int64],
        kept: NDArray[np.uint64],
        coded: NDArray[np.uint8],
        threshold: Int,
        table: NDArray[np.uint32],
        mask: np.uint64,
        weights: NDArray[np.int16],
        slots: NDArray[np.uint32],
        remembered: NDArray[np.uint32],
        bits: Int,
        refining: NDArray[np.uint16],
        places: NDArray[np.int32],
        place_bits: Int,
    ) -> Int:
        """Codes text[begin:stop] into `coded`, or decodes it from there.

        Returns the coded length if that is the text's end (see `coder.finish`), else 0; or STOPPED as soon as the coded
        bytes do not suffice. state, found, kept: what goes on from part to part, zeros before the first.
        """
        if begin == 0:
            start(decoding, state, coded)
            found[PLACE] = -1
            for nth in range(REMEMBERING):
                kept[U(nth)] = U(nth) << U(bits)
        hashes = np.zeros(MANY, np.uint64)
        lines = np.zeros(2 * MANY, np.uint64)
        checks = np.zeros(2 * MANY, np.uint32)
        seen = np.zeros(MANY, np.uint32)
        values = np.zeros(2 * LANES, np.int16)
        voices = np.zeros(LANES, np.int16)
        foretold = np.zeros(FORETELLERS, np.int64)
        sure = np.zeros(FORETELLERS, np.int64)
        buckets = kept[:REMEMBERING]
        entries = np.zeros(REMEMBERING, np.uint64)
        last = kept[LAST]  # the last eight bytes, the nearest lowest
        word = kept[WORD]
        word_before = kept[WORD_BEFORE]
        line: Int = np.int64(kept[LINE])
        line_above: Int = np.int64(kept[LINE_ABOVE])
        stopped = False
        for at in range(begin, stop):
            nearest = last & U(255)
            find_late_repeat(text, at, last, found, places, place_bits)
            find_entries(last, word, buckets, entries, remembered, bits)
            byte = np.int64(0) if decoding else np.int64(text[at])
            best = best_foreteller(text, found, entries, remembered, slots, foretold, sure, threshold)
            known = False
            guess_slot = np.int64(GUESSES)
            first_set = np.int64(0)
            guess = np.int64(-256)
            bit: Int = np.int64(0)
            row: Int = np.int64(0)
            error: Int = np.int64(0)
            if best >= 0:
                first_set = np.int64(512)
                chosen = best & 7
                guess = foretold[chosen]
                guess_slot = GUESSES + 32 * chosen + sure[chosen]
                if best < 8:
                    guess_slot += 256
                    first_set = np.int64(256)
                    bit, row, error = code_flag(
                        decoding, state, coded, byte, chosen, np.int64(nearest), entries, remembered, slots,
                        foretold, sure, weights, voices,
                    )  # fmt: skip
                    known = bit == 1
                    if known:
                        byte = guess
            if not known:
                column = at - line
                above = U(10)
                if line_above + column < line:
                    above = U(text[line_above + column])
                hashes[0] = last & U(0xFFFF)
                hashes[1] = last & U(0xFFFFFF)
                hashes[2] = word ^ (nearest << U(56))
                if many:
                    hashes[3] = nearest
                    hashes[4] = last & U(0xFFFFFFFF)
                    hashes[5] = above | (nearest << U(8)) | (U(least(column, 255)) << U(16))
                    hashes[6] = last & U(0xFFFFFFFFFFFF)
                    hashes[7] = last & U(0xFFFFFFFFFF)
                    hashes[8] = (word * GOLDEN + word_before) ^ nearest
                    hashes[9] = (last & U(0xFFFF00)) | (above << U(32))
                    hashes[10] = last & U(0xFFFFFF00)
                    hashes[11] = word ^ (above << U(48))
                spread(hashes, contexts)
                ask(hashes, contexts, table, mask, lines, checks)
            if best >= 0 and best < 8:  # while the lines come in
                learn_flag(bit, row, error, best, np.int64(nearest), slots, foretold, sure, weights, voices)
            if not known:
                second_set = np.int64(nearest) * 8
                if many:
                    byte = code_many(
                        decoding, state, coded, byte, hashes, table, mask, weights, first_set, second_set,
                        guess, guess_slot, slots, refining, lines, checks, seen, values,
                    )  # fmt: skip
                else:
                    byte = code_few(
                        decoding, state, coded, byte, hashes, table, mask, weights, first_set, second_set,
                        guess, guess_slot, slots, refining, lines, checks, seen, values,
                    )  # fmt: skip
            if state[AT] > coded.shape[0]:
                stopped = True
                break
            if decoding:
                text[at] = byte
            remember(byte, entries, remembered, slots, foretold, sure)
            last = (last << U(8)) | U(byte)
            if (byte >= 97 and byte <= 122) or (byte >= 65 and byte <= 90) or byte >= 128:
                word = (word + U(byte | 32) + U(1)) * SPREAD
            elif word != U(0):
                word_before = word
                word = U(0)
            if byte == 10:
                line_above = line
                line = at + 1
        kept[LAST] = last
        kept[WORD] = word
        kept[WORD_BEFORE] = word_before
        kept[LINE] = U(line)
        kept[LINE_ABOVE] = U(line_above)
        result: Int = STOPPED if stopped else np.int64(0)
        if not stopped and stop == text.shape[0]:
            result = end(state) if decoding else finish(state, coded)
        return result

    compiled: Callable[..., Any] = code_foretold_text
    return compiled


code_foretold_few = foretold_kernel(0)
code_foretold_many = foretold_kernel(1)
