import random

import pytest

from benchmarks.codec.every_file import LEAST, Line, bars_of, files_below
from benchmarks.codec.found import PLACES, TREES
from benchmarks.codec.generated import Source
from benchmarks.codec.made_others import OTHERS
from benchmarks.codec.made_records import RECORDS

MADE = RECORDS | OTHERS
HALVES = {"tune", "held-out"}


def line(name="a.txt", kind="prose", **changes):
    measured = {"absolute": 4.0, "ratio": 1.1, "speed": 0.7, "megabytes": 40.0, "over_strong": None}
    return Line(name, kind, 1 << 20, **(measured | changes))


def test_a_bar_on_every_file_is_missed_by_one_and_names_it():
    speed, ratio = bars_of([line(), line("slow.txt", speed=0.4), line("large.txt", ratio=0.99)])
    assert not speed.met
    assert speed.losers == ("slow.txt 0.400",)
    assert not ratio.met
    assert ratio.losers == ("large.txt 0.990",)


def test_files_of_runs_are_held_to_a_speed_of_their_own():
    bars = list(bars_of([line(), line("zeros.bin", megabytes=900.0)]))
    assert [bar.value for bar in bars] == [0.7, 1.1, 900.0]
    assert all(bar.met for bar in bars)


def test_records_are_held_against_zstd_19_where_it_was_run():
    bars = list(bars_of([line(), line("a.log", "log", over_strong=1.3), line("b.csv", "csv", over_strong=1.2)]))
    assert [bar.met for bar in bars] == [True, True, False, False]
    assert bars[2].value == pytest.approx((1.3 * 1.2) ** 0.5)


@pytest.mark.parametrize("name", MADE)
def test_a_made_kind_depends_on_its_seed_alone_and_has_about_the_size_that_was_asked_for(name):
    half, build = MADE[name]
    size = 1 << 15
    one, other = (build(Source(random.Random(7)), size) for _ in range(2))
    assert half in HALVES
    assert one == other
    assert size / 2 <= len(one) <= 8 * size


def test_no_name_is_in_both_halves():
    names = [*MADE, *(place.name for place in (*PLACES, *TREES))]
    assert len(names) == len(set(names))
    assert {place.half for place in (*PLACES, *TREES)} == HALVES


def test_files_of_one_name_in_several_folders_are_told_apart(tmp_path):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "output").write_bytes(bytes(LEAST))
    (tmp_path / "small").write_bytes(bytes(LEAST - 1))
    assert [name for name, _ in files_below([tmp_path])] == ["a/output", "b/output"]
    assert [name for name, _ in files_below([tmp_path / "a" / "output"])] == ["output"]
