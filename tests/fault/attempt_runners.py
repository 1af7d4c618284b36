"""Runners that behave badly, one way each; the tests offer them to the worker by ORCHESTRATE_RUNNERS."""

import os
import signal
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
    context.artifact("promised.txt")


def speaks_and_waits(context):
    context.note("working")
    time.sleep(60)


METRICS = (SPEED, GAIN)
BEHAVIOURS = (
    well, raises, exits_zero, exits_hard, exits_seven, killed, not_a_number, undeclared, wrong_arm, uneven, forgets,
    speaks_and_waits,
)  # fmt: skip
RUNNERS = tuple(Runner(behaviour.__name__, behaviour, METRICS) for behaviour in BEHAVIOURS)
