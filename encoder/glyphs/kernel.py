"""How a kernel is declared: its machine types up front, so that no call ever compiles a second version of it.

Kernels release the interpreter lock and are cached on disk. They check no index: what they are given is valid by
construction (encoding), or they check it themselves and return an error code below zero (decoding). A process loads a
kernel from the cache when it first calls it, so that it waits for none that it does not use; `encoder.glyphs.loading` sees to
it that a machine compiles them together.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar

import numpy as np
from numba import types
from numba.core.caching import FunctionCache
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher
from numba.core.runtime.nrt import rtsys

Int: TypeAlias = int | np.int64
"""An integer in a kernel: Python's outside, a 64-bit one once compiled."""

Function = TypeVar("Function", bound=Callable[..., Any])

BYTES = types.Array(types.uint8, 1, "C", readonly=True)
"""Bytes that a kernel only reads."""
BUFFER = types.uint8[::1]
"""Bytes that a kernel writes."""
I32S = types.int32[::1]
I64S = types.int64[::1]
U64S = types.uint64[::1]
TABLE = types.int32[:, ::1]
ROWS = types.int64[:, ::1]
INT = types.int64
HASH = types.uint64
FLAG = types.boolean
REAL = types.float64


def several(kind: Any, count: int) -> Any:  # noqa: ANN401  numba ships no types
    """The type of a tuple of `count` results of one kind."""
    return types.UniTuple(kind, count)  # type: ignore[no-untyped-call]  # as above


class _ToRun:
    """numba's target context for running what is compiled already: what only compiling needs is left out, which takes longer
    to look over than all kernels take to load.
    """

    def __init__(self, context: Any) -> None:  # noqa: ANN401  numba ships no types
        self._context = context

    def refresh(self) -> None:
        """What numba calls before it loads anything."""
        rtsys.initialize(self._context)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  as above
        return getattr(self._context, name)


class _Cache(FunctionCache):
    """Kernels on disk, loaded without preparing to compile."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:  # noqa: ANN401  numba ships no types
        """The compiled kernel, or None where there is none."""
        loaded = super().load_overload(sig, _ToRun(target_context))  # type: ignore[no-untyped-call]  # as above
        return None if loaded is None else loaded._replace(target_context=target_context)


def _with_plain_indices(compiling: Callable[..., Any]) -> Callable[..., Any]:
    """As `compiling`, which runs under numba's lock, without what numba does at every index for those below zero: no kernel
    counts from an array's end, and the tokenisers are a third faster without. Other numba code of the process is left alone.
    """

    def compiled(*arguments: Any) -> Any:  # noqa: ANN401  numba ships no types
        from numba.np import arrayobj  # noqa: PLC0415  only compiling needs it

        kept, arrayobj.fix_integer_index = arrayobj.fix_integer_index, _plain_index
        try:
            return compiling(*arguments)
        finally:
            arrayobj.fix_integer_index = kept

    return compiled


def _plain_index(context: Any, builder: Any, kind: Any, index: Any, _size: Any) -> Any:  # noqa: ANN401  as above
    return context.cast(builder, index, kind, types.intp)


class Kernel(CPUDispatcher):
    """A function with one declared signature. Until it is first called, from Python or by a kernel being compiled, nothing is
    compiled or loaded.
    """

    def __init__(self, function: Callable[..., Any], signature: Any, **options: bool) -> None:  # noqa: ANN401  as above
        super().__init__(function, targetoptions={"nopython": True, "boundscheck": None, "nogil": True, **options})
        self._declared = signature
        self._cache = _Cache(function)  # type: ignore[no-untyped-call]  # as above
        self._compiler.compile = _with_plain_indices(self._compiler.compile)

    def settle(self) -> Any:  # noqa: ANN401  numba ships no types
        """What is called: loaded from the cache, else compiled. From then on there is no other version."""
        with global_compiler_lock:
            if not self.signatures:
                self.compile(self._declared)
                self.disable_compile()
        return self.get_overload(self._declared)

    def get_call_template(self, args: Any, kws: Any) -> Any:  # noqa: ANN401  as above
        """What numba asks where a kernel that it compiles calls this one."""
        self.settle()
        return super().get_call_template(args, kws)

    def _compile_for_args(self, *args: Any, **_: Any) -> Any:  # noqa: ANN401  as above
        """What numba calls at a call from Python that no compiled version fits. Raises TypeError, as numba does, if none ever will."""
        given = [self.typeof_pyval(argument) for argument in args]
        wanted = self._declared.args
        if len(given) != len(wanted) or not all(map(self.typingctx.can_convert, given, wanted)):
            raise TypeError(f"{self.py_func.__name__} takes {wanted}, not {given}")
        return self.settle()


KERNELS: Final[list[Kernel]] = []
"""Those of every module imported so far, without their parts, which are compiled into them."""


def kernel(signature: Any, *, allocates: bool = True) -> Callable[[Function], Function]:  # noqa: ANN401  numba ships no types
    """Decorates a plain function on arrays: compiled for exactly `signature`, lock released, cached.

    A kernel that says that it makes no array counts no references to those it is given: of a tuple of arrays, numba counts them at
    every use, which takes longer than the use itself.
    """

    def decorate(function: Function) -> Function:
        declared = Kernel(function, signature, _nrt=allocates)
        KERNELS.append(declared)
        return declared  # type: ignore[return-value]  # is called as the function is

    return decorate


def part(signature: Any) -> Callable[[Function], Function]:  # noqa: ANN401  numba ships no types
    """As `kernel`, for what other kernels call for every value: compiled into its callers. It allocates nothing, and returns no
    array.
    """

    def decorate(function: Function) -> Function:
        return Kernel(function, signature, forceinline=True, _nrt=False)  # type: ignore[return-value]  # as above

    return decorate
