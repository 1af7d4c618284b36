import ctypes
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest

from encoder.errors import KernelsError
from encoder.glyphs import kernel as kernels
from encoder.glyphs import library
from encoder.glyphs.declared import Declared
from encoder.glyphs.kinds import BUFFER, BYTES, FLAG, INT, REAL, TABLE, VOID, record, several
from encoder.glyphs.library import LibraryKernel, NoLibraryError, find_library, open_library

WRITABLE = np.zeros(8, np.uint8)
UNALIGNED = np.zeros(17, np.uint8)[1:].view(np.int32)


def installed_libraries():
    return [Path(entry, "encoder", "glyphs", library.FILE) for entry in sys.path]


def has_library():
    try:
        return find_library() is not None
    except NoLibraryError:
        return False


needs_library = pytest.mark.skipif(
    not has_library(), reason="no library of these sources; mend: python -m building.make"
)


class Pair(NamedTuple):
    one: np.ndarray
    other: np.ndarray


def read_only():
    array = np.zeros(8, np.uint8)
    array.flags.writeable = False
    return array


class Foreign:
    """Stands for a function of the library, and keeps the words that it was given."""

    def __init__(self, result=b"", status=0):
        self.result, self.status, self.words = result, status, None

    def __call__(self, words, room, _reason):
        self.words = np.frombuffer(words, np.uint64).tolist()
        ctypes.memmove(room, self.result, len(self.result))
        return self.status


def declared(signature, foreign=None):
    def some(*_):
        raise AssertionError("called as Python")

    return LibraryKernel(Declared(some, signature, allocates=True, inline=False), {name_of(some): foreign or Foreign()})


def name_of(function):
    return Declared(function, VOID(), allocates=True, inline=False).name


def test_arguments_are_laid_end_to_end_as_words():
    foreign = Foreign()
    table = np.zeros((3, 5), np.int32)
    pair = Pair(np.zeros(2, np.uint8), np.zeros(7, np.uint8))
    function = declared(VOID(INT, FLAG, REAL, TABLE, record(Pair, BYTES, BUFFER)), foreign)
    assert function(-2, True, 0.5, table, pair) is None
    number, flag, real, *places = foreign.words
    assert (number, flag, real) == (2**64 - 2, 1, int(np.float64(0.5).view(np.uint64)))
    one, other = (array.ctypes.data for array in pair)
    assert places == [table.ctypes.data, 3, 5, one, 2, other, 7]


@pytest.mark.parametrize(
    ("kind", "result", "expected"),
    [
        (INT, np.int64(-7).tobytes(), -7),
        (FLAG, b"\1", True),
        (REAL, np.float64(0.25).tobytes(), 0.25),
        (several(INT, 3), np.array([1, -2, 3]).tobytes(), (1, -2, 3)),
    ],
)
def test_a_result_comes_back_as_it_was_declared(kind, result, expected):
    assert declared(kind(), Foreign(result))() == expected


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (BUFFER, read_only()),
        (BUFFER, np.zeros(8, np.int8)),
        (BUFFER, np.zeros((8, 1), np.uint8)),
        (BUFFER, np.zeros(16, np.uint8)[::2]),
        (BUFFER, b"bytes"),
        (BUFFER, None),
        (TABLE, np.zeros((2, 2), np.int32).T.copy().T),
        (TABLE, np.zeros((2, 2), ">i4")),
        (TABLE, UNALIGNED.reshape(2, 2)),
        (INT, 1.0),
        (INT, WRITABLE),
        (INT, "1"),
        (FLAG, 1),
        (REAL, WRITABLE),
        (REAL, "1"),
        (record(Pair, BYTES, BUFFER), (WRITABLE, WRITABLE)),
        (record(Pair, BYTES, BUFFER), Pair(WRITABLE, read_only())),
        (record(Pair, BYTES, BUFFER), Pair(WRITABLE, WRITABLE.view(np.int8))),
    ],
)
def test_what_is_not_as_declared_never_reaches_the_library(kind, wrong):
    foreign = Foreign()
    function = declared(VOID(kind), foreign)
    with pytest.raises(TypeError):
        function(wrong)
    assert foreign.words is None


def test_a_wrong_number_of_arguments_never_reaches_the_library():
    foreign = Foreign()
    for wrong in ((), (WRITABLE, WRITABLE)):
        with pytest.raises(TypeError):
            declared(VOID(BUFFER), foreign)(*wrong)
    assert foreign.words is None


def test_what_is_only_read_may_be_read_only():
    foreign = Foreign()
    declared(VOID(BYTES), foreign)(read_only())
    assert foreign.words[1] == 8


def test_a_kernel_that_fails_is_an_error():
    with pytest.raises(RuntimeError):
        declared(INT(), Foreign(status=1))()


def test_kernels_of_one_factory_are_told_apart_by_what_they_close_over():
    def made(number, flag):
        def inner():
            return number, flag

        return inner

    names = {name_of(made(number, flag)) for number in (1, 2) for flag in (False, True)}
    assert len(names) == 4
    assert name_of(made(1, True)) == name_of(made(1, True))
    with pytest.raises(TypeError):
        name_of(made("one", True))


def test_a_library_that_is_missing_foreign_or_of_other_sources_is_refused(tmp_path):
    with pytest.raises(NoLibraryError, match="there is no"):
        open_library(tmp_path / "none")
    foreign = tmp_path / "foreign"
    foreign.write_bytes(library.sealed(b"\x7fELF of another machine"))
    with pytest.raises(NoLibraryError, match="not for this machine"):
        open_library(foreign)


@needs_library
def test_a_library_that_is_damaged_anywhere_is_refused(tmp_path):
    found = next(path for path in (library.library_path(), *installed_libraries()) if path.exists()).read_bytes()
    damaged = tmp_path / "damaged"
    half = len(found) // 2
    for content in (b"", *(found[:size] for size in (1, 1000, half, len(found) - 1)), found[:half] + bytes(half)):
        damaged.write_bytes(content)
        with pytest.raises(NoLibraryError, match="is damaged"):
            open_library(damaged)


def test_a_library_that_is_no_file_or_not_to_be_read_is_refused(tmp_path, monkeypatch):
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    os.mkfifo(tmp_path / "pipe")
    for name in ("folder", "loop", "pipe"):
        with pytest.raises(NoLibraryError, match="there is no"):
            open_library(tmp_path / name)
    (tmp_path / "file").write_bytes(b"x")
    monkeypatch.setattr(Path, "read_bytes", lambda _: (_ for _ in ()).throw(PermissionError(13, "not for you")))
    with pytest.raises(NoLibraryError, match="cannot be read"):
        open_library(tmp_path / "file")


def test_a_folder_of_pythons_path_that_is_not_for_everyone_is_passed_over(monkeypatch):
    monkeypatch.setattr(Path, "is_file", lambda _: (_ for _ in ()).throw(PermissionError))
    monkeypatch.setattr(library, "sys", SimpleNamespace(path=["/nowhere"]))
    with pytest.raises(NoLibraryError, match="there is no"):
        find_library()


@needs_library
def test_a_library_of_other_sources_is_refused(monkeypatch):
    monkeypatch.setattr(library, "sources_digest", lambda: "0" * 32)
    with pytest.raises(NoLibraryError, match="other sources"):
        find_library()


@needs_library
def test_a_checkout_of_the_same_sources_finds_the_library_that_was_installed(monkeypatch, tmp_path):
    found = next(path for path in (library.library_path(), *installed_libraries()) if path.exists())
    place = tmp_path / "encoder" / "glyphs"
    place.mkdir(parents=True)
    (place / library.FILE).write_bytes(found.read_bytes())
    monkeypatch.setattr(library, "library_path", lambda: tmp_path / "none")
    monkeypatch.setattr(library, "sys", SimpleNamespace(path=["/nowhere", str(tmp_path)]))
    assert Path(find_library()._name).parent == place


@pytest.fixture
def without_a_library(monkeypatch, tmp_path):
    monkeypatch.setattr(library, "library_path", lambda: tmp_path / "none")
    monkeypatch.setattr(library, "sys", SimpleNamespace(path=[]))
    kernels.means.cache_clear()
    yield monkeypatch
    kernels.means.cache_clear()


def test_without_a_library_numba_compiles_and_it_is_known_why(without_a_library):
    without_a_library.delenv(kernels.VARIABLE, raising=False)
    without_a_library.setattr(kernels, "find_spec", lambda name: name)
    assert kernels.means() == kernels.Means(None, "there is no library of kernels")


def test_without_a_library_and_numba_the_mend_is_named(without_a_library):
    without_a_library.delenv(kernels.VARIABLE, raising=False)
    without_a_library.setattr(kernels, "find_spec", lambda _name: None)
    with pytest.raises(KernelsError, match=r"there is no library of kernels.*\n  mend: .*`jit`"):
        kernels.means()


@pytest.mark.parametrize("said", ["library", "python"])
def test_what_the_environment_asks_for_and_is_not_there_is_an_error(without_a_library, said):
    without_a_library.setenv(kernels.VARIABLE, said)
    with pytest.raises(KernelsError, match="mend: "):
        kernels.means()


OPENED = """
import sys
opened = []
sys.addaudithook(lambda event, given: opened.append((event, str(given[0]))) if event in ("open", "pickle.find_class") else None)
import encoder
data = b"".join(b"%d GET /page/%d 200\\n" % (n * 7, n % 90) for n in range(9000))
assert encoder.decode(encoder.encode(data, "high")) == data
print([each for each in opened if each[0] != "open" or sys.argv[1] in each[1]], "numba" in sys.modules)
"""  # noqa: E501


@needs_library
def test_with_a_library_nothing_is_read_from_the_users_cache_and_numba_is_not_loaded(tmp_path):
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path), kernels.VARIABLE: "library"}
    command = [sys.executable, "-c", OPENED, str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"
    assert list(tmp_path.iterdir()) == []
