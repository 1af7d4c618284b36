from typing import NamedTuple

import pytest

from building.entry import argument_types, entry
from encoder.glyphs.declared import Declared
from encoder.glyphs.kinds import BYTES, FLAG, HASH, INT, REAL, TABLE, UINT32, VOID, record

llvm = pytest.importorskip("llvmlite.binding")


class Pair(NamedTuple):
    one: object
    other: object


def test_arguments_are_given_as_numba_takes_them():
    array = ["ptr", "ptr", "i64", "i64", "ptr", "i64", "i64"]
    assert argument_types(VOID(INT, FLAG, REAL, UINT32)) == ["i64", "i8", "double", "i32"]
    assert argument_types(VOID(BYTES)) == array
    assert argument_types(VOID(TABLE)) == [*array[:5], "i64", "i64", "i64", "i64"]
    assert argument_types(VOID(record(Pair, BYTES, BYTES), HASH)) == [*array, *array, "i64"]


def test_an_entry_is_valid_and_goes_by_the_name_that_the_caller_looks_up():
    def some(*_):
        raise AssertionError("called as Python")

    declared = Declared(some, INT(TABLE, REAL, FLAG, record(Pair, BYTES, BYTES)), allocates=False, inline=False)
    module = llvm.parse_assembly(entry(declared, "target"))
    module.verify()
    assert declared.name in {function.name for function in module.functions if not function.is_declaration}
