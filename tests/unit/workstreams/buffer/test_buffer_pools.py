from dataclasses import replace

import pytest

import encoder
from encoder.profile import PoolSettings, load_profile, parse_profile
from encoder.stream.pool import LeaseRecord
from workstreams.buffer.allocation import histogram, in_flight
from workstreams.buffer.benchmark import SETTLING, OutputDiffersError, batch_means, check_same_output
from workstreams.buffer.pools import adaptive, changes, fixed, save, smallest_near_best, with_pool
from workstreams.sampling import SampleResult


def test_the_smallest_pool_within_three_percent_is_chosen():
    assert smallest_near_best({4: 97.1, 8: 99.0, 16: 100.0}) == 4
    assert smallest_near_best({4: 96.9, 8: 99.0, 16: 100.0}) == 8


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        (3, PoolSettings(3, adaptive=True, minimum=3, maximum=24)),
        (8, PoolSettings(8, adaptive=True, minimum=3, maximum=64)),
        (1, PoolSettings(1, adaptive=True, minimum=1, maximum=8)),
    ],
)
def test_an_adaptive_pool_keeps_the_workers_busy_and_is_bounded(capacity, expected):
    assert adaptive(capacity, workers=2) == expected


def test_replacing_the_pool_changes_neither_the_output_nor_anything_else(tmp_path):
    baseline = load_profile("baseline")
    derived = with_pool(baseline, fixed(4), "four")
    assert replace(derived, name=baseline.name, pool=baseline.pool) == baseline
    data = b"line of a log 12\n" * 100
    path = save(derived, tmp_path)
    assert encoder.encode(data, path) == encoder.encode(data, "baseline")
    assert parse_profile((tmp_path / "four.json").read_text(), "four") == derived


def test_the_changes_are_a_diff_of_the_profiles():
    baseline = load_profile("baseline")
    diff = changes(baseline, with_pool(baseline, fixed(4), "four"))
    assert '-    "capacity": 128,' in diff
    assert '+    "capacity": 4,' in diff
    assert "zstd" not in [line[1:].strip() for line in diff.splitlines() if line[0] in "+-"]


def test_lifetimes_fall_into_classes_of_powers_of_two():
    assert histogram([0.2, 1.5, 3.0, 3.9, 700.0]) == {"<1": 1, "<2": 1, "<4": 2, "<1024": 1}


def test_buffers_in_flight_are_counted_in_order_of_time():
    records = [LeaseRecord(1, 10.0, 13.0, fresh=True), LeaseRecord(1, 11.0, 12.0, fresh=True)]
    assert in_flight(records) == [(0.0, 1), (1.0, 2), (2.0, 1), (3.0, 0)]


def test_arms_that_write_different_bytes_are_no_comparison():
    one, other = (SampleResult(1.0, 1.0, 1, 1, 1, 1, 1, digest) for digest in ("aa", "bb"))
    check_same_output({"baseline": [one], "optimized": [one]})
    with pytest.raises(OutputDiffersError, match="different bytes"):
        check_same_output({"baseline": [one], "optimized": [other]})


def test_memory_of_repeated_encodes_is_averaged_in_batches_after_settling():
    kib = [9000.0] * SETTLING + [100.0] * 16 + [200.0] * 8
    assert batch_means(kib) == ([SETTLING + 7.5, SETTLING + 19.5], [100.0, 200.0])
