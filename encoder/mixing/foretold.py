"""A byte coded by what foretells it: a bit says whether the foretold byte is right; its bits follow only if not.

Four contexts remember the byte that followed them last, and a repeated passage foretells one too. How sure each has
been, and who agrees, is mixed into the chance of the best. Memory is asked for before it is wanted: the bucket of a
context is known a byte early, a passage is looked up two bytes late.
"""

from collections.abc import Callable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import (
    BUFFER,
    BYTES,
    FLAG,
    HASH,
    I16S,
    I32S,
    I64S,
    INT,
    U16S,
    U32S,
    U64S,
    VOID,
    Int,
    part,
    several,
)
from encoder.mixing.coder import code_bit, least, refined_chance, within
from encoder.mixing.lanes import LANES, learn, prefetch, products, products_of_sum
from encoder.mixing.lines import ask_on, take
from encoder.mixing.slots import HALF_TRUE, learned
from encoder.mixing.tables import GOLDEN, KNOTS, RANGE, RATES, SPREAD, SQUASH, STRETCH, TRUST

U = np.uint64
REMEMBERING: Final = 4
REPEAT: Final = 4
FORETELLERS: Final = 5
_SURENESS: Final = 32
CHANCES: Final = 0
"""In the slots: how often each foreteller is right, by how sure it is."""
VOICES: Final = FORETELLERS * _SURENESS
"""In the slots: how often the tried byte is right, by whether a foreteller agrees and how sure it is."""
PAIRS: Final = VOICES + 2 * FORETELLERS * _SURENESS
"""In the slots: the same by the byte before and the tried byte."""
GUESSES: Final = PAIRS + (1 << 16)
"""In the slots: how often the guess is right about a bit, by whether it is wrong as a byte."""
SLOTS: Final = GUESSES + 2 * 8 * _SURENESS
FLAG_ROWS: Final = FORETELLERS << FORETELLERS
FIRST_ROWS: Final = 3 * 256
SECOND_ROWS: Final = 256 * 8
REFINED_SETS: Final = 2 * 256
LENGTH, REPEATED, CANDIDATE, PLACE = range(4)
LEAST_REPEAT: Final = 6
_MOST_COMPARED: Final = 32
_DELAY: Final = 2
_SUREST: Final = 15
_MOST_SEEN: Final = 12
_FLAG_LEARNING: Final = 16
_BIT_LEARNING: Final = 10


def lanes_of(contexts: int) -> int:
    """Inputs of a mixer of bits: two for each context, the guess, a constant, up to a multiple of 16."""
    return (2 * contexts + 2 + LANES - 1) // LANES * LANES


@part(VOID(BYTES, INT, HASH, I64S, I32S, INT))
def find_late_repeat(
    text: NDArray[np.uint8],
    at: Int,
    last: np.uint64,
    found: NDArray[np.int64],
    places: NDArray[np.int32],
    place_bits: Int,
) -> None:
    """What the byte at `at` may repeat, by the bytes up to three before it: their place was asked for then."""
    if found[LENGTH] > 0 and text[found[REPEATED]] == last & U(255):
        found[LENGTH] += 1
        found[REPEATED] += 1
    else:
        found[LENGTH] = 0
    if found[LENGTH] == 0 and found[CANDIDATE] > 0:
        repeat = found[CANDIDATE] + _DELAY
        length = np.int64(0)
        while (
            length < _MOST_COMPARED and repeat - 1 - length >= 0 and text[repeat - 1 - length] == text[at - 1 - length]
        ):
            length += 1
        if length >= LEAST_REPEAT:
            found[LENGTH] = length
            found[REPEATED] = repeat
    if at >= LEAST_REPEAT:
        found[CANDIDATE] = 0
        place = found[PLACE]
        if place >= 0:
            found[CANDIDATE] = places[place]
            places[place] = at - 1
            prefetch(text, found[CANDIDATE])
        place = np.int64(((last & U(0xFFFFFFFFFFFF)) * GOLDEN) >> U(64 - place_bits))
        found[PLACE] = place
        prefetch(places, place)


@part(VOID(HASH, HASH, U64S, U64S, U32S, INT))
def find_entries(
    last: np.uint64,
    word: np.uint64,
    buckets: NDArray[np.uint64],
    entries: NDArray[np.uint64],
    remembered: NDArray[np.uint32],
    bits: Int,
) -> None:
    """The entry of each context that remembers: in its bucket by the last byte. Then the next byte's buckets."""
    within_bucket = ((last & U(255)) * U(0x9E3779B1) & U(0xFFFFFFFF)) >> U(28)
    for nth in range(REMEMBERING):
        entries[U(nth)] = buckets[U(nth)] + within_bucket
        context = word if nth == 3 else last & ((U(1) << U(32 - 8 * nth)) - U(1))
        mixed = (context + U(nth + 1)) * GOLDEN
        mixed ^= mixed >> U(32)
        mixed *= SPREAD
        mixed ^= mixed >> U(29)
        bucket = (U(nth) << U(bits)) + ((mixed >> U(68 - bits)) << U(4))
        buckets[U(nth)] = bucket
        prefetch(remembered, np.int64(bucket))


@part(INT(BYTES, I64S, U64S, U32S, U32S, I64S, I64S, INT))
def best_foreteller(
    text: NDArray[np.uint8],
    found: NDArray[np.int64],
    entries: NDArray[np.uint64],
    remembered: NDArray[np.uint32],
    slots: NDArray[np.uint32],
    foretold: NDArray[np.int64],
    sure: NDArray[np.int64],
    threshold: Int,
) -> Int:
    """Which one is the best, plus 8 if it is not above the threshold; -1 for none. Fills foretold (-1: none) and
    sure.
    """
    best: Int = np.int64(-1)
    most: Int = np.int64(0)
    for nth in range(FORETELLERS):
        score: Int = np.int64(0)
        if nth < REMEMBERING:
            entry = np.int64(remembered[entries[U(nth)]])
            sure[U(nth)] = (entry >> 4) & 15
            foretold[U(nth)] = (entry >> 8) & 255 if sure[U(nth)] > 0 else -1
            score = (entry >> 16) << 6
        else:
            length = found[LENGTH]
            sure[U(nth)] = length if length < 16 else least(31, 16 + ((length - 16) >> 4))
            foretold[U(nth)] = np.int64(text[found[REPEATED]]) if length > 0 else -1
        chance = np.int64(slots[U(CHANCES + _SURENESS * nth) + U(sure[U(nth)])] >> np.uint32(10))
        score = score + chance if nth < REMEMBERING else 2 * chance
        if foretold[U(nth)] >= 0 and score > most:
            most = score
            best = np.int64(nth)
    return best if most > threshold or best < 0 else best + 8


@part(several(INT, 3)(FLAG, I64S, BUFFER, INT, INT, INT, U64S, U32S, U32S, I64S, I64S, I16S, I16S))
def code_flag(
    decoding: bool,
    state: NDArray[np.int64],
    coded: NDArray[np.uint8],
    byte: Int,
    best: Int,
    near: Int,
    entries: NDArray[np.uint64],
    remembered: NDArray[np.uint32],
    slots: NDArray[np.uint32],
    foretold: NDArray[np.int64],
    sure: NDArray[np.int64],
    weights: NDArray[np.int16],
    values: NDArray[np.int16],
) -> tuple[Int, Int, Int]:
    """Codes whether the best foreteller's byte is right. Returns that, and the row and the error for `learn_flag`.
    Fills `values`.
    """
    tried = foretold[U(best)]
    agreeing = np.int64(0)
    for nth in range(FORETELLERS):
        same = np.int64(1) if foretold[U(nth)] == tried else np.int64(0)
        agreeing |= same << nth
        value = np.int64(0)
        trusted = np.int64(0)
        entry = np.int64(remembered[entries[U(nth)]]) if nth < REMEMBERING else np.int64(0)
        voice = np.int64(slots[U(VOICES + 2 * _SURENESS * nth) + U(_SURENESS * same + sure[U(nth)])])
        chance = voice >> 20
        if nth < REMEMBERING and same:
            chance = entry >> 20
            trusted = ((chance - 2048) * np.int64(TRUST[U(entry & 15)])) >> 5
        value = np.int64(STRETCH[U(chance)])
        values[U(2 * nth)] = value
        values[U(2 * nth + 1)] = trusted
    pair = U(PAIRS) + U(near << 8 | tried)
    values[U(2 * FORETELLERS - 1)] = STRETCH[U(slots[pair] >> np.uint32(20))]
    values[U(2 * FORETELLERS)] = 256
    row = (best << FORETELLERS | agreeing) * LANES
    mixed = within(products(values, 0, weights, row) >> 14, RANGE)
    probability = np.int64(SQUASH[U(mixed + RANGE)])
    bit = code_bit(decoding, state, coded, probability, 1 if byte == tried else 0)
    return bit, row, (((bit << 16) - probability) * _FLAG_LEARNING) >> 6


@part(VOID(INT, INT, INT, INT, INT, U32S, I64S, I64S, I16S, I16S))
def learn_flag(
    bit: Int,
    row: Int,
    error: Int,
    best: Int,
    near: Int,
    slots: NDArray[np.uint32],
    foretold: NDArray[np.int64],
    sure: NDArray[np.int64],
    weights: NDArray[np.int16],
    values: NDArray[np.int16],
) -> None:
    """What is learned from `code_flag`: it changes nothing that the byte's bits are coded by."""
    tried = foretold[U(best)]
    learn(values, 0, weights, row, error)
    for nth in range(FORETELLERS):
        same = np.int64(1) if foretold[U(nth)] == tried else np.int64(0)
        heard = U(VOICES + 2 * _SURENESS * nth) + U(_SURENESS * same + sure[U(nth)])
        slots[heard] = learned(np.int64(slots[heard]), bit * HALF_TRUE)
    pair = U(PAIRS) + U(near << 8 | tried)
    slots[pair] = learned(np.int64(slots[pair]), bit * HALF_TRUE)


@part(VOID(INT, U64S, U32S, U32S, I64S, I64S))
def remember(
    byte: Int,
    entries: NDArray[np.uint64],
    remembered: NDArray[np.uint32],
    slots: NDArray[np.uint32],
    foretold: NDArray[np.int64],
    sure: NDArray[np.int64],
) -> None:
    """What the foretellers learn from a byte."""
    for nth in range(FORETELLERS):
        right = foretold[U(nth)] == byte
        if foretold[U(nth)] >= 0:
            slot = U(CHANCES + _SURENESS * nth) + U(sure[U(nth)])
            slots[slot] = learned(np.int64(slots[slot]), np.int64(HALF_TRUE) if right else np.int64(0))
        if nth < REMEMBERING:
            entry = np.int64(remembered[entries[U(nth)]])
            seen: Int = entry & 15
            chance = entry >> 16
            wanted = np.int64(65535) if right else np.int64(0)
            chance += ((wanted - chance) * np.int64(RATES[U(seen)])) >> 16
            seen = least(_MOST_SEEN, seen + 1)
            kept = sure[U(nth)]
            called = byte
            if right:
                kept = least(_SUREST, kept + 1)
            elif kept < 2:
                chance = np.int64(40000) if kept == 0 else np.int64(32768)
                kept = np.int64(1)
                seen = np.int64(0)
            else:
                called = foretold[U(nth)]
                kept >>= 1
            remembered[entries[U(nth)]] = np.uint32(chance << 16 | called << 8 | kept << 4 | seen)


def bits_kernel(contexts: int, refined: int) -> Callable[..., Any]:
    """The kernel that codes a byte's bits under that many contexts; refined: whether the probability is, at last."""
    inputs = lanes_of(contexts)

    @part(
        INT(
            *(FLAG, I64S, BUFFER, INT, U64S, U32S, HASH, I16S, INT, INT, INT, INT, U32S),
            *(U16S, U64S, U32S, U32S, I16S),
        )
    )
    def code_foretold_bits(
        decoding: bool,
        state: NDArray[np.int64],
        coded: NDArray[np.uint8],
        byte: Int,
        hashes: NDArray[np.uint64],
        table: NDArray[np.uint32],
        mask: np.uint64,
        weights: NDArray[np.int16],
        first_set: Int,
        second_set: Int,
        guess: Int,
        guess_slot: Int,
        slots: NDArray[np.uint32],
        refining: NDArray[np.uint16],
        lines: NDArray[np.uint64],
        checks: NDArray[np.uint32],
        found: NDArray[np.uint32],
        values: NDArray[np.int16],
    ) -> Int:
        """Codes `byte`, or decodes and returns it. Rows begin in `weights` after those of the flags. Its first half's
        lines were asked for.
        """
        sofar = np.int64(1)
        first_row = np.int64(FLAG_ROWS * LANES) + first_set * inputs
        second_row = np.int64(FLAG_ROWS * LANES) + (second_set + FIRST_ROWS) * inputs
        likely = np.int64(0)
        for half in range(2):
            begin = half * contexts
            if half == 1 and sofar != likely:
                ask_on(hashes, contexts, sofar, table, mask, lines, checks)
            take(table, begin, contexts, lines, checks, found)
            node = np.int64(1)
            for number in range(4 * half, 4 * half + 4):
                for nth in range(contexts):
                    packed = np.int64(table[lines[U(begin + nth)] + U(node)])
                    chance = packed >> 20
                    values[U(2 * nth)] = STRETCH[U(chance)]
                    values[U(2 * nth + 1)] = ((chance - 2048) * np.int64(TRUST[U(packed & 1023)])) >> 5
                agrees = ((guess | 256) >> (8 - number)) == sofar
                guessed = (guess >> (7 - number)) & 1
                value = np.int64(0)
                if agrees:
                    value = np.int64(STRETCH[U(slots[U(guess_slot)] >> np.uint32(20))])
                    value = value if guessed else -value
                values[U(2 * contexts)] = value
                values[U(2 * contexts + 1)] = 256
                first = first_row + sofar * inputs
                second = second_row + number * inputs
                dot = products_of_sum(values, 0, weights, first, second)
                if inputs > LANES:
                    dot += products_of_sum(values, LANES, weights, first + LANES, second + LANES)
                    dot = np.int64(np.int32(dot))
                mixed_value = within(dot >> 15, RANGE)
                own = np.int64(SQUASH[U(mixed_value + RANGE)])
                probability: Int = own
                knot = np.int64(0)
                if refined:
                    place = mixed_value + RANGE
                    knot = (sofar + (256 if agrees else 0)) * KNOTS + (place >> 7)
                    rest = place & 127
                    between = np.int64(refining[U(knot)]) * (128 - rest) + np.int64(refining[U(knot + 1)]) * rest
                    probability = refined_chance(own, between >> 7)
                    knot += rest >> 6
                if number == 3:  # what the second half will probably want is asked for a bit early
                    likely = (sofar << 1) | (1 if probability > 32768 else 0)
                    ask_on(hashes, contexts, likely, table, mask, lines, checks)
                bit = code_bit(decoding, state, coded, probability, (byte >> (7 - number)) & 1)
                if refined:
                    wanted = np.int64(65535) if bit else np.int64(0)
                    refining[U(knot)] += (wanted - np.int64(refining[U(knot)])) >> 6
                error = (((bit << 16) - own) * _BIT_LEARNING) >> 6
                learn(values, 0, weights, first, error)
                learn(values, 0, weights, second, error)
                if inputs > LANES:
                    learn(values, LANES, weights, first + LANES, error)
                    learn(values, LANES, weights, second + LANES, error)
                for nth in range(contexts):
                    slot = lines[U(begin + nth)] + U(node)
                    table[slot] = learned(np.int64(table[slot]), bit * HALF_TRUE)
                if agrees:
                    right = np.int64(HALF_TRUE) if guessed == bit else np.int64(0)
                    slots[U(guess_slot)] = learned(np.int64(slots[U(guess_slot)]), right)
                sofar = (sofar << 1) | bit
                node = (node << 1) | bit
        return sofar & 255

    compiled: Callable[..., Any] = code_foretold_bits
    return compiled
