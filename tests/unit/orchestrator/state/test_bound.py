"""What an answer holds for, as it is told."""

from orchestrator.state.people import Bound


def test_only_a_commit_is_called_one():
    assert Bound("1" * 40, "p", "c", "").told == "commit 111111111111"
    assert Bound("2" * 64, "p", "c", "").told == "digest 222222222222"
    assert Bound("", "p", "c", "").told == ""
