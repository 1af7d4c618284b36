"""The models, named by a stream's first byte.

All of them can be read. Those of `WRITTEN_TEXT` and `written_rows` are written.
"""

from dataclasses import dataclass
from typing import Final

from encoder.errors import FormatError, VersionError


@dataclass(frozen=True, slots=True)
class Model:
    """How bytes are mixed.

    contexts: how many. line_bits: the largest binary logarithm of the number of lines of slots. first_weight: of every
    input, in 65536ths. learning: how far a weight moves, in sixteenths.
    """

    contexts: int
    line_bits: int
    first_weight: int
    learning: int


@dataclass(frozen=True, slots=True)
class ForetoldModel:
    """How bytes are mixed that are foretold first.

    contexts, line_bits, first_weight: as of `Model`, of the bits. threshold: what the best foreteller's score must be
    above for its byte to be tried.
    """

    contexts: int
    line_bits: int
    first_weight: int
    threshold: int


FEW: Final = 6
"""Contexts of a text model that does not have them all."""
QUICK_MODEL: Final = 3
"""Of rows. It is compiled separately by `encoder.mixing.row_kernel`, and `encoder.mixing.quick` codes its bytes."""
LEAN_MODEL: Final = 5
"""Of rows: the contexts that tell most, as many as fill sixteen inputs of a mixer. It is compiled separately too."""
SHORT_MODEL: Final = 6
"""Of rows: the same contexts, with weights of 16 bits. It is compiled separately too."""
ALIGNED_MODEL: Final = 7
"""Of rows: the same, with contexts that look above. It is compiled separately too."""
TEXT_MODELS: Final[dict[int, Model | ForetoldModel]] = {
    1: Model(FEW, 20, 19660, 6),
    2: Model(12, 21, 19660, 6),
    3: Model(FEW, 20, 12000, 14),
    4: Model(12, 21, 6500, 14),
    5: ForetoldModel(3, 18, 9011, 5300000),
    6: ForetoldModel(12, 20, 2772, 7980000),
}
ROW_MODELS: Final = {
    1: Model(3, 15, 13107, 6),
    2: Model(12, 19, 13107, 6),
    QUICK_MODEL: Model(3, 16, 20000, 6),
    4: Model(12, 19, 6500, 22),
    LEAN_MODEL: Model(7, 19, 9000, 28),
    SHORT_MODEL: Model(7, 19, 4505, 10),
    ALIGNED_MODEL: Model(7, 19, 4505, 10),
}
LIGHT, FULL = LEVELS = (1, 2)
"""The levels of the back end."""
WRITTEN_TEXT: Final = {LIGHT: 5, FULL: 6}
"""The models of text that are written at each level."""


def written_rows(level: int, *, document: bool) -> int:
    """The model of rows that is written at that level.

    Documents at the light level have the quick model, as they are to be decoded quickly. Records do not: the quick
    model hardly makes them smaller than columns, which decode many times as fast as either.
    """
    return QUICK_MODEL if document and level == LIGHT else ALIGNED_MODEL


def row_model(tokens: memoryview) -> int:
    """The model of a token stream. Raises FormatError, VersionError."""
    if not len(tokens):
        raise FormatError("a block's tokens are missing")
    if tokens[0] not in ROW_MODELS:
        raise VersionError(f"rows of mixing model {tokens[0]} need a newer reader than this")
    return tokens[0]
