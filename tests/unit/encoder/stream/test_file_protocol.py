"""The file objects of `encoder.open` beside `gzip.GzipFile` and `lzma.LZMAFile`, question by question; what differs
stands in a table.
"""

import copy
import gzip
import io
import lzma
import os
import pickle
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

import encoder

LINES = b"".join(b"line %d\n" % number for number in range(200))
OPENERS = {"glyph": encoder.open, "gzip": gzip.open, "lzma": lzma.open}


def closed(file):
    file.close()
    return file


def filled(size):
    buffer = bytearray(size)
    return lambda call: (call(buffer), bytes(buffer))


READ = {
    "readable": lambda f: f.readable(),
    "writable": lambda f: f.writable(),
    "seekable": lambda f: f.seekable(),
    "isatty": lambda f: f.isatty(),
    "fileno": lambda f: os.fstat(f.fileno()).st_size > 0,
    "fileno of bytes": lambda f: type(f)(io.BytesIO(Path(f.name).read_bytes())).fileno() if hasattr(f,
    "name") else None,
    "read": lambda f: f.read(),
    "read none": lambda f: f.read(None),
    "read some": lambda f: (f.read(5), f.tell()),
    "read nothing": lambda f: f.read(0),
    "read past the end": lambda f: (f.read(), f.read(), f.read(3), f.read1()),
    "read a fraction": lambda f: f.read(1.5),
    "read text": lambda f: f.read("5"),
    "read1": lambda f: f.read1(4),
    "read1 nothing": lambda f: f.read1(0),
    "readinto": lambda f: filled(9)(f.readinto),
    "readinto1": lambda f: filled(9)(f.readinto1),
    "readinto of bytes": lambda f: f.readinto(b"fixed"),
    "peek moves nothing": lambda f: (f.peek(3)[:3], f.tell(), f.read(3)),
    "readline": lambda f: (f.readline(), f.readline(3), f.readline(-1)),
    "readlines": lambda f: f.readlines(20),
    "iteration": lambda f: (next(f), list(f)[-1]),
    "tell": lambda f: f.tell(),
    "seek": lambda f: (f.seek(10), f.read(3), f.seek(-4, 2), f.read(), f.seek(3), f.seek(2, 1), f.read(2)),
    "seek whence": lambda f: f.seek(0, 5),
    "seek negative whence": lambda f: f.seek(0, -1),
    "seek a fraction": lambda f: f.seek(1.5),
    "seek text": lambda f: f.seek("1"),
    "seek past the end": lambda f: (f.seek(10**6) >= len(LINES), f.read()),
    "write": lambda f: f.write(b"x"),
    "writelines": lambda f: f.writelines([b"x"]),
    "truncate": lambda f: f.truncate(),
    "flush": lambda f: f.flush(),
    "detach": lambda f: f.detach(),
    "pickle": pickle.dumps,
    "copy": copy.copy,
    "close twice": lambda f: (f.close(), f.close(), f.closed),
    "with": lambda f: f.__enter__() is f,
    "with closed": lambda f: closed(f).__enter__(),
    "hash": lambda f: hash(f) == hash(f),
    "as text": lambda f: io.TextIOWrapper(f, "utf-8").readline(),
    "buffered": lambda f: io.BufferedReader(f).read(7),
} | {
    f"closed {name}": call
    for name, call in {
        "readable": lambda f: closed(f).readable(),
        "seekable": lambda f: closed(f).seekable(),
        "read": lambda f: closed(f).read(),
        "read1": lambda f: closed(f).read1(),
        "readinto": lambda f: closed(f).readinto(bytearray(2)),
        "peek": lambda f: closed(f).peek(),
        "readline": lambda f: closed(f).readline(),
        "next": lambda f: next(closed(f)),
        "tell": lambda f: closed(f).tell(),
        "seek": lambda f: closed(f).seek(0),
        "fileno": lambda f: closed(f).fileno(),
        "flush": lambda f: closed(f).flush(),
        "isatty": lambda f: closed(f).isatty(),
    }.items()
}  # fmt: skip

WRITE = {
    "readable": lambda f: f.readable(),
    "writable": lambda f: f.writable(),
    "fileno": lambda f: f.fileno() > 0,
    "write": lambda f: (f.write(b"abc"), f.write(bytearray(b"de")), f.write(memoryview(b"f")), f.tell()),
    "write wide": lambda f: (f.write(memoryview(b"abcdefgh").cast("I")), f.tell()),
    "write nothing": lambda f: (f.write(b""), f.tell()),
    "write text": lambda f: f.write("text"),
    "write none": lambda f: f.write(None),
    "writelines": lambda f: (f.writelines([b"a", b"b"]), f.tell()),
    "tell": lambda f: f.tell(),
    "tell after flush": lambda f: (f.write(b"abc"), f.flush(), f.tell()),
    "read": lambda f: f.read(),
    "read1": lambda f: f.read1(),
    "readline": lambda f: f.readline(),
    "peek": lambda f: f.peek(),
    "truncate": lambda f: f.truncate(),
    "seek back": lambda f: (f.write(b"abc"), f.seek(0)),
    "seekable": lambda f: f.seekable(),
    "pickle": pickle.dumps,
    "close twice": lambda f: (f.close(), f.close(), f.closed),
    "closed write": lambda f: closed(f).write(b"x"),
    "closed tell": lambda f: closed(f).tell(),
    "closed flush": lambda f: closed(f).flush(),
    "closed fileno": lambda f: closed(f).fileno(),
    "closed writable": lambda f: closed(f).writable(),
    "with closed": lambda f: closed(f).__enter__(),
}

DIFFERENT = {
    "seekable": "a stream that is written cannot seek: gzip's does so forwards, by zeros; lzma's cannot either",
    "peek": "of a stream that is written there is no such thing: an AttributeError, not gzip's OSError",
}
"""Of what is written, where gzip and lzma disagree or we do otherwise on purpose."""
NEITHER = {
    "copy": "from Python 3.13 on, theirs give an object that cannot be used; ours refuses, as theirs did before",
    "seek past the end": "gzip and lzma stay at the end; a file stays where it was told to go, as we do",
}


def outcome(opener, path, mode, question):
    file = OPENERS[opener](path, mode)
    try:
        answer = question(file)
        return answer if isinstance(answer, int | bytes | tuple | list | str | None) else "an object"
    except Exception as error:  # noqa: BLE001 - the kind of error is the answer
        return next(
            kind.__name__
            for kind in (TypeError, ValueError, OSError, AttributeError, Exception)
            if isinstance(error, kind)
        )
    finally:
        file.close()


@pytest.fixture
def paths(tmp_path):
    for name, opener in OPENERS.items():
        with opener(tmp_path / name, "wb") as file:
            file.write(LINES)
    return tmp_path


@pytest.mark.parametrize("question", READ)
def test_what_is_read_answers_as_gzip_or_lzma_does(paths, question):
    answers = {name: outcome(name, paths / name, "rb", READ[question]) for name in OPENERS}
    if question not in NEITHER:
        assert answers["glyph"] in (answers["gzip"], answers["lzma"]), answers


@pytest.mark.parametrize("question", WRITE)
def test_what_is_written_answers_as_gzip_or_lzma_does(tmp_path, question):
    answers = {name: outcome(name, tmp_path / name, "wb", WRITE[question]) for name in OPENERS}
    if question not in DIFFERENT:
        assert answers["glyph"] in (answers["gzip"], answers["lzma"]), answers


def test_name_and_mode_are_those_of_a_file(tmp_path):
    with encoder.open(tmp_path / "a", "wb") as file:
        assert (file.name, file.mode) == (str(tmp_path / "a"), "wb")
    with encoder.open(str(tmp_path / "a")) as file:
        assert (file.name, file.mode) == (str(tmp_path / "a"), "rb")
    with pytest.raises(io.UnsupportedOperation):
        encoder.StreamingDecoder(io.BytesIO((tmp_path / "a").read_bytes())).fileno()


@pytest.mark.parametrize("opener", OPENERS)
def test_tarfile_works_over_it_both_ways(tmp_path, opener):
    (tmp_path / "member").write_bytes(LINES)
    with OPENERS[opener](tmp_path / "t", "wb") as file, tarfile.open(fileobj=file, mode="w") as tar:
        tar.add(tmp_path / "member", "member")
    with OPENERS[opener](tmp_path / "t") as file, tarfile.open(fileobj=file) as tar:
        assert tar.extractfile("member").read() == LINES


def test_a_stream_that_is_written_tells_how_much_it_was_given():
    with encoder.StreamingEncoder(io.BytesIO()) as stream:
        stream.encode_from(io.BytesIO(LINES))
        stream.write(b"more")
        assert stream.tell() == len(LINES) + 4
    with pytest.raises(ValueError, match="closed"):
        stream.tell()


FORKING = """
import dataclasses, encoder, io, os, sys
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType
LINES = b"".join(b"line %d\\n" % number for number in range(60_000))
PLAIN = dataclasses.replace(load_profile("baseline"), block_size=1 << 15, strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1))
{begin}
child = os.fork()
if not child:
    {act}
    {leave}
_, status = os.waitpid(child, 0)
{end}
sys.exit(os.waitstatus_to_exitcode(status))
"""  # noqa: E501
BEGIN = {
    "encoder": "stream = encoder.open(sys.argv[1], 'wb', profile=PLAIN, threads=2); stream.write(LINES)",
    "short": "stream = encoder.open(sys.argv[1], 'wb', threads=2); stream.write(b'line 0\\n')",
    "text": "stream = encoder.open(sys.argv[1], 'wt', threads=2); stream.write('line 0\\n')",
    "decoder": "stream = encoder.open(io.BytesIO(encoder.encode(LINES, PLAIN)), threads=2); stream.read(1 << 18)",
}
ACTS = {
    "close": "try: stream.close()\n    except encoder.GlyphError: pass\n    else: os._exit(9)",
    "write": "try: stream.write(b'x')\n    except encoder.GlyphError: pass\n    else: os._exit(9)",
    "read": "try: stream.read()\n    except encoder.GlyphError: pass\n    else: os._exit(9)",
    "only close": "stream.close()",
    "nothing": "pass",
    "drop": "del stream",
}
LEAVES = {"exit": "sys.exit()", "at once": "os._exit(0)"}


@pytest.mark.parametrize("leave", LEAVES)
@pytest.mark.parametrize(
    ("begin", "act"),
    [
        ("encoder", "close"), ("encoder", "write"), ("encoder", "nothing"), ("encoder", "drop"), ("short", "close"),
        ("short", "nothing"), ("text", "nothing"), ("decoder", "read"), ("decoder", "only close"), ("decoder",
        "nothing"),
    ],
)  # fmt: skip
def test_a_forked_process_neither_hangs_nor_writes(tmp_path, begin, act, leave):
    end = "assert stream.read(10)" if begin == "decoder" else "stream.close()"
    code = FORKING.format(begin=BEGIN[begin], act=ACTS[act], leave=LEAVES[leave], end=end)
    command = (sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "out"))
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    if begin != "decoder":
        assert encoder.decode((tmp_path / "out").read_bytes()).startswith(b"line 0\n")
