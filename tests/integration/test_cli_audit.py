"""`orchestrate audit` through the real command line: a text against itself, its files, a run, a bundle and a kept
report.
"""

import json
import xml.etree.ElementTree as ET

import pytest

PLAN = """
schema: 1
id: audited
title: Audited
agents: {ME: {specialty: Packing, driver: command}}
workstreams:
  A:
    title: Packing
    lead: ME
    tasks:
      - id: measure
        title: Measure it
        command: [sh, -c, 'echo "{\\"kind\\":\\"measurement\\",\\"metric\\":\\"pack.peak_memory\\",\\"unit\\":\\"MB\\",\\"values\\":[40],\\"method\\":\\"counted\\"}" >> "$ORCHESTRATE_EVIDENCE"']
        metrics: [{name: pack.peak_memory, unit: MB, better: lower}]
    success_criteria:
      - {id: peak, title: Peak memory of the packer, metric: pack.peak_memory, target: "< 50 MB"}
"""  # noqa: E501
REPORT = "# Done\n\n- Peak memory of the packer: 20 MB ✅\n- Throughput: 7 MB/s\n- see `pack.py` and `gone.py`\n"


@pytest.fixture(scope="module")
def ran(shell_in, tmp_path_factory):
    shell = shell_in(tmp_path_factory.mktemp("audited"))
    (shell.folder / "plan.yaml").write_text(PLAN)
    (shell.folder / "report.md").write_text(REPORT)
    (shell.folder / "pack.py").write_text("")
    assert shell("run", "plan.yaml", "--no-page").returncode == 0
    assert shell("export", "-o", "run.tar").returncode == 0
    return shell


def labels(done):
    return {one["text"]: one["label"] for one in json.loads(done.stdout)["claims"]}


def test_without_a_run_nothing_is_measured_and_the_exit_code_is_0(ran):
    done = ran("audit", "report.md", "--json")
    assert done.returncode == 0, done.stderr
    assert labels(done) == {
        "20 MB": "no evidence",
        "7 MB/s": "no evidence",
        "pack.py": "measured",
        "gone.py": "file missing",
    }


@pytest.mark.parametrize("evidence", ["audited-", "run.tar", "kept"])
def test_a_claim_is_held_against_a_run_a_bundle_and_a_kept_report(ran, evidence):
    name = str(next((ran.folder / "reports").glob("*.md"))) if evidence == "kept" else evidence
    done = ran("audit", "report.md", "--run", name, "--json")
    assert done.returncode == 1, done.stderr
    assert labels(done)["20 MB"] == "contradicted"
    [measured] = json.loads(done.stdout)["measured"]
    assert (measured["value"], measured["unit"]) == (40, "MB")


def test_every_format_is_written_and_says_the_same(ran):
    done = ran("audit", "report.md", "--run", "audited", "-o", "audit.html", "-f", "html", "--junit", "claims.xml")
    assert done.returncode == 1, done.stderr
    assert "claimed 20 MB, measured 40 MB" in (ran.folder / "audit.html").read_text()
    assert ET.parse(ran.folder / "claims.xml").getroot().get("failures") == "1"
    assert "claimed 20 MB, measured 40 MB" in ran("audit", "report.md", "--run", "audited").stdout


def test_a_goal_that_the_plan_does_not_have_is_contradicted(ran):
    (ran.folder / "goals.md").write_text("Peak memory of the packer (target: 80 MB)\n")
    done = ran("audit", "goals.md", "--plan", "plan.yaml", "--json")
    assert (done.returncode, labels(done)) == (1, {"80 MB": "contradicted"})


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["report.md", "--run", "other-run"], "no run 'other-run'"),
        (["report.md", "--run", "gone.tar"], "there is no such bundle or report"),
        (["report.md", "--run", "report.md"], "no report of a run"),
        (["report.md", "-f", "pdf"], "there is no format 'pdf'"),
        (["gone.md"], "gone.md"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_code_2(ran, arguments, told):
    done = ran("audit", *arguments)
    assert done.returncode == 2
    assert told in done.stderr
