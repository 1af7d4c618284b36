"""Samples of several attempts are appended; nothing is picked, nothing replaced."""

from orchestrator.evidence.measurement import (
    Artifact,
    Comparison,
    Evidence,
    Measurement,
    Negative,
    Origin,
    Samples,
    Trend,
)
from orchestrator.evidence.pooling import pool


def origin(attempt):
    return Origin(attempt, ("go",), 0.1, 0.2, 1.0)


def left(attempt, *measurements, files=("a.json",)):
    artifacts = tuple(Artifact(name, f"A.t/{attempt}/{name}", str(attempt) * 64, 1) for name in files)
    return attempt, Evidence(measurements, artifacts, (), (origin(attempt),))


def values(*numbers, **more):
    return Measurement("m", "ms", Samples(numbers), more.pop("method", "timed"), artifacts=("a.json",), **more)


def test_one_attempt_is_left_as_it_is():
    batch = left(1, values(1.0))
    assert pool([batch]) is batch[1]


def test_samples_are_appended_in_the_order_of_the_attempts_and_each_batch_is_counted():
    found = pool([left(1, values(1.0, 2.0)), left(2, values(3.0)), left(4, values(4.0))])
    assert found.measurements[0].data == Samples((1.0, 2.0, 3.0, 4.0))
    assert found.measurements[0].batches == (2, 1, 1)
    assert [each.attempt for each in found.origins] == [1, 2, 4]


def test_every_file_stays_known_and_the_latest_keeps_its_name():
    found = pool([left(1, values(1.0)), left(3, values(2.0))])
    assert {each.name: each.path for each in found.artifacts} == {
        "a.json": "A.t/3/a.json", "attempt-1/a.json": "A.t/1/a.json",
    }  # fmt: skip
    assert set(found.measurements[0].artifacts) == {"a.json", "attempt-1/a.json"}


def test_cases_examined_twice_do_not_count_twice():
    assert pool([left(1, values(1.0, cases=25)), left(2, values(1.0, cases=20))]).measurements[0].cases == 20
    assert pool([left(1, values(1.0, cases=25)), left(2, values(1.0))]).measurements[0].cases is None


def test_arms_and_points_are_appended_pair_by_pair():
    arms = [Comparison((1.0,), (2.0,), "s", (3.0,), order=("baseline", "treatment", "control")) for _ in range(2)]
    found = pool([left(n, Measurement("m", "x", one, "")) for n, one in enumerate(arms, 1)]).measurements[0].data
    assert (found.treatment, found.baseline, found.control, len(found.order)) == ((1.0, 1.0), (2.0, 2.0), (3.0, 3.0), 6)
    points = Measurement("m", "1", Trend((1.0,), (2.0,), "MiB", "s"), "")
    assert pool([left(1, points), left(2, points)]).measurements[0].data.x == (1.0, 1.0)


def test_recordings_that_are_not_alike_both_stand():
    found = pool([left(1, values(1.0)), left(2, Measurement("m", "s", Samples((2.0,)), "timed"))])
    assert sorted(each.unit for each in found.measurements) == ["ms", "s"]


def test_the_second_recording_of_a_metric_continues_the_second():
    found = pool([left(1, values(1.0), values(10.0)), left(2, values(2.0), values(20.0))])
    assert [each.data.values for each in found.measurements] == [(1.0, 2.0), (10.0, 20.0)]


def test_a_negative_control_of_an_earlier_attempt_is_not_replaced():
    bad, good = Negative((1.0,), "a broken one"), Negative((9.0,), "a broken one")
    both = pool([left(1, values(1.0, negative=bad)), left(2, values(2.0, negative=good))]).measurements[0]
    assert both.negative == Negative((1.0, 9.0), "a broken one")
    once = pool([left(1, values(1.0, negative=bad)), left(2, values(2.0))]).measurements[0]
    assert once.negative == bad
