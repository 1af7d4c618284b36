"""Machine instructions without a Python expression, as numba generates them for kernels.

They have the names under which `encoder.glyphs.wide` declares them. Each takes numba's typing context and its
arguments' types.
"""

from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir
from numba import types

_LANES: Final = 16
_SHORTS: Final = ir.VectorType(ir.IntType(16), _LANES)
_WORDS: Final = ir.VectorType(ir.IntType(32), _LANES)


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


def _lanes(context: Any, builder: Any, kind: Any, array: Any, at: Any) -> Any:  # noqa: ANN401  llvmlite has no types
    """Sixteen short numbers of an array, and where they lie."""
    data = context.make_array(kind)(context, builder, array).data
    place = builder.bitcast(builder.gep(data, [at]), _SHORTS.as_pointer())
    return builder.load(place, align=2), place


def _splat(builder: Any, value: Any) -> Any:  # noqa: ANN401  as above
    """Sixteen times the same."""
    none = ir.Constant(ir.VectorType(value.type, _LANES), ir.Undefined)
    first = builder.insert_element(none, value, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(first, none, ir.Constant(ir.VectorType(ir.IntType(32), _LANES), [0] * _LANES))


def _constant(value: int) -> Any:  # noqa: ANN401  as above
    return ir.Constant(_SHORTS, [value] * _LANES)


def _summed(builder: Any, one: Any, other: Any) -> Any:  # noqa: ANN401  as above
    """The sum of their products, modulo 2**32, as a number of 64 bits."""
    product = builder.mul(builder.sext(one, _WORDS), builder.sext(other, _WORDS))
    total = ir.FunctionType(ir.IntType(32), [_WORDS])
    function = builder.module.declare_intrinsic(f"llvm.vector.reduce.add.v{_LANES}i32", fnty=total)
    return builder.sext(builder.call(function, [product]), ir.IntType(64))


def _added(builder: Any, one: Any, other: Any) -> Any:  # noqa: ANN401  as above
    kind = ir.FunctionType(_SHORTS, [_SHORTS, _SHORTS])
    function = builder.module.declare_intrinsic(f"llvm.sadd.sat.v{_LANES}i16", fnty=kind)
    return builder.call(function, [one, other])


def _products(typing: Any, values: Any, at: Any, weights: Any, row: Any) -> Any:  # noqa: ANN401, ARG001  numba's protocol
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401  as above
        one, _ = _lanes(context, builder, signature.args[0], *arguments[:2])
        other, _ = _lanes(context, builder, signature.args[2], *arguments[2:])
        return _summed(builder, one, other)

    return types.int64(values, types.int64, weights, types.int64), generate


def _products_of_sum(typing: Any, values: Any, at: Any, weights: Any, row: Any, more: Any) -> Any:  # noqa: ANN401, ARG001  numba's protocol
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401  as above
        one, _ = _lanes(context, builder, signature.args[0], *arguments[:2])
        first, _ = _lanes(context, builder, signature.args[2], arguments[2], arguments[3])
        second, _ = _lanes(context, builder, signature.args[2], arguments[2], arguments[4])
        return _summed(builder, one, _added(builder, first, second))

    return types.int64(values, types.int64, weights, types.int64, types.int64), generate


def _learn(typing: Any, values: Any, at: Any, weights: Any, row: Any, error: Any) -> Any:  # noqa: ANN401, ARG001  numba's protocol
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401  as above
        inputs, _ = _lanes(context, builder, signature.args[0], *arguments[:2])
        old, place = _lanes(context, builder, signature.args[2], *arguments[2:4])
        error = _splat(builder, builder.trunc(arguments[4], ir.IntType(16)))
        wide = builder.mul(builder.sext(builder.shl(inputs, _constant(2)), _WORDS), builder.sext(error, _WORDS))
        high = builder.trunc(builder.ashr(wide, ir.Constant(_WORDS, [16] * _LANES)), _SHORTS)
        step = builder.ashr(builder.add(high, _constant(1)), _constant(1))
        builder.store(_added(builder, old, step), place, align=2)
        return context.get_dummy_value()

    return types.void(values, types.int64, weights, types.int64, types.int64), generate


def _prefetch(typing: Any, array: Any, at: Any) -> Any:  # noqa: ANN401, ARG001  numba's protocol
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401  as above
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(data, [arguments[1]]), ir.IntType(8).as_pointer())
        number = ir.IntType(32)
        wanted = ir.FunctionType(ir.VoidType(), [place.type, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch.p0", fnty=wanted)
        builder.call(function, [place, *(ir.Constant(number, each) for each in (1, 3, 1))])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


INSTRUCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "learn": _learn,
    "load_word": _load_word,
    "prefetch": _prefetch,
    "products": _products,
    "products_of_sum": _products_of_sum,
    "store_word": _store_word,
    "trailing_zeros": _trailing_zeros,
}
