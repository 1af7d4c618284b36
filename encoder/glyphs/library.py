"""The shared library of all kernels, compiled when the package was built, and how Python calls its functions.

A function takes an array of 64-bit words, which holds its arguments end to end (a number is one word; an array its
address and its lengths), the place of its result, and that of the reason if it fails; it returns 0 unless it failed. It
trusts its arguments, so this module must check them.
"""

import contextlib
import ctypes
import operator
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from encoder.glyphs.declared import Declared
from encoder.glyphs.kinds import HASH, INT, REAL, VOID, Array, Kind, Record, Scalar, Several
from encoder.glyphs.sources import fingerprint, sources_digest

FILE: Final = "libkernels.so.0"
"""Its name, beside this module: not one that Python would import."""
DIGEST_SYMBOL: Final = "glyph_kernels_digest"
"""An array of characters that holds the digest of the sources that it was made of."""
ROOM: Final = 64
"""Bytes for a result."""
_MATHEMATICS: Final = "libm.so.6"
"""Has a logarithm that the library takes from whoever is in the process; Python itself brings it, as a rule."""
_WRITEABLE: Final = 0x0400  # numpy's flags of an array
_BEHAVED: Final = 0x0101  # C-contiguous and aligned
_WORD: Final = 0xFFFFFFFFFFFFFFFF
_REAL: Final = struct.Struct("=d")
_BITS: Final = struct.Struct("=Q")
_REASON: Final = struct.Struct("Pi")  # numba's: a pickled exception and its length
_RAISED: Final = (MemoryError, ZeroDivisionError)
_Taker = Callable[[Any, list[int]], None]
_Nothing: Final = ctypes.c_char * 0
_Room: Final = ctypes.c_char * ROOM
_Reason: Final = ctypes.c_void_p * 1


class NoLibraryError(Exception):
    """There is no library that this process could call; says why."""


def library_path() -> Path:
    """Where the library belongs: beside this module."""
    return Path(__file__).with_name(FILE)


def find_library() -> ctypes.CDLL:
    """The library beside this module; else one that was installed, which fits a checkout of the same sources.
    Raises NoLibraryError.
    """
    installed = (Path(entry, *Path(__file__).parts[-3:-1], FILE) for entry in sys.path)
    refused = []
    for path in dict.fromkeys((library_path(), *filter(_is_there, installed))):
        try:
            return open_library(path)
        except NoLibraryError as error:
            refused.append(error)
    raise refused[-1]


def sealed(content: bytes) -> bytes:
    """A library's bytes, with those behind them that tell whether they are whole: one that is damaged would end the
    process.
    """
    return content + fingerprint(content)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder of Python's path that is not for everyone
        return False


def open_library(path: Path) -> ctypes.CDLL:
    """The library, if it is there, whole, for this machine, and of these sources. Raises NoLibraryError."""
    if not _is_there(path):
        raise NoLibraryError("there is no library of kernels")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NoLibraryError(f"the library of kernels cannot be read ({error.strerror})") from error
    if content != sealed(content[: -len(fingerprint(b""))]):
        raise NoLibraryError("the library of kernels is damaged")
    with contextlib.suppress(OSError):  # where it goes by another name, Python has it
        ctypes.CDLL(_MATHEMATICS, ctypes.RTLD_GLOBAL)
    try:
        library = ctypes.CDLL(str(path))
        digest = (ctypes.c_char * len(sources_digest())).in_dll(library, DIGEST_SYMBOL).raw
    except (OSError, ValueError) as error:
        raise NoLibraryError(f"the library of kernels is not for this machine ({error})") from error
    if digest != sources_digest().encode():
        raise NoLibraryError("the library of kernels was made of other sources")
    return library


class LibraryKernel:
    """A function of the library. Called from Python as the declared function is; releases the interpreter lock
    meanwhile.
    """

    def __init__(self, declared: Declared, library: ctypes.CDLL) -> None:
        self.declared: Final = declared
        self.py_func: Final = declared.function
        self.__name__ = declared.function.__name__
        self.__qualname__ = declared.function.__qualname__
        self.__module__ = declared.function.__module__
        self.__doc__ = declared.function.__doc__
        self._library: Final = library
        self._address: Any = None

    @property
    def settled(self) -> bool:
        """Whether it was looked up in the library."""
        return self._address is not None

    def settle(self) -> Any:  # noqa: ANN401  a foreign function
        """What is called. Most kernels are called by other kernels alone, and never come here."""
        if self._address is None:
            kinds = self.declared.signature.arguments
            self._takers = tuple(_taker(kind) for kind in kinds)
            self._pack = struct.Struct(f"={sum(map(_words_of, kinds))}Q").pack
            self._result = _result_of(self.declared)
            address = self._library[self.declared.name]
            address.argtypes = (ctypes.c_char_p, ctypes.c_void_p, ctypes.c_void_p)
            address.restype = ctypes.c_int32
            self._address = address
        return self._address

    def __call__(self, *given: Any) -> Any:  # noqa: ANN401  as declared
        """Raises TypeError for arguments that are not as declared."""
        address, words = self._address or self.settle(), list[int]()
        if len(given) != len(self._takers):
            raise TypeError(f"{self.__name__} takes {len(self._takers)} arguments, not {len(given)}")
        try:
            for take, value in zip(self._takers, given, strict=True):
                take(value, words)
        except TypeError as error:
            raise TypeError(f"{self.__name__} takes {self.declared.signature.arguments}: {error}") from error
        room, reason = _Room(), _Reason()
        if address(self._pack(*words), room, reason):
            raise _failure(self.__name__, reason[0])
        return self._result(room)


def _words_of(kind: Kind) -> int:
    match kind:
        case Array(dimensions=dimensions):
            return 1 + dimensions
        case Record(arrays=arrays):
            return sum(map(_words_of, arrays))
        case _:
            return 1


def _taker(kind: Kind) -> _Taker:
    """Appends the words of a value of this kind. Raises TypeError for another."""
    match kind:
        case Array():
            return _array_taker(kind)
        case Record(made, arrays):
            return _record_taker(made, tuple(map(_taker, arrays)))
        case Scalar(name="float64"):
            return _take_real
        case Scalar(name="bool"):
            return _take_flag
        case _:
            return _take_integer


def _array_taker(kind: Array) -> _Taker:
    dtype, dimensions = np.dtype(kind.scalar.name), kind.dimensions
    needed = _BEHAVED | (_WRITEABLE if kind.writable else 0)

    def take(value: Any, words: list[int]) -> None:  # noqa: ANN401  anything may be given
        if not isinstance(value, np.ndarray) or value.dtype != dtype or value.ndim != dimensions:
            raise TypeError(f"not an array of {dtype} in {dimensions} dimensions: {_told(value)}")
        flags = value.flags.num
        if flags & needed != needed:
            raise TypeError(f"an array that is not contiguous, aligned{' and writable' if kind.writable else ''}")
        if flags & _WRITEABLE:
            at = ctypes.addressof(_Nothing.from_buffer(value))  # type: ignore[arg-type]  # an array is a buffer, and this the quickest way
            words.append(at)
        else:
            words.append(value.__array_interface__["data"][0])
        words.extend(value.shape)

    return take


def _told(value: Any) -> str:  # noqa: ANN401  anything may be given
    if isinstance(value, np.ndarray):
        return f"an array of {value.dtype} in {value.ndim} dimensions"
    return type(value).__name__


def _record_taker(made: type[tuple[Any, ...]], takers: tuple[_Taker, ...]) -> _Taker:
    def take(value: Any, words: list[int]) -> None:  # noqa: ANN401  as above
        if type(value) is not made:
            raise TypeError(f"not a {made.__name__}: {_told(value)}")
        for each, array in zip(takers, tuple(value), strict=True):
            each(array, words)

    return take


def _take_integer(value: Any, words: list[int]) -> None:  # noqa: ANN401  as above
    words.append(operator.index(value) & _WORD)


def _take_flag(value: Any, words: list[int]) -> None:  # noqa: ANN401  as above
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"not a bool: {_told(value)}")
    words.append(int(value))


def _take_real(value: Any, words: list[int]) -> None:  # noqa: ANN401  as above
    if not isinstance(value, int | float | np.number):
        raise TypeError(f"not a number: {_told(value)}")
    words.append(_BITS.unpack(_REAL.pack(value))[0])


def _result_of(declared: Declared) -> Callable[[Any], Any]:
    """Reads the result where the function left it."""
    kind = declared.signature.result
    if isinstance(kind, Several):
        if kind.scalar not in {INT, HASH, REAL} or 8 * kind.count > ROOM:
            raise TypeError(f"{declared.name} returns {kind}, for which there is no room")
        return struct.Struct(f"={kind.count}{kind.scalar.code}").unpack_from
    if not isinstance(kind, Scalar):
        raise TypeError(f"{declared.name} returns {kind}")
    if kind == VOID:
        return lambda _room: None
    unpack = struct.Struct(f"={kind.code}").unpack_from
    return lambda room: unpack(room)[0]


def _failure(name: str, reason: int | None) -> Exception:
    """What the function failed of: no memory, as a rule. The reason is a constant of the library, and is only
    looked into.
    """
    if reason:
        place, length = _REASON.unpack(ctypes.string_at(reason, _REASON.size))
        pickled = ctypes.string_at(place, length)
        for kind in _RAISED:
            if kind.__name__.encode() in pickled:
                return kind(f"in the kernel {name}")
    return RuntimeError(f"the kernel {name} failed")
