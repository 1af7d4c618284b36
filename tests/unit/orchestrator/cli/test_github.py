"""What GitHub Actions is told of a run, and that nobody else is."""

import re
from pathlib import Path

import pytest

from orchestrator.api.running import run
from orchestrator.cli.github import tell_github
from orchestrator.engine.options import RunOptions
from orchestrator.engine.runs import open_journal
from orchestrator.plan.model import Plan
from orchestrator.report.github import annotations, job_summary
from orchestrator.runs import Runs


@pytest.fixture
def journal(tmp_path, monkeypatch):
    """Of a run with a failed task, an unproven criterion, and a question that waits."""
    monkeypatch.chdir(tmp_path)
    tasks = [
        {"id": "no", "title": "No", "command": ["sh", "-c", "exit 3"], "metrics": [{"name": "n", "unit": "files",
        "better": "higher"}], "needs": []},
        {"id": "ask", "title": "Ask", "agent": "LEAD", "approve": {"ask": "Go |on|?\n::error::x"}, "needs": []},
    ]  # fmt: skip
    criteria = [{"id": "some", "title": "Some, 5: all", "metric": "n", "target": ">= 1 files"}]
    agents = {"X": {"specialty": "s", "driver": "command"}, "LEAD": {"specialty": "s", "driver": "human"}}
    groups = {"A": {"title": "A", "lead": "X", "tasks": tasks, "success_criteria": criteria}}
    plan = Plan(schema=1, id="small", title="Small", agents=agents, workstreams=groups)
    assert run(plan, options=RunOptions(page=False)).exit_code == 5
    opened = open_journal(Path(".orchestrate"), readonly=True)
    yield opened
    opened.close()


def report(journal):
    from orchestrator.api.stored import report_of

    return report_of(journal, Runs().latest)


def test_a_summary_says_the_verdict_and_what_waits_for_whom(journal):
    text = job_summary(report(journal))
    assert text.startswith("## Small: ❌ FAIL")
    assert f"orchestrate approve {Runs().latest} A.ask" in text
    assert "Go \\|on\\|?" in text


def test_an_annotation_is_one_line_and_nothing_in_it_begins_another(journal):
    lines = list(annotations(report(journal)))
    assert [re.match(r"::(\w+) ", line)[1] for line in lines] == ["error", "warning", "notice"]
    assert not any("\n" in line or line.count("::") > 2 for line in lines[:2])
    assert lines[2].endswith("Go |on|?%0A::error::x")


def test_only_where_github_asks_for_it_is_anything_told(journal, tmp_path, capsys):
    place = tmp_path / "summary.md"
    place.write_text("before\n")
    tell_github(journal, Runs().latest, {})
    assert capsys.readouterr().err == ""
    tell_github(journal, Runs().latest, {"GITHUB_STEP_SUMMARY": str(place), "GITHUB_ACTIONS": "true"})
    assert place.read_text().startswith("before\n## Small")
    assert "::error title=task A.no failed::" in capsys.readouterr().err
    tell_github(journal, Runs().latest, {"GITHUB_STEP_SUMMARY": str(tmp_path / "none" / "x")})  # which fails nothing
