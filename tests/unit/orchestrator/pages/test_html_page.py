"""The HTML page: everything inline, nothing from the plan as markup, the same input the same bytes."""

import base64
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest

from orchestrator.api.stored import page_text
from orchestrator.engine.runs import open_journal
from orchestrator.evidence.measurement import Measurement, Negative, Samples
from orchestrator.pages.downloads import evidence_link, evidence_text
from orchestrator.pages.sparks import spark
from orchestrator.pages.traces import POINTS, Trace, read_traces, thinned

EVIL = "<script>alert(1)</script>"


class Outline(HTMLParser):
    """Collects ids, links and tags, and checks that tags close in order."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "path", "rect", "circle", "line"})

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.outside: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append(tag)
        if "id" in found:
            self.ids.append(found["id"])
        if found.get("href", "").startswith("#"):
            self.links.append(found["href"][1:])
        self.outside += [
            value for key, value in attrs if key in {"src", "href"} and value and not value.startswith(("#", "data:"))
        ]


@pytest.fixture(scope="module")
def shell(shell_in, tmp_path_factory):
    return shell_in(tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def page(shell) -> str:
    tasks = [
        {
            "id": "measure",
            "title": EVIL,
            "command": ["sh", "-c", f"echo '{EVIL}'; printf '%s\\n' \"$LINE\" >> \"$ORCHESTRATE_EVIDENCE\""],
            "env": {
                "LINE": '{"kind": "measurement", "metric": "m.n", "unit": "ms", "values": [1, 2, 3], "method": "m"}'
            },
            "metrics": [{"name": "m.n", "unit": "ms", "better": "lower"}],
        },
        {"id": "fail", "command": ["false"]},
    ]
    shell.plan(tasks, [{"id": "quick", "title": "Quick", "metric": "m.n", "target": "< 9 ms", "samples": 3}])
    done = shell("run", "plan.yaml")
    assert done.returncode == 1, done.stderr
    (path,) = (shell.folder / "reports").glob("*.html")
    return path.read_text(encoding="utf-8")


def outline(page: str) -> Outline:
    found = Outline()
    found.feed(page)
    return found


def test_the_page_holds_everything_and_asks_for_nothing_from_outside(page):
    found = outline(page)
    assert found.outside == []
    assert len(page.encode()) < 3_000_000
    assert {"criteria", "graph", "course", "samples", "tasks"} <= set(found.ids)


def test_every_link_leads_somewhere_and_no_id_stands_twice(page):
    found = outline(page)
    own = [one for one in found.ids if not one.startswith(("chart", "activate"))]
    assert set(found.links) <= set(own)
    assert len(own) == len(set(own))


def test_what_a_plan_or_a_task_says_never_becomes_markup(page):
    assert EVIL not in page
    assert page.count("&lt;script&gt;alert(1)") >= 2
    assert outline(page).tags.count("script") == 1


def test_the_samples_stand_beside_their_target(page):
    assert "samples-A.quick" in page or re.search(r'id="samples-\w+\.quick"', page)


def test_the_same_run_gives_the_same_bytes(page, shell):
    state = shell.folder / ".orchestrate"
    journal = open_journal(state, readonly=True)
    try:
        run = journal.runs()[-1].run
        assert page_text(journal, run, state) == page_text(journal, run, state) == page
    finally:
        journal.close()


def test_a_group_has_a_report_of_its_own(page, shell):
    assert page
    (path,) = (shell.folder / "reports").glob("*/A.md")
    text = path.read_text(encoding="utf-8")
    assert "one part of [the report]" in text
    assert "evidence-1" in text


def test_thinning_a_series_keeps_its_peak_and_its_size_is_bounded():
    points = [(float(index), 5.0) for index in range(10_000)]
    points[7777] = (7777.0, 99.0)
    thin = thinned(points)
    assert len(thin) <= POINTS
    assert (7777.0, 99.0) in thin
    assert thinned([]) == ()


def test_pipes_in_the_place_of_traces_are_not_waited_for(tmp_path: Path):
    (tmp_path / "A.one" / "1").mkdir(parents=True)
    for name in ("series.csv", "stdout.log", "stderr.log"):
        os.mkfifo(tmp_path / "A.one" / "1" / name)
    found: list[Trace] = []
    looking = Thread(target=lambda: found.extend(read_traces(tmp_path, [("A.one", 1)]).values()), daemon=True)
    looking.start()
    looking.join(120)
    assert found == [Trace()]


def test_traces_that_are_missing_or_damaged_are_empty(tmp_path: Path):
    folder = tmp_path / "A.one" / "1"
    folder.mkdir(parents=True)
    (folder / "series.csv").write_bytes(b"seconds,rss_bytes\n1.0,\xff\xfe\nx")
    (folder / "stdout.log").write_bytes(b"\xff" * 20_000)
    found = read_traces(tmp_path, [("A.one", 1), ("A.two", 3), ("A.three", 0)])
    assert found["A.two"] == Trace()
    assert "A.three" not in found
    assert len(found["A.one"].log) < 7000


def test_a_verdict_is_a_word_and_its_figure_has_a_unit(page):
    assert '<span class="badge pass">PASS</span>' in page
    assert ">2 ms</td>" in page


def test_the_samples_are_drawn_with_the_target_and_the_interval(page):
    chart = page.partition('id="samples-A.quick"')[2].partition("</figure>")[0]
    for name in ("samples", "target", "interval (95 %)"):
        assert f">{name}</text>" in chart


def test_what_failed_says_why_and_how_to_see_and_do_it_again_before_anything_else(page):
    main = page[page.index("<main") :]
    assert main.index('id="failed"') < main.index('id="run"') < main.index('id="criteria"')
    first = main[main.index('id="failed"') : main.index('id="run"')]
    assert "ended with exit code 1" in first
    assert re.search(r"<code>orchestrate logs small-[\w-]+ A.fail</code>", first)
    assert re.search(r"<code>orchestrate resume small-[\w-]+</code>", first)


def test_every_criterion_task_and_round_has_a_link_of_its_own(page):
    found = outline(page)
    assert {"criterion-A.quick", "task-A.measure", "task-A.fail"} <= set(found.ids)
    assert {"criterion-A.quick", "task-A.measure"} <= set(found.links)


def test_the_evidence_of_a_task_is_saved_from_the_page_itself(page):
    name, held = re.search(r'href="data:application/json;base64,([\w+/=]+)" download="([\w.]+)"', page).group(2, 1)
    told = json.loads(base64.b64decode(held))
    assert name == "A.measure.json"
    assert told["task"] == "A.measure"
    assert told["measurements"][0]["data"] == {"values": [1.0, 2.0, 3.0], "kind": "samples"}
    assert len(told["plan_digest"]) == 64


def test_evidence_is_json_whatever_it_measured(monkeypatch):
    data = Samples((1.0, float("nan"), float("inf")))
    measured = Measurement("m.n", "ms", data, EVIL, None, (), (), (), Negative((2.0,), "x"))
    task = SimpleNamespace(id="A.t", figures=[SimpleNamespace(attempt=1, measurement=measured)])
    report = SimpleNamespace(run="r", plan_digest="d", files=())
    told = json.loads(evidence_text(report, task), parse_constant=pytest.fail)
    assert told["measurements"][0]["data"]["values"] == [1.0, "nan", "inf"]
    assert EVIL not in evidence_link(report, task)
    monkeypatch.setattr("orchestrator.pages.downloads.MOST", 2)
    assert evidence_link(report, task) == ""


@pytest.mark.parametrize("past", [(), (("r-1", 1.0),), (("r-1", 1e308), ("r-2", -1e308)), (("r-1", 5.0), ("r-2", 5.0))])
def test_earlier_runs_are_a_line_with_words_for_those_who_do_not_see_it(past):
    verdict = SimpleNamespace(value=5.0, unit="<ms>")
    row = SimpleNamespace(past=past, verdict=verdict, unit="<ms>", goal=float("nan"))
    drawn = spark(row)
    assert bool(drawn) == bool(past)
    if drawn:
        assert f'aria-label="{len(past) + 1} runs, the latest last: ' in drawn
        assert "<ms>" not in drawn
        assert "nan" not in drawn
