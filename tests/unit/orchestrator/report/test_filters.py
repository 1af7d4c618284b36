"""What the appendix of a report shows of a measurement's samples."""

from types import SimpleNamespace

from orchestrator.evidence.measurement import Comparison, Samples
from orchestrator.report.filters import FILTERS


def rows_of(data):
    return dict(FILTERS["data"](SimpleNamespace(measurement=SimpleNamespace(data=data, unit="s"))))


def test_what_is_left_out_of_a_long_row_is_counted():
    arms = tuple(float(number) for number in range(70))
    rows = rows_of(
        Comparison(
            arms,
            arms,
            "s",
            control=arms,
            labels=tuple(f"input {number}" for number in range(70)),
            order=("baseline", "treatment", "control") * 70,
        )
    )
    assert rows["treatment, s"].endswith(", 63, … 6 more in the journal")
    assert rows["pairs"].endswith(", input 63, … 6 more in the journal")
    assert rows["order"].endswith("control, … 18 more in the journal")


def test_a_short_row_is_shown_whole():
    arms = (1.0, 2.0)
    rows = rows_of(Comparison(arms, arms, "s", exact=True, labels=("a", "b")))
    assert rows == {
        "treatment, s": "1, 2",
        "baseline, s": "1, 2",
        "control": "none needed: the arms are exact",
        "pairs": "a, b",
    }
    assert rows_of(Samples(())) == {"samples, s": "none"}
