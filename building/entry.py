"""The functions of the library that Python calls, as LLVM text: each unpacks its words and calls a kernel as numba
calls it.
"""

from typing import Final

from encoder.glyphs.declared import Declared
from encoder.glyphs.kinds import Array, Kind, Record, Scalar, Signature

MACHINE: Final = {
    "bool": ("i8", 1),
    "uint8": ("i8", 1),
    "uint16": ("i16", 2),
    "int16": ("i16", 2),
    "uint32": ("i32", 4),
    "int32": ("i32", 4),
    "int64": ("i64", 8),
    "uint64": ("i64", 8),
    "float64": ("double", 8),
}
"""LLVM's name of each scalar, and its bytes."""


class _Unpacking:
    """Instructions that turn words into arguments. given: each argument's type and value so far."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.given: list[tuple[str, str]] = []
        self._words = 0
        self._values = 0

    def take(self, kind: Kind) -> None:
        """The next argument."""
        match kind:
            case Array():
                self._take_array(kind)
            case Record():
                for array in kind.arrays:
                    self._take_array(array)
            case Scalar():
                self._take_scalar(kind)

    def _take_array(self, kind: Array) -> None:
        """Numba's own order: who owns it, its items, their size, its data, its lengths, its strides."""
        size = MACHINE[kind.scalar.name][1]
        data = self._made(f"inttoptr i64 {self._word()} to ptr")
        lengths = [self._word() for _ in range(kind.dimensions)]
        strides = [str(size)]
        for length in reversed(lengths[1:]):
            strides.insert(0, self._made(f"mul i64 {length}, {strides[0]}"))
        items = lengths[0]
        for length in lengths[1:]:
            items = self._made(f"mul i64 {items}, {length}")
        self.given += [("ptr", "null"), ("ptr", "null"), ("i64", items), ("i64", str(size)), ("ptr", data)]
        self.given += [("i64", each) for each in (*lengths, *strides)]

    def _take_scalar(self, kind: Scalar) -> None:
        name = MACHINE[kind.name][0]
        value = self._word()
        if name == "double":
            value = self._made(f"bitcast i64 {value} to double")
        elif name != "i64":
            value = self._made(f"trunc i64 {value} to {name}")
        self.given.append((name, value))

    def _word(self) -> str:
        place = self._made(f"getelementptr i64, ptr %words, i64 {self._words}")
        self._words += 1
        return self._made(f"load i64, ptr {place}")

    def _made(self, instruction: str) -> str:
        self._values += 1
        self.lines.append(f"  %v{self._values} = {instruction}")
        return f"%v{self._values}"


def argument_types(signature: Signature) -> list[str]:
    """LLVM's types of a kernel's arguments, after the places of its result and of the reason of a failure."""
    return [kind for kind, _ in _unpacked(signature).given]


def entry(declared: Declared, target: str) -> str:
    """The function that goes by the kernel's name, and calls `target`."""
    made = _unpacked(declared.signature)
    types = ", ".join(["ptr", "ptr", *(kind for kind, _ in made.given)])
    given = ", ".join(["ptr %result", "ptr %reason", *(f"{kind} {value}" for kind, value in made.given)])
    unpacking = "\n".join(made.lines)
    return f"""
declare i32 @"{target}"({types})
define i32 @{declared.name}(ptr %words, ptr %result, ptr %reason) {{
{unpacking}
  %status = call i32 @"{target}"({given})
  ret i32 %status
}}
"""


def _unpacked(signature: Signature) -> _Unpacking:
    unpacking = _Unpacking()
    for kind in signature.arguments:
        unpacking.take(kind)
    return unpacking
