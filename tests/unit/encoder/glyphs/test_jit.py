import os
import subprocess
import sys

import pytest

KERNEL = """
from encoder.glyphs.kernel import INT, kernel

@kernel(INT(INT))
def twice(number):
    return number + number

assert twice(21) == 42
print(sum(twice.stats.cache_hits.values()))
"""


@pytest.fixture
def run(tmp_path):
    """Runs a program with one small kernel in a fresh process; tells how often the cache had it."""
    program = tmp_path / "program.py"
    program.write_text(KERNEL)

    def running(cache=tmp_path / "cache", **environment):
        around = os.environ | {"NUMBA_CACHE_DIR": str(cache), "ENCODER_KERNELS": "jit"} | environment
        done = subprocess.run([sys.executable, program], env=around, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        return int(done.stdout)

    return running


def test_a_compiled_kernel_is_read_from_the_cache(run):
    assert [run(), run()] == [0, 1]


@pytest.mark.parametrize("kept", [0, 1, 40])
@pytest.mark.parametrize("kind", ["nbi", "nbc"])
def test_a_damaged_cache_is_a_miss_and_is_mended(run, tmp_path, kind, kept):
    run()
    for file in (tmp_path / "cache").rglob(f"*.{kind}"):
        file.write_bytes(file.read_bytes()[:kept])
    assert [run(), run()] == [0, 1]


def test_code_for_another_processor_is_a_miss(run):
    run(NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="")
    assert run() == 0


def test_a_cache_that_cannot_be_written_is_no_error(run, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    assert run(tmp_path / "file" / "cache") == 0


LOADING = """
import logging
from encoder.glyphs import cache, loading
logging.basicConfig(format="%(message)s")
loading.load_kernels = lambda modules: print("all kernels")
loading.prepare_kernels()
loading.prepare_kernels()
"""


def told(cache, **environment):
    """What preparing the kernels does and says; nothing is compiled."""
    around = os.environ | {"NUMBA_CACHE_DIR": str(cache), "ENCODER_KERNELS": "jit"} | environment
    command = [sys.executable, "-c", LOADING]
    done = subprocess.run(command, env=around, capture_output=True, text=True, check=True)
    return done.stdout.splitlines(), done.stderr.splitlines()


def test_a_machine_compiles_all_kernels_once_and_is_told_why(tmp_path):
    compiled, (message,) = told(tmp_path)
    assert compiled == ["all kernels"]
    assert "as ENCODER_KERNELS says jit" in message
    assert told(tmp_path) == ([], [])


def test_another_processor_compiles_all_kernels_and_is_told(tmp_path):
    told(tmp_path)
    compiled, messages = told(tmp_path, NUMBA_CPU_NAME="generic", NUMBA_CPU_FEATURES="")
    assert (compiled, len(messages)) == (["all kernels"], 1)


def test_where_nothing_can_be_kept_only_what_is_called_is_compiled_and_that_is_told(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    compiled, (message,) = told(tmp_path / "file")
    assert compiled == []
    assert "nothing is kept" in message
