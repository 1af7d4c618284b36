"""Damage under every strategy of every profile, by the commands that also run it at length; and encoders side by
side in threads.
"""

import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import encoder
from encoder.profile import BUILT_IN, LEVEL_NAMES, load_profile
from encoder.strategy import TreeType

ROOT = Path(__file__).parents[2]


def run(tmp_path, module, *options):
    """The command's exit status and output, run in an empty folder."""
    tested = Path(encoder.__file__).parents[1]  # before the checkout, whose kernels would have to be compiled
    path = os.pathsep.join(filter(None, (str(tested), str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", f"benchmarks.codec.{module}", *options]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr + done.stdout  # what is said of compiling comes first


def test_damage_behind_right_checksums_is_refused_under_every_strategy(tmp_path):
    status, output = run(tmp_path, "damage", "--corruptions", "600")
    assert status == 0, output
    assert output.splitlines()[-1] == "sound"
    assert {line.split()[0] for line in output.splitlines()} >= {*LEVEL_NAMES}


@pytest.mark.slow
def test_thirty_thousand_corruptions_and_every_truncation_are_refused_under_every_strategy(tmp_path):
    status, output = run(tmp_path, "damage", "--corruptions", "30000", "--seed", "7")
    assert status == 0, output


@pytest.mark.slow
@pytest.mark.parametrize("target", ["body", "stream", "encode"])
def test_a_minute_of_coverage_guided_fuzzing_finds_nothing(tmp_path, target):
    status, output = run(tmp_path, "fuzz", target, "--seconds", "60")
    assert status == 0, output[-4000:]
    assert "Done " in output


def records(kind, count):
    chance = random.Random(kind)
    lines = {
        "log": lambda n: (
            f"2024-03-01 10:{n % 60:02d}:{n % 59:02d} INFO worker-{n % 7}: took {chance.randrange(999)} ms"
        ),
        "csv": lambda n: f"{n},{chance.randrange(50)},{chance.random():.3f},name {n % 11}",
        "json": lambda n: f'{{"id": {n}, "state": "s{n % 3}", "took": {chance.randrange(9999)}}}',
        "text": lambda _: " ".join(chance.choice(("pool", "of", "a", "reader", "is", "kept")) for _ in range(9)),
    }[kind]
    return "".join(f"{lines(n)}\n" for n in range(count)).encode()


def test_encoders_and_decoders_side_by_side_in_threads_give_what_each_gives_alone():
    work = [(kind, level) for kind in ("log", "csv", "json", "text") for level in ("fast", "balanced", "baseline")]
    data = {kind: records(kind, 2500) for kind in ("log", "csv", "json", "text")}
    plans = {level: replace(load_profile(level), block_size=1 << 16, workers=1) for _, level in work}
    alone = {each: encoder.encode(data[each[0]], plans[each[1]]) for each in work}

    def once(each):
        blob = encoder.encode(data[each[0]], plans[each[1]])
        return blob == alone[each] and encoder.decode(blob) == data[each[0]]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(once, work * 4))


def test_every_built_in_profile_has_a_strategy_for_every_tree_type_or_one_for_all():
    for name in BUILT_IN:
        profile = load_profile(name)
        assert not profile.adaptive or set(profile.strategies) == set(TreeType)
