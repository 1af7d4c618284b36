"""Signals to `glyph`: its number as the exit code, not a word, and nothing half written, whenever they come."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

import encoder
from encoder.cli.leaving import LEAVING

DATA = random.Random(14).randbytes(1 << 16)
IDS = [number.name for number in LEAVING]


def started(*arguments, **options):
    env = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(
        (sys.executable, "-m", "encoder", *map(str, arguments)), env=env, stderr=subprocess.PIPE, **options
    )


def ended(process, number):
    """Its exit code is the signal's, or it ended by the signal before it could say so, and it said nothing."""
    try:
        code = process.wait(60)
    finally:
        process.kill()
    with process.stderr as stderr:
        assert (code in (128 + number, -number), stderr.read()) == (True, b"")


@pytest.mark.parametrize("number", LEAVING, ids=IDS)
@pytest.mark.parametrize("verb", ["encode", "decode"])
def test_a_signal_while_bytes_come_ends_with_its_number_and_leaves_nothing(tmp_path, verb, number):
    given = DATA if verb == "encode" else encoder.encode(DATA)[:-40]
    process = started(verb, "-o", tmp_path / "out", stdin=subprocess.PIPE)
    process.stdin.write(given)
    process.stdin.flush()
    while not list(tmp_path.iterdir()):
        time.sleep(0.01)
    process.send_signal(number)
    ended(process, number)
    process.stdin.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", LEAVING, ids=IDS)
def test_a_signal_is_heard_while_a_block_is_being_encoded(tmp_path, number):
    path = tmp_path / "in"
    path.write_bytes(b"".join(b"%d %s\n" % (n, DATA[n : n + 9].hex().encode()) for n in range(60000)))
    process = started("encode", "-l", "max", path)
    while len(list(tmp_path.iterdir())) < 2:
        time.sleep(0.01)
    time.sleep(0.3)
    process.send_signal(number)
    ended(process, number)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("number", LEAVING, ids=IDS)
def test_a_signal_while_the_command_is_imported_is_silent(number):
    code = (
        "import encoder.cli.start, os, signal, time\ntry:\n    os.kill(os.getpid(), {0}); time.sleep(60)\nexcept "
        "BaseException: print('swallowed')"
    )
    done = subprocess.run(
        (sys.executable, "-c", code.format(int(number))), capture_output=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (128 + number, b"", b"")


@pytest.mark.parametrize("module", ["signal", "enum", "fcntl", "encoder.cli.leaving"])
def test_an_interrupt_while_the_start_itself_loads_a_module_is_silent(module):
    code = (
        "import os, sys\n"
        "for name in ('signal', 'enum', 'fcntl'): sys.modules.pop(name, None)\n"
        "class Interrupted:\n"
        "    def find_spec(name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), 2); [None for _ in range(99)]\n"
        "sys.meta_path.insert(0, Interrupted)\n"
        "import encoder.cli.start\n"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_signals_are_heard_before_anything_that_takes_time_is_imported():
    code = (
        "import sys; known = set(sys.modules); import encoder.cli.start; print(sorted(set(sys.modules) - known - "
        "{'signal', 'enum'}))"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, text=True, timeout=60, check=True)
    loaded = eval(done.stdout)
    assert not {"typing", "typer", "numpy", "threading", "pathlib"} & set(loaded)


@pytest.mark.parametrize("delay", [0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.5, 0.8])
def test_a_signal_at_any_moment_of_an_encode_leaves_no_half_file(tmp_path, delay):
    path = tmp_path / "in"
    path.write_bytes(DATA * 64)
    process = started("encode", "-T", "2", path)
    time.sleep(delay)
    process.terminate()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) in (143, -signal.SIGTERM, 0)
    assert said == b""
    assert {file.name for file in tmp_path.iterdir()} <= {"in", "in.glyph"}


@pytest.mark.parametrize("number", LEAVING, ids=IDS)
def test_a_signal_that_is_ignored_stays_ignored(tmp_path, number):
    process = started(
        "encode",
        "-o",
        tmp_path / "out",
        stdin=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(number, signal.SIG_IGN),
    )
    process.stdin.write(DATA)
    process.stdin.flush()
    while not list(tmp_path.iterdir()):
        time.sleep(0.01)
    process.send_signal(number)
    time.sleep(0.1)
    process.stdin.close()
    assert process.wait(60) == 0
    assert encoder.decode((tmp_path / "out").read_bytes()) == DATA
    process.stderr.close()


def test_a_file_is_not_begun_and_left_between_two_instructions(tmp_path):
    code = (
        "import os, signal; from pathlib import Path; from encoder.cli import start, files\n"
        "made = os.open\n"
        "def begun(path, flags, *rest):\n"
        "    found = made(path, flags, *rest); os.kill(os.getpid(), signal.SIGTERM); [None for _ in range(99)]\n"
        "    return found\n"
        "os.open = begun\n"
        f"with files.whole_file(Path({str(tmp_path / 'x')!r}), force=False, like='-'): raise SystemExit(9)"
    )
    assert subprocess.run((sys.executable, "-c", code), timeout=60, check=False).returncode == 143
    assert list(tmp_path.iterdir()) == []
