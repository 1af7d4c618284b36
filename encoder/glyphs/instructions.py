"""Machine instructions without a Python expression, as numba generates them for kernels.

They have the names under which `encoder.glyphs.wide` declares them. Each takes numba's typing context and its
arguments' types.
"""

from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir
from numba import types


def _word_at(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:  # noqa: ANN401  llvmlite has no types
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [at]), ir.IntType(64).as_pointer())


def _load_word(typing: Any, array: Any, at: Any) -> Any:  # noqa: ANN401, ARG001  numba's protocol
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401  as above
        place = _word_at(context, builder, signature.args[0], *arguments)
        return builder.load(place, align=1)

    return types.uint64(array, types.int64), generate


def _store_word(typing: Any, array: Any, at: Any, word: Any) -> Any:  # noqa: ANN401, ARG001  numba's protocol
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401  as above
        place = _word_at(context, builder, signature.args[0], *arguments[:2])
        builder.store(arguments[2], place, align=1)
        return context.get_dummy_value()

    return types.void(array, types.int64, types.uint64), generate


def _trailing_zeros(typing: Any, word: Any) -> Any:  # noqa: ANN401, ARG001  numba's protocol
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001  as above
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


INSTRUCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "load_word": _load_word,
    "store_word": _store_word,
    "trailing_zeros": _trailing_zeros,
}
