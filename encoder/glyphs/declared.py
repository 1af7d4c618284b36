"""A declared kernel, before compilation or lookup. Both the library and the compiler start from it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from encoder.glyphs.kinds import Signature


@dataclass(frozen=True, slots=True)
class Declared:
    """allocates: whether it makes arrays. inline: whether it is compiled into those that call it."""

    function: Callable[..., Any]
    signature: Signature
    allocates: bool
    inline: bool

    @property
    def name(self) -> str:
        """What it goes by in the library. Kernels that one function makes are told apart by the numbers they close
        over, never by the order in which they were made: that differs from process to process. Raises TypeError where
        they close over anything else.
        """
        code = self.function.__code__
        told = [f"{self.function.__module__}.{self.function.__qualname__}".replace("<locals>", "in").replace(".", "_")]
        for name, cell in zip(code.co_freevars, self.function.__closure__ or (), strict=True):
            if not isinstance(cell.cell_contents, int):
                raise TypeError(f"{told[0]} closes over {name}, which is no number that could tell it from others")
            told.append(f"{name}{int(cell.cell_contents)}")
        return "_".join(told)
