"""The mixing back end: one stream of bytes coded with the text model. A byte names the model, and the coded bits
follow.
"""

from collections import deque
from collections.abc import Callable
from queue import SimpleQueue
from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.errors import FormatError, VersionError
from encoder.mixing.coder import AT, STATE_SIZE, TAIL
from encoder.mixing.foretold import REFINED_SETS
from encoder.mixing.foretold_tables import bucket_table, foretold_slots, foretold_weights
from encoder.mixing.foretold_text import FOUND, KEPT, MANY, code_foretold_few, code_foretold_many
from encoder.mixing.memory import text_sizes
from encoder.mixing.models import FEW, TEXT_MODELS, ForetoldModel
from encoder.mixing.predict import inputs_of
from encoder.mixing.tables import GUESS, refining_table, slot_table
from encoder.mixing.text import FIRST_SETS, GUESS_SLOTS, SECOND_SETS, STOPPED, code_text

Beside = Callable[[Callable[[], bytes | None]], None]
"""Runs something in another thread, or does not."""
_PART: Final = 1 << 16
"""Bytes of text that are coded at once."""
_WORTH_FOLLOWING: Final = 1 << 18
"""Bytes of text, below which decoding takes no longer than a thread is worth."""
_ENDED: Final = -1


def compress(
    data: bytes | memoryview, model: int, most: int | None = None, beside: Beside | None = None
) -> bytes | None:
    """The stream, or None unless it is shorter than `data`. most: bytes; None too as soon as it takes more. beside:
    starts what decodes the stream again while it is made, and returns it if that was right.
    """
    text = np.frombuffer(data, np.uint8).copy()
    room = len(text) - 2  # with the model, a byte less than the text
    coded = np.empty(max(0, room if most is None else min(room, most)), np.uint8)
    if not isinstance(TEXT_MODELS[model], ForetoldModel):
        size = _code(False, text, coded, model)
        return _named(model, coded, size) if 0 <= size <= len(coded) else None
    following = _Following(text, coded, model)
    size = STOPPED
    try:
        if beside is not None and len(text) >= _WORTH_FOLLOWING:
            beside(following.run)
        size = _in_parts(ForetoldCoder(False, text, coded, model), len(text), following)
    finally:
        following.end(size)
    return _named(model, coded, size) if 0 <= size <= len(coded) else None


def _named(model: int, coded: NDArray[np.uint8], size: int) -> bytes:
    return bytes([model]) + coded[:size].tobytes()


def _in_parts(coder: "ForetoldCoder", size: int, following: "_Following") -> int:
    """What the kernel returns at the end, or STOPPED."""
    for stop in range(_PART, size, _PART):
        if coder.advance(stop) == STOPPED:
            return STOPPED
        following.reached(stop, coder.coded)
    return coder.advance(size)


class _Following:
    """Decodes a stream part by part, while another thread makes it."""

    def __init__(self, text: NDArray[np.uint8], coded: NDArray[np.uint8], model: int) -> None:
        self._text: Final = text
        self._coded: Final = coded
        self._model: Final = model
        self._parts: Final[SimpleQueue[tuple[int, int]]] = SimpleQueue()

    def reached(self, stop: int, coded: int) -> None:
        """The text up to `stop` is coded, in so many bytes."""
        self._parts.put((stop, coded))

    def end(self, size: int) -> None:
        """What the encoder's kernel returned at last."""
        self._parts.put((_ENDED, size))

    def run(self) -> bytes | None:
        """The stream, if it decodes to the text."""
        out = np.empty(len(self._text), np.uint8)
        coder = ForetoldCoder(True, out, self._coded, self._model)
        begin = 0
        behind: deque[tuple[int, int]] = deque()
        while (part := self._parts.get())[0] != _ENDED:
            behind.append(part)
            while behind[0][1] + TAIL <= part[1]:  # a decoder reads so many bytes ahead
                stop, _ = behind.popleft()
                if coder.advance(stop) == STOPPED or not np.array_equal(out[begin:stop], self._text[begin:stop]):
                    return None
                begin = stop
        size = part[1]
        if not 0 <= size <= len(self._coded) or coder.advance(len(out)) != size:
            return None
        return _named(self._model, self._coded, size) if np.array_equal(out[begin:], self._text[begin:]) else None


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
        return ForetoldCoder(decoding, text, coded, model).advance(len(text))
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


class ForetoldCoder:
    """A text's way through a model that foretells bytes, in parts."""

    def __init__(self, decoding: bool, text: NDArray[np.uint8], coded: NDArray[np.uint8], model: int) -> None:
        known = TEXT_MODELS[model]
        assert isinstance(known, ForetoldModel), "asked of a model that foretells"
        sizes = text_sizes(len(text), model)
        self._code: Final = code_foretold_many if known.contexts == MANY else code_foretold_few
        self._state: Final = np.zeros(STATE_SIZE, np.int64)
        self._first: Final = (decoding, text)
        self._at = 0
        kept = (np.zeros(FOUND, np.int64), np.zeros(KEPT, np.uint64))
        lines = (slot_table(sizes.line_bits), np.uint64((1 << sizes.line_bits) - 1))
        weights, slots = foretold_weights(known.contexts, known.first_weight), foretold_slots()
        foretold = (weights, slots, bucket_table(sizes.byte_bits), sizes.byte_bits, refining_table(REFINED_SETS))
        places = (np.zeros(1 << sizes.place_bits, np.int32), sizes.place_bits)
        self._rest: Final = (self._state, *kept, coded, known.threshold, *lines, *foretold, *places)

    @property
    def coded(self) -> int:
        """Bytes written, or read."""
        return int(self._state[AT])

    def advance(self, stop: int) -> int:
        """Codes on to that byte of the text; returns what the kernel does. To be called once at least."""
        begin, self._at = self._at, stop
        return int(self._code(*self._first, begin, stop, *self._rest))
