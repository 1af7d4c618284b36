import xml.etree.ElementTree as ET

import pytest

from orchestrator.report.build import build_report
from orchestrator.report.junit import to_junit


@pytest.fixture
def root(plan, graph, journal):
    return ET.fromstring(to_junit(build_report(plan, graph, journal)).split("\n", 1)[1])


def test_every_criterion_is_a_case_and_every_failed_task_too(root):
    names = [case.get("name").split(" ")[0] for case in root.iter("testcase")]
    assert names == ["task", "B.constant", "A.peak-memory", "A.leaks"], "what failed comes first"
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("4", "1", "1")


def test_what_is_unproven_is_an_error_and_what_passes_says_by_how_much(root):
    cases = {case.get("name").split(" ")[0]: case for case in root.iter("testcase")}
    assert cases["B.constant"].find("error").get("type") == "no evidence"
    assert "40 %" in cases["A.peak-memory"].find("system-out").text
    assert cases["A.peak-memory"].find("error") is None


def test_text_of_tasks_cannot_break_the_document(root):
    assert "`no` *good* | at all" in root.find(".//failure").get("message")
