import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import encoder
from encoder.cli.app import app
from encoder.cli.plain import OPTIONS, understood

DATA = b"".join(b"2026-01-%02d request %d took %d ms\n" % (n % 28 + 1, n, n * n % 977) for n in range(9000))
LOADED = (
    "import sys, atexit; from encoder.cli.start import main; "
    "atexit.register(lambda: print(*sorted(sys.modules), file=sys.stderr)); main()"
)


def glyph(*words, cwd, program=("-m", "encoder"), **named):
    return subprocess.run((sys.executable, *program, *words), cwd=cwd, capture_output=True, check=False, **named)


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("encode a b", {"files": ["a", "b"]}),
        ("encode -f a -o b -q", {"files": ["a"], "force": True, "output": Path("b"), "quiet": True}),
        ("encode --output=b=c -- -a", {"files": ["-a"], "output": Path("b=c")}),
        ("encode -l high -T 2 --rm -k -", {"files": ["-"], "level": "high", "threads": 2, "remove": False}),
        ("decode --max-output 1G --salvage a", {"files": ["a"], "max_output": "1G", "salvage": True}),
        ("cat --records 5: a", {"files": ["a"], "records": "5:"}),
        ("cat --from-byte 7 --length=9", {"files": [], "from_byte": 7, "length": 9}),
        ("info --blocks --columns 3 a", {"files": ["a"], "blocks": True, "columns": 3}),
    ],
)
def test_a_plain_command_line_is_understood(words, given):
    assert understood(words.split()) == (words.split()[0], given)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "--version",
        "--help",
        "bench a",
        "warm",
        "info",
        "info --json",
        "encode --help",
        "encode -h",
        "encode -fq a",
        "encode -T2 a",
        "encode -l",
        "encode -l slow a",
        "encode -T 257 a",
        "encode -T -1 a",
        "encode --forc a",
        "encode --force=1 a",
        "encode -o=b a",
        "encode -o -f a",
        "encode --install-completion",
        "decode -l fast a",
        "cat --records -5: a",
        "cat --from-byte x a",
        "cat --length 1.5 a",
    ],
)
def test_what_is_not_plain_goes_the_other_way(words):
    assert understood(words.split()) is None


def test_a_plain_option_is_one_that_the_verb_declares_with_the_same_meaning():
    verbs = typer.main.get_command(app).commands
    for verb, options in OPTIONS.items():
        declared = {name: each for each in verbs[verb].params for name in (*each.opts, *each.secondary_opts)}
        for written, (name, read) in options.items():
            assert name.removeprefix("as_") == declared[written].name, (verb, written)
            assert declared[written].is_flag is isinstance(read, bool), (verb, written)
            if isinstance(read, bool):
                assert read is (written in declared[written].opts), (verb, written)


def test_an_empty_name_goes_the_other_way():
    assert understood(["encode", ""]) is None
    assert understood(["encode", "-o", "", "a"]) is None


@pytest.mark.parametrize(
    "words",
    [
        "encode -f -o b.glyph a.log",
        "encode --json -f -o b.glyph a.log",
        "encode a.log",
        "encode missing",
        "encode -o x y z",
        "encode -c -o x a.log",
        "decode -c a.glyph",
        "decode a.log",
        "decode -f --max-output 1K a.glyph -o back",
        "decode --max-block nonsense a.glyph",
        "cat a.glyph --records 3:5",
        "cat a.glyph --records 3:5 --length 9",
        "cat --from-byte 10 --length 20 a.glyph",
        "info a.glyph",
        "info --json a.glyph",
        "info --blocks --columns 2 a.glyph",
        "info missing.glyph",
    ],
)
def test_both_ways_end_alike(words, tmp_path):
    (tmp_path / "a.log").write_bytes(DATA)
    (tmp_path / "a.glyph").write_bytes(encoder.encode(DATA))
    verb, *rest = words.split()
    ends = []
    for _ in range(2):
        program = ("-m", "encoder") if not ends else ("-c", "from encoder.cli.app import app; app(prog_name='glyph')")
        done = glyph(verb, *rest, cwd=tmp_path, program=program)
        made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        for name in ("b.glyph", "back", "a.log.glyph", "x"):
            (tmp_path / name).unlink(missing_ok=True)
        shown = b"" if b'"seconds"' in done.stdout else done.stdout
        ends.append((done.returncode, shown, done.stderr, made))
    assert ends[0] == ends[1]
    assert understood(words.split()) is not None


def test_a_plain_command_loads_nothing_that_it_does_not_use(tmp_path):
    (tmp_path / "a.log").write_bytes(DATA)
    blob = encoder.encode(DATA)
    (tmp_path / "a.glyph").write_bytes(blob)
    never = {"typer", "click", "rich", "pydantic", "numba", "logging", "concurrent.futures", "tempfile", "_hashlib"}
    for words, others in (
        (("encode", "-f", "-o", "b", "a.log"), {"encoder.stream.decoder", "brotli", "lzma"}),
        (("decode", "-f", "-o", "c", "a.glyph"), {"encoder.stream.encoder", "encoder.detect.selector"}),
        (("cat", "a.glyph"), {"encoder.stream.encoder", "encoder.detect.selector"}),
    ):
        done = glyph(*words, cwd=tmp_path, program=("-c", LOADED))
        assert done.returncode == 0, done.stderr
        loaded = set(done.stderr.decode().split("\n")[-2].split())
        assert not loaded & (never | others), words
    assert (tmp_path / "b").read_bytes() == blob
    assert (tmp_path / "c").read_bytes() == DATA


def test_a_shell_that_completes_words_is_answered_by_the_library(tmp_path):
    environment = os.environ | {
        "_GLYPH_COMPLETE": "complete_bash",
        "COMP_WORDS": "glyph encode --le",
        "COMP_CWORD": "2",
    }
    done = glyph("encode", "a", cwd=tmp_path, env=environment)
    assert b"--level" in done.stdout
