import sys

import pytest

from benchmarks.engine.accounting import shares_of
from benchmarks.engine.measure import CommandError

BUSY = "import time\nwhile time.process_time() < 0.05: pass"
BESIDE = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '''{BUSY}'''])"
BELOW = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '''{BUSY}'''])"


def test_what_a_command_leaves_to_end_by_itself_is_accounted_for_apart(tmp_path):
    shares = shares_of([sys.executable, "-c", BESIDE], tmp_path)
    assert shares.others >= 0.04
    assert shares.programs == 0


def test_what_a_command_waits_for_counts_as_its_programs(tmp_path):
    shares = shares_of([sys.executable, "-c", BELOW], tmp_path)
    assert shares.programs >= 0.04
    assert shares.others == 0
    assert shares.all == shares.first + shares.programs


def test_a_command_that_fails_is_not_accounted_for(tmp_path):
    with pytest.raises(CommandError):
        shares_of(["false"], tmp_path)
