"""The mixing back end: one stream of bytes coded with the text model. A byte names the model, and the coded bits
follow.
"""

import numpy as np
from numpy.typing import NDArray

from encoder.errors import FormatError, VersionError
from encoder.mixing.foretold import REFINED_SETS
from encoder.mixing.foretold_tables import bucket_table, foretold_slots, foretold_weights
from encoder.mixing.foretold_text import MANY, code_foretold_few, code_foretold_many
from encoder.mixing.memory import TextSizes, text_sizes
from encoder.mixing.models import FEW, TEXT_MODELS, ForetoldModel
from encoder.mixing.predict import inputs_of
from encoder.mixing.tables import GUESS, refining_table, slot_table
from encoder.mixing.text import FIRST_SETS, GUESS_SLOTS, SECOND_SETS, code_text


def compress(data: bytes | memoryview, model: int, most: int | None = None) -> bytes | None:
    """The stream, or None unless it is shorter than `data`. most: bytes; None too as soon as it takes more."""
    text = np.frombuffer(data, np.uint8).copy()
    room = len(text) - 2  # with the model, a byte less than the text
    coded = np.empty(max(0, room if most is None else min(room, most)), np.uint8)
    size = _code(False, text, coded, model)
    return bytes([model]) + coded[:size].tobytes() if 0 <= size <= len(coded) else None


def decompress(data: memoryview, raw_size: int) -> bytes:
    """Inverse of `compress`. Raises FormatError for any other data, VersionError for a later model."""
    if not len(data):
        raise FormatError("a mixed stream is empty")
    model = data[0]
    if model not in TEXT_MODELS:
        raise VersionError(f"a stream of mixing model {model} needs a newer reader than this")
    text = np.empty(raw_size, np.uint8)
    coded = np.frombuffer(data, np.uint8)[1:].copy()
    if _code(True, text, coded, model) != len(coded):
        raise FormatError(f"a mixed stream of {raw_size} bytes does not end where it should")
    return text.tobytes()


def _code(decoding: bool, text: NDArray[np.uint8], coded: NDArray[np.uint8], model: int) -> int:
    known = TEXT_MODELS[model]
    if isinstance(known, ForetoldModel):
        return _code_foretold(decoding, text, coded, text_sizes(len(text), model), known)
    sizes = text_sizes(len(text), model)
    rows = FIRST_SETS + SECOND_SETS
    return int(
        code_text(
            decoding,
            known.contexts > FEW,
            known.learning,
            text,
            coded,
            slot_table(sizes.line_bits),
            np.uint64((1 << sizes.line_bits) - 1),
            np.full(rows * inputs_of(known.contexts), known.first_weight, np.int32),
            np.full(GUESS_SLOTS, GUESS, np.uint32),
            np.zeros(1 << sizes.place_bits, np.int32),
            sizes.place_bits,
        )
    )


def _code_foretold(
    decoding: bool, text: NDArray[np.uint8], coded: NDArray[np.uint8], sizes: TextSizes, known: ForetoldModel
) -> int:
    code = code_foretold_many if known.contexts == MANY else code_foretold_few
    return int(
        code(
            decoding,
            text,
            coded,
            known.threshold,
            slot_table(sizes.line_bits),
            np.uint64((1 << sizes.line_bits) - 1),
            foretold_weights(known.contexts, known.first_weight),
            foretold_slots(),
            bucket_table(sizes.byte_bits),
            sizes.byte_bits,
            refining_table(REFINED_SETS),
            np.zeros(1 << sizes.place_bits, np.int32),
            sizes.place_bits,
        )
    )
