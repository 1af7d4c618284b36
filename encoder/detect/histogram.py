"""How often each byte value occurs: by the compiled kernel if the kernels are ready, else by numpy."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from encoder.glyphs.ready import is_ready

COUNTED: Final = 4 * 256
"""What the kernel counts in: four alternating tables. The first holds the sums in the end."""


def histogram(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The counts of the 256 byte values, shape (256,)."""
    if not is_ready():
        return np.bincount(data, minlength=256)
    from encoder.glyphs import survey  # noqa: PLC0415  ready: there is nothing to compile or wait for

    counts = np.empty(COUNTED, np.int64)
    survey.histogram(data, 0, len(data), counts)
    return counts[:256]
