import subprocess
import sys

import numpy as np
import pytest

from encoder.glyphs.compose import read_ids, write_ids

RECORDS = "b''.join(b'%d GET /page/%d 200\\n' % (n * 7, n % 90) for n in range(9000))"
ENCODE = (
    f"import encoder, sys; from encoder.block.codec import warm; sys.argv[1:] and warm(); blob = "
    f"encoder.encode({RECORDS})"
)
SETTLED = "from encoder.glyphs.kernel import KERNELS; settled = {k.__name__ for k in KERNELS if k.settled}"


def printed(program, *arguments):
    """What a fresh process prints whose kernels are in the library, or in the cache."""
    subprocess.run([sys.executable, "-c", ENCODE], check=True)
    command = [sys.executable, "-c", f"{ENCODE}\n{SETTLED}\n{program}", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_a_process_loads_the_kernels_that_it_calls_and_no_others():
    encoding = (
        "'write_columns' in settled, 'read_columns' in settled, 'tokenise_xml' in settled, 'code_rows' in settled"
    )
    assert printed(f"print({encoding})") == ["True", "False", "False", "False"]


def test_a_warmed_process_has_loaded_every_kernel():
    loaded = printed("print(len(settled) == len(KERNELS), 'read_columns' in settled)", "warm")
    assert loaded == ["True", "True"]


def test_a_kernel_is_called_as_it_was_declared_or_not_at_all():
    ids = np.array([3, 1, 2], np.int32)
    out = np.zeros(3, np.uint8)
    write_ids(ids, 1, out)
    assert read_ids(out, 0, 1, 4, ids) == 0
    for wrong in ((ids, 0, 1, 4, ids), (out, 0, 1, 4), (out, 0, 1, 4, ids.astype(np.int64))):
        with pytest.raises(TypeError):
            read_ids(*wrong)
