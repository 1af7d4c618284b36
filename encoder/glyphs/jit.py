"""Kernels compiled by numba at run time: to develop them, to run without the library, and to build the library.

They are cached on disk. A process loads a kernel from the cache on its first call, so it never waits for a kernel that
it does not use. `encoder.glyphs.loading` makes a machine compile them together. An unreadable or unwritable cache is
ignored.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

from numba import njit, types
from numba.core.caching import FunctionCache
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher, cpu_target
from numba.core.runtime.nrt import rtsys
from numba.extending import intrinsic

from encoder.glyphs.cache import cache_folder
from encoder.glyphs.declared import Declared
from encoder.glyphs.instructions import INSTRUCTIONS
from encoder.glyphs.kinds import Array, Kind, Record, Result, Scalar, Several, Signature

_log: Final = logging.getLogger(__name__)

cache_folder()


def processor() -> str:
    """What numba compiles for here: system, processor and its features. It runs no code that it cached for another."""
    return str(cpu_target.target_context.codegen().magic_tuple())


def translated(kind: Kind | Result) -> Any:  # noqa: ANN401  numba ships no types
    """What numba calls this kind."""
    match kind:
        case Array(scalar, dimensions, writable):
            return types.Array(translated(scalar), dimensions, "C", readonly=not writable)
        case Record(made, arrays):
            return types.NamedTuple(tuple(map(translated, arrays)), made)  # type: ignore[no-untyped-call]  # as above
        case Several(scalar, count):
            return types.UniTuple(translated(scalar), count)  # type: ignore[no-untyped-call]  # as above
        case Scalar(name):
            return getattr(types, "boolean" if name == "bool" else name)
        case _:
            raise TypeError(f"numba has no name for {kind}")


def _signature(signature: Signature) -> Any:  # noqa: ANN401  as above
    return translated(signature.result)(*map(translated, signature.arguments))


class _ToRun:
    """numba's target context for running what is compiled already: what only compiling needs is left out, which takes
    longer to look over than all kernels take to load.
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
        """The compiled kernel, or None where there is none, or none that can be read: it is compiled and kept anew
        then.
        """
        try:
            loaded = super().load_overload(sig, _ToRun(target_context))  # type: ignore[no-untyped-call]  # as above
        except Exception as error:  # noqa: BLE001  a damaged pickle raises anything
            _log.info("glyph: %s is not readable (%s); compiling it again", self.cache_path, error)
            self._forget()
            return None
        return None if loaded is None else loaded._replace(target_context=target_context)

    def save_overload(self, sig: Any, data: Any) -> None:  # noqa: ANN401  as above
        """Keeps the compiled kernel, where it can be kept."""
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]  # as above
        except Exception as error:  # noqa: BLE001  numba reads the index, which may be damaged, to write it
            _log.info("glyph: %s is not writable (%s); what was compiled is not kept", self.cache_path, error)

    def _forget(self) -> None:
        try:
            self.flush()  # type: ignore[no-untyped-call]  # as above
        except OSError as error:
            _log.info("glyph: %s is not writable (%s)", self.cache_path, error)


def _with_plain_indices(compiling: Callable[..., Any]) -> Callable[..., Any]:
    """As `compiling`, which runs under numba's lock, without what numba does at every index for those below zero: no
    kernel counts from an array's end, and the tokenisers are a third faster without. Other numba code of the process is
    left alone.
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


class CompiledKernel(CPUDispatcher):
    """A function with one declared signature. Until it is first called, from Python or by a kernel being compiled,
    nothing is compiled or loaded.
    """

    def __init__(self, declared: Declared) -> None:
        options = {"nopython": True, "boundscheck": None, "nogil": True, "_nrt": declared.allocates}
        if declared.inline:
            options["forceinline"] = True
        super().__init__(declared.function, targetoptions=options)
        self.declared = declared
        self._wanted = _signature(declared.signature)
        self._cache = _Cache(declared.function)  # type: ignore[no-untyped-call]  # as above
        compiler: Any = self._compiler  # type: ignore[attr-defined]  # as above
        compiler.compile = _with_plain_indices(compiler.compile)

    @property
    def settled(self) -> bool:
        """Whether it is loaded, or compiled."""
        return bool(self.signatures)

    def settle(self) -> Any:  # noqa: ANN401  numba ships no types
        """What is called: loaded from the cache, else compiled. From then on there is no other version."""
        with global_compiler_lock:
            if not self.signatures:
                self.compile(self._wanted)
                self.disable_compile()
        return self.get_overload(self._wanted)

    @property
    def result(self) -> Any:  # noqa: ANN401  as above
        """What numba made of it."""
        self.settle()
        (made,) = self.overloads.values()
        return made

    def get_call_template(self, args: Any, kws: Any) -> Any:  # noqa: ANN401  as above
        """What numba asks where a kernel that it compiles calls this one."""
        self.settle()
        return super().get_call_template(args, kws)

    def _compile_for_args(self, *args: Any, **_: Any) -> Any:  # noqa: ANN401  as above
        """What numba calls at a call from Python that no compiled version fits. Raises TypeError, as numba does, if
        none ever will.
        """
        given = [self.typeof_pyval(argument) for argument in args]
        wanted = self._wanted.args
        if len(given) != len(wanted) or not all(map(self.typingctx.can_convert, given, wanted)):
            raise TypeError(f"{self.py_func.__name__} takes {wanted}, not {given}")
        return self.settle()


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled into its callers with whatever types they have."""
    made: Callable[..., Any] = njit(inline="always")(function)
    return made


def instruction(function: Callable[..., Any]) -> Callable[..., Any]:
    """The machine instruction of that name."""
    made: Callable[..., Any] = intrinsic(INSTRUCTIONS[function.__name__])
    return made
