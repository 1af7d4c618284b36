"""A kernel compiled by numba as far as LLVM's text, and no further: what makes machine code of it is the library as
a whole.
"""

from typing import Any

from numba.core.caching import NullCache

from encoder.glyphs.declared import Declared
from encoder.glyphs.jit import CompiledKernel


class AheadKernel(CompiledKernel):
    """As `CompiledKernel`; it can be called by other kernels, and by nobody else. Kept in no cache."""

    def __init__(self, declared: Declared) -> None:
        super().__init__(declared)
        self._cache: Any = NullCache()
        compiler: Any = self._compiler  # type: ignore[attr-defined]  # numba ships no types
        compiler._customize_flags = _without_machine_code  # noqa: SLF001  numba's own hook for subclasses

    def add_overload(self, made: Any) -> None:  # noqa: ANN401  as above
        """What numba calls when it has compiled it: other kernels find it by an entry point, which is one of
        nothing.
        """
        made = made._replace(entry_point=[].append)  # a builtin function, as numba wants it, and unlike every other
        self.targetctx.insert_user_function(made.entry_point, made.fndesc, [made.library])  # type: ignore[no-untyped-call]  # as above
        super().add_overload(made)


def _without_machine_code(flags: Any) -> Any:  # noqa: ANN401  as above
    flags.no_compile = flags.no_cpython_wrapper = flags.no_cfunc_wrapper = True
    return flags
