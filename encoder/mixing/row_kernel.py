"""Token rows mixed: for every value of every record a vote. If no vote is right, its bytes follow under the tree's
contexts.

The tokens of all records are end to end in `text`. Each record has its template's number if there are several
templates (one byte or two). The values of its variables follow, each with the terminator after it.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.kernel import BUFFER, FLAG, HASH, I16S, I32S, I64S, INT, U16S, U32S, Int, kernel
from encoder.mixing.aligned import PLACES, aligned_contexts, next_drift
from encoder.mixing.coder import AT, STATE_SIZE, end, finish, least, start
from encoder.mixing.follow import ROOM, step_between, write_following
from encoder.mixing.memory import MOST_COLUMNS
from encoder.mixing.predict import FULL, GUESSES, LEAN, NO_GUESS, QUICK, inputs_of
from encoder.mixing.quick import FORETELLERS, code_foretold
from encoder.mixing.row_bits import FIRST_SETS, SETS_PER_COLUMN, code_guessed, code_lean_guessed, find_guesses
from encoder.mixing.row_parts import (
    DAMAGED,
    PAST,
    SEED,
    extend,
    find_repeat,
    name_of,
    row_contexts,
    same_bytes,
    vote_contexts,
)
from encoder.mixing.short_bits import code_short_lean
from encoder.mixing.tables import SPREAD
from encoder.mixing.votes import (
    FOLLOWING,
    INPUTS,
    LAST,
    NONE,
    REMEMBERING,
    SECOND_TRY,
    SLOTS_PER_COLUMN,
    VOTERS,
    code_vote,
    look_up,
    most_trusted,
    next_record,
    remember,
)

U = np.uint64
HOPELESS = 32
"""After this many consecutive values that no vote predicted, the quick model rarely asks a column."""
_SELDOM = 15  # except for every sixteenth value
_INPUTS = inputs_of(FULL)


def row_kernel(
    *, quick: bool = False, lean: bool = False, short: bool = False, aligned: bool = False
) -> Callable[..., Any]:
    """The kernel of the quick model of rows, of the lean one, or of the others.

    They are compiled separately, so that what a model does not use costs it nothing. The quick model has one mixer for
    votes. It rarely asks a column whose values hardly ever repeat for votes. It codes bytes by `quick.code_foretold`.
    short: with weights of 16 bits, in place of those of 32; `remembered` is then what refines probabilities. aligned:
    such a model with the contexts of `aligned.aligned_contexts`.
    """
    by_column = not quick
    second_sets = SETS_PER_COLUMN * PLACES if aligned else SETS_PER_COLUMN

    @kernel(
        INT(
            *(FLAG, BUFFER, I32S, I64S, I32S, INT, I32S, INT, U32S, I32S, INT, INT),
            *(U32S, INT, U32S, I32S, BUFFER, U32S, HASH, I16S if short else I32S, U32S, U32S, U32S, U16S, INT),
            *(I32S, INT),
        )
    )
    def code_rows(
        decoding: bool,
        text: NDArray[np.uint8],
        records: NDArray[np.int32],
        first_slot: NDArray[np.int64],
        slots: NDArray[np.int32],
        columns: Int,
        siblings: NDArray[np.int32],
        terminator: Int,
        names: NDArray[np.uint32],
        starts: NDArray[np.int32],
        contexts: Int,
        learning: Int,
        memory: NDArray[np.uint32],
        memory_bits: Int,
        vote_slots: NDArray[np.uint32],
        vote_weights: NDArray[np.int32],
        coded: NDArray[np.uint8],
        table: NDArray[np.uint32],
        mask: np.uint64,
        weights: NDArray[Any],
        guess_table: NDArray[np.uint32],
        chances: NDArray[np.uint32],
        flags: NDArray[np.uint32],
        remembered: NDArray[np.uint16],
        byte_bits: Int,
        places: NDArray[np.int32],
        place_bits: Int,
    ) -> Int:
        """Codes all tokens of `text` into `coded`, or decodes them from there, with their starts, names and records'
        templates.

        Returns the coded length (see `coder.finish`). Returns DAMAGED as soon as the coded bytes do not suffice, or if
        they do not fill `text` and `starts` exactly or name no template. siblings: two columns for each. The templates
        are column `columns`. starts: one more than there are tokens.
        """
        known = QUICK if quick else LEAN if lean or short else contexts
        state = np.zeros(STATE_SIZE, np.int64)
        start(decoding, state, coded)
        hashes = np.zeros(FULL, np.uint64)
        lines = np.zeros(2 * FULL, np.uint64)
        checks = np.zeros(2 * FULL, np.uint32)
        found = np.zeros(FULL, np.uint32)
        values = np.zeros(_INPUTS, np.int16 if short else np.int32)
        guesses = np.full(GUESSES, NO_GUESS, np.int64)
        guess_slots = np.zeros(GUESSES, np.int64)
        foretold = np.full(FORETELLERS, -1, np.int64)
        sure = np.zeros(FORETELLERS, np.int64)
        byte_places = np.zeros(FULL, np.uint64)
        last_name = np.zeros(columns + 1, np.uint64)
        name_before = np.zeros(columns + 1, np.uint64)
        last_token = np.full(columns + 1, NONE, np.int64)
        last_record = np.zeros(columns + 1, np.int64)
        step = np.zeros(columns + 1, np.int64)
        step_record = np.zeros(columns + 1, np.int64)
        misses = np.zeros(columns + 1, np.int64)
        asking = np.zeros(REMEMBERING, np.uint64)
        voted = np.zeros(VOTERS, np.int64)
        called = np.zeros(VOTERS, np.int64)
        standing = np.zeros(VOTERS, np.int64)
        vote_places = np.zeros(VOTERS, np.uint64)
        vote_values = np.zeros(INPUTS, np.int32)
        vote_used = np.zeros(VOTERS, np.uint64)
        made = np.zeros(ROOM, np.uint8)
        templates = first_slot.shape[0] - 1
        template_size = 0 if templates <= 1 else 1 if templates <= 256 else 2
        at = np.int64(0)
        token = np.int64(0)
        past = np.zeros(PAST, np.uint64)
        ended = U(0)
        status = 0
        for record in range(records.shape[0]):
            if status != 0:
                break
            neighbour = U(0)
            second_neighbour = U(0)
            slot = np.int64(0)
            end_slot = np.int64(0)
            if template_size == 0:
                slot = first_slot[0]
                end_slot = first_slot[1]
            else:
                slot = np.int64(-1)
            while slot < end_slot:
                if token + 1 >= starts.shape[0]:
                    status = DAMAGED
                    break
                of_template = bool(slot < 0)
                column = columns if of_template else np.int64(slots[U(slot)])
                shared = least(column, MOST_COLUMNS - 1)
                before = last_name[column]
                sibling = U(0)
                second_sibling = U(0)
                if not of_template:
                    sibling = last_name[siblings[U(2 * column)]]
                    second_sibling = last_name[siblings[U(2 * column + 1)]]
                else:
                    sibling = past[1]
                    neighbour = ended
                size = np.int64(0)
                name = np.int64(NONE)
                if not decoding:
                    size = np.int64(starts[token + 1]) - at
                    name = np.int64(names[token])
                previous = last_token[column]
                made_size: Int = np.int64(0)
                hit = False
                asked = not quick or misses[column] < HOPELESS or (misses[column] & _SELDOM) == 0
                if asked:
                    vote_contexts(
                        asking, of_template, before, name_before[column], sibling, second_sibling, neighbour,
                        second_neighbour,
                        past,
                    )  # fmt: skip
                    look_up(vote_places, asking, column, memory, memory_bits, voted, standing)
                    voted[LAST] = previous
                    standing[LAST] = last_record[column]
                    for voter in range(LAST + 1):
                        called[voter] = np.int64(names[voted[voter]]) if voted[voter] >= 0 else NONE
                    called[FOLLOWING] = NONE
                    standing[FOLLOWING] = step_record[column]
                    if not of_template and previous >= 0:
                        made_size = write_following(
                            text, starts[previous], starts[previous + 1] - 1, step[column], made
                        )
                        if made_size > 0:
                            called[FOLLOWING] = name_of(made, 0, made_size)
                    tried = np.int64(NONE)
                    for attempt in range(2):
                        base = (2 * shared + attempt) * SLOTS_PER_COLUMN
                        best, chance = most_trusted(called, standing, tried, vote_slots, base)
                        if best < 0 or (attempt == 1 and chance < SECOND_TRY):
                            break
                        begin = np.int64(0)
                        stop = made_size
                        if best != FOLLOWING:
                            begin = np.int64(starts[voted[best]])
                            stop = np.int64(starts[voted[best] + 1])
                        right = 0
                        if not decoding and name == called[best]:
                            if best == FOLLOWING:
                                right = 1 if same_bytes(made, 0, made_size, text, at, at + size - 1) else 0
                            else:
                                right = 1 if same_bytes(text, begin, stop, text, at, at + size) else 0
                        tried = called[best]
                        if code_vote(
                            decoding, state, coded, right, called, standing, tried, attempt, shared, by_column,
                            vote_slots,
                            vote_weights, vote_values, vote_used,
                        ):  # fmt: skip
                            hit = True
                            name = tried
                            if decoding:
                                size = stop - begin + (1 if best == FOLLOWING else 0)
                                if size > text.shape[0] - at:
                                    status = DAMAGED
                                    size = np.int64(0)
                                elif best == FOLLOWING:
                                    for nth in range(made_size):
                                        text[at + nth] = made[nth]
                                    text[at + made_size] = terminator
                                else:
                                    for nth in range(size):
                                        text[at + nth] = text[begin + nth]
                            at += size
                            break
                if hit:
                    misses[column] = 0
                else:
                    misses[column] += 1
                    last = U(0)
                    for nth in range(8):
                        if at - 1 - nth >= 0:
                            last |= U(text[at - 1 - nth]) << U(8 * nth)
                    sofar = SEED
                    apart = U(column + 1) * SPREAD
                    word = U(0)
                    same = previous >= 0
                    offset = np.int64(0)
                    drift: Int = np.int64(0)
                    length: Int = np.int64(0)
                    repeat: Int = np.int64(0)
                    above_at = np.int64(0)
                    above_end = np.int64(0)
                    if same:
                        above_at = np.int64(starts[previous])
                        above_end = np.int64(starts[previous + 1])
                    while True:
                        above = U(terminator)
                        next_above = U(terminator)
                        if above_at + offset < above_end:
                            above = U(text[above_at + offset])
                            if above_at + offset + 1 < above_end:
                                next_above = U(text[above_at + offset + 1])
                        else:
                            same = False
                        if aligned:
                            aligned_contexts(
                                hashes, last, sofar ^ apart, U(column), sibling, word, above, next_above, same,
                                offset, drift,
                            )  # fmt: skip
                        else:
                            row_contexts(
                                hashes, known, last, sofar ^ apart, U(column), before, sibling, second_sibling,
                                neighbour, word, above | (next_above << U(8)), same,
                            )  # fmt: skip
                        length, repeat = find_repeat(text, at, last, length, repeat, places, place_bits)
                        repeated = np.int64(text[repeat]) if length > 0 else np.int64(-1)
                        expected = np.int64(above) if same else np.int64(-1)
                        byte: Int = np.int64(0) if decoding else np.int64(text[at])
                        if quick:
                            byte = code_foretold(
                                decoding, state, coded, byte, hashes, repeated, length, expected, offset, shared,
                                table, mask, weights, chances, flags, remembered, byte_bits,
                                lines, byte_places, foretold, sure,
                            )  # fmt: skip
                        elif short:
                            first_set = find_guesses(repeated, length, expected, offset, shared, guesses, guess_slots)
                            second_set: Int = FIRST_SETS + shared * second_sets
                            if aligned:
                                second_set += least(offset, PLACES - 1) * SETS_PER_COLUMN
                            byte = code_short_lean(
                                decoding, state, coded, byte, hashes, table, mask, weights, first_set, second_set,
                                guesses, guess_slots, guess_table, remembered, lines, checks, found, values,
                            )  # fmt: skip
                        elif lean:
                            byte = code_lean_guessed(
                                decoding, state, coded, byte, hashes, repeated, length, expected, offset, shared,
                                known, learning, table, mask, weights, guess_table,
                                guesses, guess_slots, lines, checks, found, values,
                            )  # fmt: skip
                        else:
                            byte = code_guessed(
                                decoding, state, coded, byte, hashes, repeated, length, expected, offset, shared,
                                known, learning, table, mask, weights, guess_table,
                                guesses, guess_slots, lines, checks, found, values,
                            )  # fmt: skip
                        if state[AT] > coded.shape[0] or at >= text.shape[0]:
                            status = DAMAGED
                            break
                        if decoding:
                            text[at] = byte
                        at += 1
                        offset += 1
                        if not of_template and byte == terminator:
                            break
                        sofar = extend(sofar, U(byte))
                        if of_template and offset == template_size:
                            break
                        if U(byte) != above:
                            same = False
                        if aligned:
                            drift = next_drift(drift, U(byte), above)
                        if (byte >= 97 and byte <= 122) or (byte >= 65 and byte <= 90) or byte >= 128:
                            word = (word + U(byte) + U(1)) * SPREAD
                        else:
                            word = U(0)
                        last = (last << U(8)) | U(byte)
                    name = np.int64(sofar >> U(32))
                if state[AT] > coded.shape[0]:
                    status = DAMAGED
                if status != 0:
                    break
                if decoding:
                    names[token] = name
                    starts[token + 1] = at
                if asked:
                    remember(vote_places, voted, standing, called, name, token, memory)
                    last_record[column] = next_record(standing[LAST], called[LAST] == name)
                if of_template:
                    number = np.int64(text[at - 1])
                    if template_size == 2:
                        number |= np.int64(text[at - 2]) << 8
                    if number >= templates:
                        status = DAMAGED
                        break
                    records[record] = number
                    slot = first_slot[number]
                    end_slot = first_slot[number + 1]
                    for nth in range(PAST - 1, 0, -1):
                        past[nth] = past[nth - 1]
                    past[0] = U(name)
                else:
                    if made_size > 0:
                        step_record[column] = next_record(standing[FOLLOWING], called[FOLLOWING] == name)
                    if asked and previous >= 0 and (made_size == 0 or called[FOLLOWING] != name):
                        step[column] = 0
                        if called[LAST] != name:
                            step[column] = step_between(
                                text, starts[previous], starts[previous + 1] - 1, starts[token], at - 1
                            )
                    slot += 1
                name_before[column] = before
                last_name[column] = U(name)
                last_token[column] = token
                second_neighbour = U(0) if of_template else neighbour
                neighbour = U(name)
                ended = neighbour
                token += 1
        result: Int = DAMAGED
        if status == 0 and token + 1 == starts.shape[0] and at == text.shape[0]:
            result = end(state) if decoding else finish(state, coded)
        return result

    compiled: Callable[..., Any] = code_rows
    return compiled
