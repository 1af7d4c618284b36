import errno
import json
import os
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

import encoder
from encoder.glyphs.library import NoLibraryError, find_library
from encoder.profile import load_profile
from encoder.strategy import BackEnd, Strategy, TreeType

DATA = b"".join(b"2026-01-01 INFO request %d done\n" % number for number in range(500))


def glyph(*args, given=b"", cwd=None):
    """Run the command as a user would."""
    command = [sys.executable, "-m", "encoder", *map(str, args)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "COLUMNS": "100"}
    return subprocess.run(command, input=given, capture_output=True, cwd=cwd, env=environment, timeout=300, check=False)


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(DATA)
    path.chmod(0o640)
    os.utime(path, ns=(1_600_000_000_000_000_000, 1_500_000_000_123_456_789))
    return path


def test_encode_then_decode_brings_the_file_back_with_its_mode_and_times(log):
    assert glyph("encode", log).returncode == 0
    blob = log.with_name("app.log.glyph")
    assert blob.read_bytes() == encoder.encode(DATA)
    assert (blob.stat().st_mode & 0o777, blob.stat().st_mtime_ns) == (0o640, log.stat().st_mtime_ns)
    log.unlink()
    assert glyph("decode", blob).returncode == 0
    assert log.read_bytes() == DATA
    assert (log.stat().st_mode & 0o777, log.stat().st_mtime_ns) == (0o640, 1_500_000_000_123_456_789)


def test_pipes_are_the_default_and_are_also_named_by_a_dash():
    encoded = glyph("encode", given=DATA)
    assert encoded.stdout == encoder.encode(DATA)
    assert glyph("decode", "-", given=encoded.stdout).stdout == DATA
    assert glyph("cat", given=encoded.stdout).stdout == DATA


def test_an_existing_file_is_not_overwritten_unless_forced(log):
    target = log.with_name("app.log.glyph")
    target.write_bytes(b"precious")
    refused = glyph("encode", log)
    assert refused.returncode == 2
    assert b"exists already; use -f" in refused.stderr
    assert target.read_bytes() == b"precious"
    assert glyph("encode", "-f", log).returncode == 0
    assert encoder.decode(target.read_bytes()) == DATA


@pytest.mark.parametrize("damage", [lambda blob: blob[:-1], lambda blob: blob[:60] + b"!" + blob[61:]])
def test_a_damaged_file_is_exit_1_and_leaves_nothing_behind(tmp_path, damage):
    (tmp_path / "bad.glyph").write_bytes(damage(encoder.encode(DATA)))
    done = glyph("decode", "bad.glyph", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(b"glyph: bad.glyph: ")
    assert b"Traceback" not in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["bad.glyph"]


def test_a_limit_is_exit_1_with_its_mend():
    done = glyph("decode", "--max-output", "10K", given=encoder.encode(DATA))
    assert done.returncode == 1
    assert b"max_output=10240" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["encode", "nothing.txt"], b"nothing.txt: " + os.strerror(errno.ENOENT).encode()),
        (["encode", "."], b"directory"),
        (["decode", "app.log"], b"does not end in .glyph"),
        (["encode", "--profile", "tunde", "app.log"], b"did you mean 'tuned'"),
        (["encode", "-o", "x", "app.log", "app.log"], b"-o names one output"),
        (["encode", "-c", "-o", "x", "app.log"], b"exclude each other"),
        (["encode", "-o", "no/such/folder", "app.log"], b"cannot be written"),
        (["encode", "-o", ".", "app.log"], b"is a directory"),
        (["decode", "--max-output", "much"], b"'much' is not a size"),
        (["encode", "--rm", "-c", "app.log"], b"--rm needs a file"),
        (["encode", "-f", "-o", "app.log", "app.log"], b"is its own output"),
        (["encode", "-l", "fats", "app.log"], b"-l"),
        (["cat", "--records", "1-2", "app.log"], b"not a range of records"),
        (["cat", "--records", "1:2", "--from-byte", "5", "app.log"], b"exclude each other"),
        (["bench", "--codec", "zip", "app.log"], b"not a codec here"),
        (["info", "."], b"directory"),
        (["info", "-"], b"not a pipe"),
        (["bench", "--limit", "0", "app.log"], b"nothing to measure"),
        (["encode", "--bogus"], b"--bogus"),
        (["frobnicate"], b"frobnicate"),
    ],
)
def test_wrong_usage_is_exit_2_and_says_the_mend(log, arguments, message):
    done = glyph(*arguments, cwd=log.parent)
    assert done.returncode == 2
    assert message in done.stderr
    assert b"Traceback" not in done.stderr
    assert [path.name for path in log.parent.iterdir()] == ["app.log"]


def test_a_pipe_named_as_output_is_written_to_and_never_replaced(log):
    pipe = log.with_name("pipe")
    os.mkfifo(pipe)
    reader = ThreadPoolExecutor(1)
    taken = reader.submit(pipe.read_bytes)
    assert glyph("encode", "-f", "-o", pipe, log).returncode == 0
    assert encoder.decode(taken.result(10)) == DATA
    reader.shutdown()
    assert pipe.is_fifo()


def test_output_to_a_chosen_file_from_a_pipe_has_a_new_files_mode(tmp_path):
    assert glyph("encode", "-o", "out.glyph", given=DATA, cwd=tmp_path).returncode == 0
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "out.glyph").stat().st_mode & 0o777 == 0o666 & ~mask


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_early_is_no_error_message(tmp_path, unbuffered):
    path = tmp_path / "big.glyph"
    path.write_bytes(encoder.encode(DATA * 200))
    assert glyph("warm").returncode == 0  # the first command on a new machine says that it compiles
    command = [sys.executable, "-m", "encoder", "cat", str(path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUNBUFFERED": unbuffered}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as cat:
        cat.stdout.read(10)
        cat.stdout.close()
        assert cat.stderr.read() == b""
        assert cat.wait(30) == 141


def test_several_files_are_catenated_in_order(tmp_path):
    for name, data in (("a", b"first\n"), ("b", b"second\n")):
        (tmp_path / name).write_bytes(encoder.encode(data))
    assert glyph("cat", tmp_path / "a", tmp_path / "b").stdout == b"first\nsecond\n"


def test_info_shows_the_stream_to_people_and_to_programs(log):
    glyph("encode", log)
    shown = glyph("info", "--blocks", "app.log.glyph", cwd=log.parent).stdout.decode()
    assert "records    500" in shown
    assert "trees      text x 1" in shown
    document = json.loads(glyph("info", "--json", "app.log.glyph", cwd=log.parent).stdout)
    assert (document["format"], document["raw_size"], document["records"]) == ("1.4", len(DATA), 500)
    assert document["trees"] == {"text": 1}
    assert len(document["blocks"]) == 1


def test_info_of_other_files_is_exit_1(log):
    done = glyph("info", log)
    assert done.returncode == 1
    assert b"not a glyph stream" in done.stderr


@pytest.mark.parametrize("verb", ["encode", "decode", "cat", "info", "bench", "warm"])
def test_every_verb_explains_itself_with_examples(verb):
    done = glyph(verb, "--help")
    assert done.returncode == 0
    assert b"Examples:" in done.stdout
    assert b"glyph " + verb.encode() in done.stdout


def test_a_terminated_encode_leaves_no_half_file(tmp_path):
    command = [sys.executable, "-m", "encoder", "encode", "-o", str(tmp_path / "out.glyph")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as encode:
        encode.stdin.write(DATA)
        encode.stdin.flush()
        while not list(tmp_path.iterdir()):
            time.sleep(0.01)
        encode.terminate()
        assert encode.wait(30) == 143
        assert encode.stderr.read() == b""
    assert not list(tmp_path.iterdir())


@pytest.fixture
def stored(log):
    path = log.with_name("app.log.glyph")
    profile = replace(load_profile("baseline"), block_size=1024, strategy=Strategy(TreeType.TEXT, BackEnd.ZSTD, 1))
    path.write_bytes(encoder.encode(DATA, profile))
    return path


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        (["--records", "100:200"], slice(100, 200)),
        (["--records", "499"], slice(499, 500)),
        (["--records", "-3:"], slice(-3, None)),
        (["--records", "490:9999"], slice(490, None)),
        (["--records", "600:"], slice(600, None)),
    ],
)
def test_cat_gives_a_range_of_records(stored, arguments, wanted):
    done = glyph("cat", stored, *arguments)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout == b"".join(DATA.splitlines(keepends=True)[wanted])
    if arguments[1][0] != "-":
        assert glyph("cat", *arguments, given=stored.read_bytes()).stdout == done.stdout


def test_cat_of_a_pipe_says_that_it_cannot_count_from_the_end(stored):
    command = [sys.executable, "-m", "encoder", "cat", "--records", "-3:"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with stored.open("rb") as file, subprocess.Popen(["cat"], stdin=file, stdout=subprocess.PIPE) as pipe:
        done = subprocess.run(command, stdin=pipe.stdout, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (
        2,
        b"glyph: -: counting records from the end needs a file that can seek\n",
    )


def test_cat_gives_a_range_of_bytes(stored):
    assert glyph("cat", stored, "--from-byte", 5000, "--length", 2000, "-T", 2).stdout == DATA[5000:7000]
    assert glyph("cat", stored, "--from-byte", 15000).stdout == DATA[15000:]
    assert glyph("cat", "--from-byte", 1500, "--length", 3, given=stored.read_bytes()).stdout == DATA[1500:1503]


@pytest.mark.parametrize("option", ["--max-output", "--max-block", "--max-memory"])
@pytest.mark.parametrize("verb", ["decode", "cat"])
def test_every_limit_is_exit_1_with_its_mend_for_every_verb_that_decodes(option, verb, stored):
    done = glyph(verb, option, "100", given=stored.read_bytes())
    assert done.returncode == 1
    assert done.stdout == b""
    assert b"limit" in done.stderr or b"max_output=100" in done.stderr


def test_an_input_is_removed_only_when_asked_and_only_after_success(log):
    assert glyph("encode", "-k", log).returncode == 0
    assert log.exists()
    assert glyph("encode", "--rm", log).returncode == 2  # the output exists
    assert log.exists()
    assert glyph("encode", "-f", "--rm", log).returncode == 0
    assert not log.exists()
    assert glyph("decode", "--rm", "app.log.glyph", cwd=log.parent).returncode == 0
    assert [path.name for path in log.parent.iterdir()] == ["app.log"]
    assert log.read_bytes() == DATA


def test_one_file_that_fails_does_not_keep_the_others_from_being_done(log):
    log.with_name("bad.glyph").write_bytes(b"no glyph stream")
    log.with_name("good.glyph").write_bytes(encoder.encode(b"good"))
    done = glyph("decode", "bad.glyph", "missing.glyph", "good.glyph", cwd=log.parent)
    assert done.returncode == 2
    assert [line.split(b": ")[1] for line in done.stderr.splitlines()] == [b"bad.glyph", b"missing.glyph"]
    assert log.with_name("good").read_bytes() == b"good"


def test_what_was_done_is_told_as_json(log):
    done = glyph("encode", "--json", "-T", 2, "-l", "balanced", "app.log", cwd=log.parent)
    (line,) = json.loads(done.stdout)
    assert (line["file"], line["output"], line["raw_bytes"]) == ("app.log", "app.log.glyph", len(DATA))
    assert line["ratio"] == round(len(DATA) / log.with_name("app.log.glyph").stat().st_size, 4)
    piped = glyph("decode", "--json", given=log.with_name("app.log.glyph").read_bytes())
    assert piped.stdout == DATA
    assert json.loads(piped.stderr)[0]["output"] is None


def test_folders_are_encoded_and_decoded_file_by_file(tmp_path):
    (tmp_path / "logs").mkdir()
    for name in ("a", "b"):
        (tmp_path / "logs" / name).write_bytes(DATA)
    assert glyph("encode", "-r", "--rm", "logs", cwd=tmp_path).returncode == 0
    assert sorted(path.name for path in (tmp_path / "logs").iterdir()) == ["a.glyph", "b.glyph"]
    assert glyph("decode", "-r", "logs", cwd=tmp_path).returncode == 0
    assert (tmp_path / "logs" / "b").read_bytes() == DATA


def test_info_draws_what_the_columns_cost(tmp_path):
    lines = b"".join(b"%d GET /item/%d %d.%d\n" % (n, n * 7919 % 1000, n % 300, n % 10) for n in range(5000))
    (tmp_path / "x.glyph").write_bytes(encoder.encode(lines))
    shown = glyph("info", "x.glyph", cwd=tmp_path).stdout.decode()
    assert "encoded" in shown
    assert "%" in shown
    assert "log:0." in shown
    assert "(container and index)" in shown


def test_the_bench_compares_on_the_users_own_data(log):
    done = glyph("bench", "--codec", "glyph fast", "--codec", "gzip -6", "--rounds", 1, "--json", log)
    results = json.loads(done.stdout)[0]["results"]
    assert [result["codec"] for result in results] == ["glyph fast", "gzip -6"]
    assert all(result["encode_mb_s"] > 0 and result["ratio"] > 1 for result in results)


def test_the_help_names_the_exit_codes():
    assert b"141 the reader left" in glyph("--help").stdout


def warmed(**environment):
    """What `glyph warm` prints, and which kernels it makes ready; none really are."""
    script = (
        "import encoder.block.codec, encoder.mixing.loading as mixing, encoder.cli.warming as warming\n"
        "calls = []\n"
        "warming.warm = lambda: calls.append('glyphs')\n"
        "mixing.load_mixing = lambda: calls.append('mixing')\n"
        "warming.warm_kernels(quiet=False)\n"
        "print(calls)\n"
    )
    around = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))} | environment
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=around, check=True)
    assert done.stdout.endswith("['glyphs', 'mixing']\n")
    return done.stdout


def test_warming_kernels_that_numba_compiles_says_where_they_are(tmp_path):
    assert f"in {tmp_path / 'kernels'}" in warmed(ENCODER_KERNELS="jit", NUMBA_CACHE_DIR=str(tmp_path / "kernels"))


def test_warming_says_where_there_is_nothing_to_compile(tmp_path):
    try:
        find_library()
    except NoLibraryError:
        pytest.skip("no library of these sources; mend: python -m building.make")
    assert "came compiled" in warmed(ENCODER_KERNELS="library", NUMBA_CACHE_DIR=str(tmp_path / "kernels"))
    assert not (tmp_path / "kernels").exists()


def test_the_command_says_its_version_and_the_format_it_knows():
    done = glyph("--version")
    assert done.returncode == 0
    assert re.fullmatch(rb"glyph \d+\.\d+\S* \(writes format 1\.4, reads 1\.0 to 1\.4\)\n", done.stdout)


@pytest.mark.parametrize(("shell", "typed"), [("bash", "glyph en"), ("zsh", "glyph encode --lev")])
def test_a_shell_completes_verbs_and_options(shell, typed, monkeypatch):
    monkeypatch.setenv("_GLYPH_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", typed)
    monkeypatch.setenv("COMP_CWORD", str(len(typed.split()) - 1))
    monkeypatch.setenv("_TYPER_COMPLETE_ARGS", typed)
    assert {"bash": b"encode", "zsh": b"--level"}[shell] in glyph().stdout


def test_the_help_says_how_completion_is_installed():
    assert b"--install-completion" in glyph("--help").stdout


def test_levels_are_completed(monkeypatch):
    asked = {"_GLYPH_COMPLETE": "complete_bash", "COMP_WORDS": "glyph encode --profile b", "COMP_CWORD": "3"}
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    done = glyph()
    assert done.stdout.split() == [b"balanced"]
