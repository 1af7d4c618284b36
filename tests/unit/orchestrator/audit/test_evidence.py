"""Claims beside what was measured: the same thing is found by its words, and nothing else is."""

import pytest

from orchestrator.audit.judge import Known, audit
from orchestrator.audit.model import Asked, Label, Measured

PEAK = Measured("buffer.peak_memory_reduction", "Peak memory reduced by 25%\nBuffer pool", 40.24, 39.97, 40.59, "%")
SPEED = Measured("stream.speedup", "Faster than non-streaming for large files\nStreaming", 1.869, 1.846, 1.896, "x")
DETECTION = Measured("adaptive.detection_time", "< 1ms overhead for detection\nAdaptive", 0.57, 0.51, 0.63, "ms")
REGRESSIONS = Measured("validation.regressions", "Regressions\nValidation", 0, 0, 0, "regressions")
KNOWN = Known(
    (PEAK, SPEED, DETECTION, REGRESSIONS), (Asked("A.peak", "Peak memory reduced\nBuffer pool", ">=", 25, "%"),)
)


class Nothing:
    """No file is there."""

    def has(self, _path):
        return False

    def has_test(self, _path, _test):
        return False


def labels(text):
    return {one.claim.text: one.label for one in audit("x", text, Nothing(), KNOWN).findings}


@pytest.mark.parametrize(
    ("text", "figure", "label"),
    [
        ("Peak memory reduction: 49.6%", "49.6%", Label.CONTRADICTED),
        ("Peak memory reduction: 40%", "40%", Label.MEASURED),
        ("buffer.peak_memory_reduction = 42 %", "42 %", Label.CONTRADICTED),
        ("Detection overhead: 570 us", "570 us", Label.MEASURED),
        ("Detection overhead: 0.72ms", "0.72ms", Label.CONTRADICTED),
        ("Zero regressions detected", "Zero", Label.MEASURED),
        ("2 regressions detected", "2", Label.CONTRADICTED),
        ("161.6x memory efficiency for large files (streaming)", "161.6x", Label.NONE),
        ("Compression improvement: 17%", "17%", Label.NONE),
        ("Disk space reduction: 49.6%", "49.6%", Label.NONE),
        ("We estimate a peak memory reduction of 60%", "60%", Label.ESTIMATE),
        ("Peak memory reduction (target: 25%)", "25%", Label.GOAL),
        ("Peak memory reduction (target: 20%)", "20%", Label.CONTRADICTED),
    ],
)
def test_a_claim_is_held_against_the_one_metric_that_it_speaks_of(text, figure, label):
    assert labels(text)[figure] is label


def test_a_contradiction_is_told_with_both_figures():
    found = audit("x", "Peak memory reduction: 49.6%", Nothing(), KNOWN).findings[0]
    assert "49.6%" in found.why
    assert "40.24 %" in found.why


def test_a_contradicted_figure_told_again_without_its_words_is_contradicted_too():
    found = audit("x", "Peak memory reduction: 49.6%\n\nThe pool: 49.6% (great)\n", Nothing(), KNOWN).findings
    assert [one.label for one in found] == [Label.CONTRADICTED, Label.CONTRADICTED]


def test_the_same_text_without_a_run_has_no_evidence():
    found = audit("x", "Peak memory reduction: 49.6%", Nothing()).findings
    assert [one.label for one in found] == [Label.NONE]
