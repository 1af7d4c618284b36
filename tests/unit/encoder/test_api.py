import io
import subprocess
import sys
from dataclasses import replace

import pytest

import encoder
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType

PLAIN = replace(load_profile("baseline"), block_size=1024, strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1))

AWKWARD = {
    "empty": b"",
    "one byte": b"x",
    "no newline at the end": b"a\nb",
    "crlf": b"a\r\nb\r\n" * 300,
    "broken utf-8": b"\xff\xfe\xc3\n" * 500,
    "nuls": bytes(5000),
    "newlines": b"\n" * 5000,
    "one long line": b"0123456789" * 1000,
}


def loaded_after(statement):
    """Which heavy modules a fresh interpreter holds after running the statement."""
    code = (
        f"import sys\n{statement}\nprint(*sorted(m for m in ('numba', 'numpy', 'rich', 'typer') if m in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
@pytest.mark.parametrize("profile", ["tuned", PLAIN], ids=["tuned", "small blocks"])
def test_any_bytes_come_back(data, profile):
    assert encoder.decode(encoder.encode(data, profile)) == data


def test_already_encoded_bytes_come_back_and_hardly_grow():
    once = encoder.encode(b"".join(b"%d\n" % (n * n) for n in range(3000)))
    twice = encoder.encode(once)
    assert encoder.decode(encoder.decode(twice)) == encoder.decode(once)
    assert len(twice) < len(once) + 200


def test_any_buffer_may_be_encoded_and_decoded():
    blob = encoder.encode(memoryview(bytearray(b"abc")))
    assert encoder.decode(bytearray(blob)) == encoder.decode(memoryview(blob)) == b"abc"


@pytest.mark.parametrize("mode", ["r", "rb"])
def test_open_writes_and_reads_bytes(tmp_path, mode):
    path = tmp_path / "a.glyph"
    with encoder.open(path, "wb", profile=PLAIN) as file:
        file.write(b"some bytes")
    with encoder.open(path, mode) as file:
        assert file.read() == b"some bytes"
    assert path.read_bytes() == encoder.encode(b"some bytes", PLAIN)


def test_open_writes_and_reads_text(tmp_path):
    path = tmp_path / "a.glyph"
    with encoder.open(path, "wt", profile=PLAIN, newline="\n") as file:
        file.write("ä\nö\n")
    with encoder.open(path, "rt") as file:
        assert file.readlines() == ["ä\n", "ö\n"]


def test_open_refuses_unknown_modes_and_existing_files_with_x(tmp_path):
    path = tmp_path / "a.glyph"
    with pytest.raises(ValueError, match=r"'r\+' is not known"):
        encoder.open(path, "r+")
    path.write_bytes(b"")
    with pytest.raises(FileExistsError):
        encoder.open(path, "xb")


@pytest.mark.parametrize(("mode", "data"), [("wb", b"bytes"), ("wt", "text")])
def test_an_exception_inside_open_leaves_no_complete_stream(tmp_path, mode, data):
    def fail_halfway(path):
        with encoder.open(path, mode, profile=PLAIN) as file:
            file.write(data)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_halfway(tmp_path / "a.glyph")
    with pytest.raises(encoder.TruncatedError):
        encoder.decode((tmp_path / "a.glyph").read_bytes())


def test_open_closes_the_file_of_a_stream_that_it_refuses(tmp_path):
    path = tmp_path / "a.glyph"
    path.write_bytes(b"something else")
    with pytest.raises(encoder.FormatError, match="not a glyph stream"):
        encoder.open(path)


def test_every_public_name_is_there_and_others_are_not():
    assert all(getattr(encoder, name) is not None for name in encoder.__all__)
    assert set(encoder.__all__) <= set(dir(encoder))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = encoder.nothing


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_after("import encoder; encoder.StreamingEncoder; encoder.cli = __import__('encoder.cli')") == []


def test_small_inputs_are_encoded_and_decoded_without_numba():
    assert "numba" not in loaded_after("import encoder; encoder.decode(encoder.encode(b'small\\n' * 100))")


def test_threads_change_no_byte():
    data = b"".join(b"line %d\n" % n for n in range(3000))
    blob = encoder.encode(data, PLAIN, threads=3)
    assert blob == encoder.encode(data, PLAIN)
    assert encoder.decode(blob, threads=3) == data


def test_open_takes_a_file_object_and_leaves_it_open():
    file = io.BytesIO()
    with encoder.open(file, "w", profile=PLAIN) as stream:
        stream.write(b"some bytes")
    assert not file.closed
    file.seek(0)
    with encoder.open(file, threads=2) as stream:
        assert stream.read() == b"some bytes"
    file.seek(0)
    with encoder.open(file, "rt") as text:
        assert text.read() == "some bytes"
    assert not file.closed
