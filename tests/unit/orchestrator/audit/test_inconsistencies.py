"""Texts that contradict themselves, and texts that only look so."""

import pytest

from orchestrator.audit.judge import inconsistencies
from orchestrator.audit.read import read_claims


def flagged(text):
    reading = read_claims(text)
    return [reading.claims[place].text for place in sorted(inconsistencies(reading))]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Memory fell from 220 MB to 180 MB, a 30% saving.", ["30%"]),
        ("Memory fell from 220 MB to 180 MB, an 18% saving.", []),
        ("It takes 38 ms instead of 95 ms, a 60% reduction.", []),
        ("Now 3.2x faster: from 41 MB/s to 131 MB/s.", []),
        ("Now 4x faster: from 41 MB/s to 131 MB/s.", ["4x"]),
        ("18/20 tests passing (100%).", ["100%"]),
        ("199 of 200 tests pass (99.5%).", []),
        ("23/23 passing (85% coverage)", []),
        ("Latency: 22 ms (target < 20 ms) ✅", ["22 ms"]),
        ("Latency: 22 ms (target < 20 ms), not met yet", ["22 ms"]),
        ("Latency: 22 ms (target < 20 ms)", []),
        ("Throughput: 41 MB/s (target: 50 MB/s) ✅", ["41 MB/s"]),
        ("Size: 41 MB (target: 50 MB) ✅", []),
    ],
)
def test_a_sentence_is_held_against_its_own_figures(text, wrong):
    assert flagged(text) == wrong


def test_a_reduction_is_recomputed_from_rows_called_before_and_after_wherever_it_stands():
    text = (
        "Peak memory reduced by 49.6%.\n\n| Pool | Peak memory |\n|---|---|\n| Before | 3,934.63 KB |\n| After | "
        "3,999.50 KB |\n"
    )
    assert flagged(text) == ["49.6%"]
    assert flagged(text.replace("3,999.50", "1,983.05")) == []


def test_a_refuted_figure_is_refuted_wherever_it_is_told_again():
    text = "Saved 220 MB to 180 MB, a 31.4% saving.\n\nIn short: 31.4% less memory, 31% in the old one.\n"
    assert flagged(text) == ["31.4%", "31.4%"]


def test_all_targets_exceeded_is_refuted_by_a_row_that_only_meets_its_target():
    rows = "| What | Target | Achieved |\n|---|---|---|\n| Throughput | 23 MB/s | 23 MB/s |\n\n"
    assert flagged(f"{rows}All targets exceeded.\n") == ["All targets exceeded."]
    assert flagged(f"{rows}All targets met.\n") == []


def test_a_count_of_targets_is_held_against_the_rows_that_list_them():
    rows = "| What | Target | Achieved |\n|---|---|---|\n| Speed | 2x | 3x |\n| Memory | 5 MB | 4 MB |\n\n"
    assert flagged(f"{rows}3/3 targets met\n") == ["3/3"]
    assert flagged(f"{rows}2/2 targets met\n") == []


def test_two_numbers_of_measurements_contradict_each_other():
    assert flagged("We took 80 measurements.\n\nThe mean of 10 measurements.\n") == ["80", "10"]
    assert flagged("We took 80 measurements.\n\nAll 80 measurements agree.\n") == []


def test_what_is_called_constant_has_one_value():
    text = "- Peak memory: 6.2MB constant\n- Peak memory: 10MB\n"
    assert flagged(text) == ["6.2MB", "10MB"]
    assert flagged(text.replace(" constant", "")) == []


def test_shares_of_a_whole_and_totals_add_up():
    table = "| Part | Share |\n|---|---|\n| a | 60 % |\n| b | 25 % |\n| c | {} |\n"
    assert flagged(table.format("25 %")) == ["60 %", "25 %", "25 %"]
    assert flagged(table.format("15 %")) == []
    counts = "| suite | passed | failed | total |\n|---|---|---|---|\n| e2e | 42 | 3 | {} |\n"
    assert flagged(counts.format(46)) == ["46"]
    assert flagged(counts.format(45)) == []


def test_a_last_row_called_total_is_the_sum_of_the_rows_above():
    table = "| Domain | Endpoints |\n|---|---|\n| Users | 7 |\n| Items | 12 |\n| **Total** | **{}** |\n"
    assert flagged(table.format(20)) == ["20"]
    assert flagged(table.format(19)) == []


def test_a_target_that_is_only_a_mark_is_one_of_those_that_are_counted():
    rows = "| What | Target | Achieved |\n|---|---|---|\n| Speed | 2x | 3x |\n| No setup | \u2713 | \u2713 |\n\n"
    assert flagged(f"{rows}2/2 criteria met\n") == []


def test_what_lies_between_two_figures_is_no_change_of_one_thing():
    assert flagged("Coverage rose from 71% to 84%; the hit rate is 92%.") == []
    assert flagged("12 MB of 40 MB are index, 30%.") == []


def test_a_change_is_held_against_no_pair_where_too_many_have_its_name():
    table = "\n| Pool | Peak memory |\n|---|---|\n| Before | 40 MB |\n| After | 30 MB |\n\nText.\n"
    assert flagged(f"Peak memory reduced by 49.6%.\n{table * 3}") == ["49.6%"]
    assert flagged(f"Peak memory reduced by 49.6%.\n{table * 30}") == []
