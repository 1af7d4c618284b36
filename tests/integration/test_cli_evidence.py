"""Bundles, comparisons and history through the real command line."""

import json
import xml.etree.ElementTree as ET


def test_a_run_is_exported_and_checked_where_nothing_else_is(shell, kit):
    shell.plan([kit.measuring("count", "5")], [kit.criterion(">= 5 cases")])
    done = shell("run", "-q", "--junit", "verdicts.xml", "plan.yaml")
    assert done.returncode == 0, done.stderr
    assert ET.parse(shell.folder / "verdicts.xml").getroot().get("tests") == "1"
    exported = json.loads(shell("export", "--json", "-o", "run.tar").stdout)
    assert (exported["missing"], exported["changed"]) == ([], [])
    checked = shell("verify", "--json", "--state", "nowhere", "run.tar")
    assert (checked.returncode, json.loads(checked.stdout)["ok"]) == (0, True)

    bundle = shell.folder / "run.tar"
    content = bytearray(bundle.read_bytes())
    at = content.index(b'"task_started"')
    content[at] ^= 1
    bundle.write_bytes(content)
    checked = shell("verify", "run.tar")
    assert checked.returncode == 3
    assert "events.jsonl, event 2" in checked.stdout


def test_runs_are_compared_and_a_metric_is_followed_over_them(shell, kit):
    shell.plan([kit.measuring("count", "5")], [kit.criterion(">= 5 cases")])
    assert shell("run", "-q", "plan.yaml").returncode == 0
    shell.plan([kit.measuring("count", "4")], [kit.criterion(">= 5 cases")])
    assert shell("run", "-q", "--new", "plan.yaml").returncode == 1
    first = shell.runs()[0]["run"]
    compared = shell("compare", first)
    assert compared.returncode == 1
    assert "A.enough" in compared.stdout
    points = json.loads(shell("history", "--json", "--metric", "m.count").stdout)
    assert [point["value"] for point in points] == [5, 4]
    unknown = shell("history", "--metric", "m.counts")
    assert unknown.returncode == 2
    assert "did you mean m.count?" in unknown.stderr


def test_an_undecided_criterion_takes_more_samples_through_the_whole_machine(shell, kit):
    plan_task = kit.measuring("count", "5")
    script = (
        'n=$(basename "$PWD"); '
        'if [ "$n" = 1 ]; then v="1, 9, 2, 8, 3, 7"; else v="9, 9.1, 9.2, 9, 9.1, 9.2, 9, 9.1, 9.2, 9, 9.1, 9.2"; fi; '
        'echo "{\\"kind\\": \\"measurement\\", \\"metric\\": \\"$M\\", \\"unit\\": \\"cases\\", \\"values\\": [$v]}" '
        '>> "$ORCHESTRATE_EVIDENCE"'
    )
    metric = plan_task["metrics"][0]["name"]
    task = {**plan_task, "command": ["sh", "-c", script], "env": {"M": metric}}
    shell.plan([task], [{**kit.criterion(">= 5 cases"), "samples": 6, "max_samples": 18}])
    done = shell("run", "plan.yaml")
    assert done.returncode == 0, done.stderr
    assert "sampled  A.count: attempt 1 leaves A.enough undecided" in done.stderr
    verdict = shell.status()["verdicts"][0]
    assert (verdict["outcome"], verdict["samples"], verdict["look"], verdict["looks"]) == ("PASS", 18, 2, 3)
    assert shell("verify").returncode == 0


def test_a_bundle_that_is_not_there_is_said_to_be_missing(shell):
    told = shell("verify", "gone.tar")
    assert told.returncode == 2
    assert told.stderr.splitlines() == [
        "gone.tar: there is no such bundle",
        "  mend: check the path; `orchestrate export` writes one",
    ]
