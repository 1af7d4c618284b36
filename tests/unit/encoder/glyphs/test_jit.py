"""What needs numba: the founding plan, which runs the encoder's tests where it may not be installed, leaves this
file out.
"""

import os
import subprocess
import sys

import numpy as np
import pytest

from encoder.glyphs.declared import Declared
from encoder.glyphs.jit import CompiledKernel
from encoder.glyphs.kernel import INT

KERNEL = """
from encoder.glyphs.kernel import INT, kernel

@kernel(INT(INT))
def twice(number):
    return number + number

assert twice(21) == 42
print(sum(twice.stats.cache_hits.values()))
if sum(twice.stats.cache_hits.values()):
    import sys
    assert "numba.np.linalg" not in sys.modules, "loading what is cached prepared to compile"
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


@pytest.mark.parametrize(("kind", "kept"), [("nbi", 0), ("nbi", 40), ("nbc", 0), ("nbc", 200)])
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


def _twice(number):
    return number + number


def test_the_first_call_takes_the_declared_types_only():
    twice = CompiledKernel(Declared(_twice, INT(INT), allocates=True, inline=False))
    with pytest.raises(TypeError, match="_twice takes"):
        twice(np.zeros(3))
    assert twice(np.int32(21)) == 42
    assert str(twice.signatures) == "[(int64,)]"


BORROWED = """
import numpy as np
from numba import njit
from encoder.glyphs.kernel import I64S, INT, kernel

@kernel(INT(I64S))
def first(values):
    return values[0]

@njit
def last(values):
    return values[-1]

values = np.array([1, 2, 3])
print(first(values), last(values))
"""


def test_numba_code_of_others_in_the_process_may_count_from_the_end(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(BORROWED)
    around = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path), "ENCODER_KERNELS": "jit"}
    done = subprocess.run([sys.executable, program], env=around, capture_output=True, text=True, check=True)
    assert done.stdout == "1 3\n"
