"""Runners that behave badly, one way each; the tests offer them to the worker by ORCHESTRATE_RUNNERS."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time

from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.runner import Runner

SPEED = Metric("attempt.speed", "ms", Better.LOWER)
GAIN = Metric("attempt.gain", "%", Better.HIGHER, Form.REDUCTION)
OTHER = Metric("attempt.other", "ms", Better.LOWER)


def well(context):
    context.note("half way")
    context.samples(SPEED, [1.5, 2], method="counted")
    context.compare(GAIN, treatment=[1], baseline=[2], arm_unit="s", method="counted", exact=True)
    context.artifact("sub/table.csv", title="Table").write_text("a\n")


def raises(_context):
    raise ValueError("too small\nsecond line")


def exits_zero(_context):
    sys.exit(0)


def exits_hard(_context):
    os._exit(0)


def exits_seven(_context):
    sys.exit(7)


def killed(_context):
    os.kill(os.getpid(), signal.SIGKILL)


def not_a_number(context):
    context.samples(SPEED, [float("nan"), float("inf")], method="counted")


def undeclared(context):
    context.samples(OTHER, [1.0], method="counted")


def wrong_arm(context):
    context.compare(GAIN, treatment=[1], baseline=[2], arm_unit="parsecs", method="counted")


def uneven(context):
    context.compare(GAIN, treatment=[1], baseline=[2, 3], arm_unit="s", method="counted")


def forgets(context):
    context.samples(SPEED, [7.0], method="counted")
    context.artifact("promised.txt")


def speaks_and_waits(context):
    context.note("working")
    time.sleep(60)


def hides(context):
    """Leaves a process behind that has no mark, no session and no parent of its own."""
    subprocess.run(["sh", "-c", f"(env -i setsid sleep {context.params['seconds']} &)"], check=True)
    context.note("hidden")
    time.sleep(60)


def overruns_memory(_context):
    """Is killed as the kernel kills who takes too much."""
    resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
    try:
        bytearray(2**31)
    except MemoryError:
        os.kill(os.getpid(), signal.SIGKILL)


def reads_nowhere(_context):
    ctypes.string_at(0)


METRICS = (SPEED, GAIN)
BEHAVIOURS = (
    well, raises, exits_zero, exits_hard, exits_seven, killed, not_a_number, undeclared, wrong_arm, uneven, forgets,
    speaks_and_waits, hides, overruns_memory, reads_nowhere,
)  # fmt: skip
RUNNERS = tuple(Runner(behaviour.__name__, behaviour, METRICS) for behaviour in BEHAVIOURS)
