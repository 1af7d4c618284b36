"""Figures of a line: which there are, and what is none."""

import pytest

from orchestrator.audit.figures import find_figures


def shown(text):
    return [(one.text, one.unit or one.noun) for one in find_figures(text)]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("Peak memory 1,280.5 MB", [("1,280.5 MB", "MB")]),
        ("from 41 MB/s to 131 MB/s", [("41 MB/s", "MB/s"), ("131 MB/s", "MB/s")]),
        ("10-15% on average", [("10-15%", "%")]),
        ("10 to 15 ms", [("10 to 15 ms", "ms")]),
        ("10B - 10MB", [("10B - 10MB", "MB")]),
        ("15+ scenarios", [("15+", "scenarios")]),
        ("95%+ coverage", [("95%+", "%")]),
        ("a 4-stream run in 30-day months", [("4", "stream"), ("30-day", "day")]),
        ("zero regressions, three agents", [("zero", "regressions"), ("three", "agents")]),
        ("1.2 million rows", [("1.2 million", "rows")]),
        ("costs $3.20", [("$3.20", "USD")]),
        ("12.1 ± 0.3 ms", [("12.1", "")]),
        ("23/23 passing", [("23/23", "passing")]),
    ],
)
def test_a_figure_is_read_with_its_unit_or_noun(text, figures):
    assert shown(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        "Phase 4A.3 and Phase 4B",
        "on 2026-03-14 at 12:30",
        "December 13, 2025",
        "v2.3.1",
        "utf-8 and sha256",
        "test_1",
        "#412",
        "see [3]",
        "O(1)",
        "Python 3.12",
        "with mypy 1.11",
        "p99",
        "RFC 9111",
        "in 2025",
    ],
)
def test_numbers_within_names_days_and_versions_are_no_figures(text):
    assert shown(text) == []


def test_signs_before_a_figure_are_kept_beside_it():
    less, about, below = find_figures("-49.6% then ~75 min then < 5 ms")
    assert less.negative
    assert about.about
    assert below.bound == "<"


@pytest.mark.parametrize("number", ["5", "49.6", "2024", "1.280", "00", "12345678"])
@pytest.mark.parametrize(
    "unit", ["%", " %", "MB", " mb", " Mo", " Go", "x", " k", " M", " min", " d", " may", " MB/s", ""]
)
def test_a_figure_alone_is_the_figure_that_it_is_among_words(number, unit):
    alone = find_figures(f"{number}{unit}")
    among = find_figures(f"{number}{unit} .")

    assert [(one.text, one.low, one.high, one.unit, one.half) for one in alone] == [
        (one.text, one.low, one.high, one.unit, one.half) for one in among
    ]
