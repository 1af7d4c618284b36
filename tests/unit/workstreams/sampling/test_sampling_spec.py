import pytest

from workstreams.sampling import Job, SampleResult, Spec
from workstreams.sampling.outside import order_of_round


def test_a_spec_survives_its_trip_to_the_child():
    spec = Spec(
        Job.DECODE, "/in", "/out", "baseline", repeats=3, read_size=7, keep=True, settle=(0.1, 1.0), timeout=9.5
    )
    assert Spec.from_json(spec.to_json()) == spec


def test_a_result_survives_its_trip_back():
    result = SampleResult(2.0, 3.0, 5 << 20, 1, 2, 4_000_000, 9, "ab", (1, 2), (3,), {"pool": {"leases": 4}})
    assert SampleResult.from_json(result.to_json()) == result
    assert (result.peak_mib, result.megabytes_per_second) == (5.0, 2.0)


def test_no_arm_is_always_first_or_last():
    rounds = [order_of_round(("a", "b", "c"), number) for number in range(6)]
    assert all(sorted(order) == ["a", "b", "c"] for order in rounds)
    assert {order[0] for order in rounds} == {"a", "b", "c"}
    assert {order[-1] for order in rounds} == {"a", "b", "c"}


@pytest.mark.parametrize("number", range(4))
def test_two_arms_take_turns_at_going_first(number):
    first = order_of_round(("baseline", "control"), number)
    assert sorted(first) == ["baseline", "control"]
