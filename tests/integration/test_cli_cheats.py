"""A contract that is loosened in mid-run, and a task that fails until its figure fits, through the real command
line.
"""

import json
import xml.etree.ElementTree as ET


def finished_run(shell, kit, target):
    shell.plan([kit.measuring("count", "5")], [kit.criterion(target)])
    return shell("run", "-q", "--no-page", "plan.yaml")


def test_a_target_that_is_lowered_once_the_figure_is_known_is_told_everywhere_until_it_is_accepted(shell, kit):
    assert finished_run(shell, kit, ">= 8 cases").returncode == 1
    run = shell.runs()[0]["run"]
    shell.plan([kit.measuring("count", "5")], [kit.criterion(">= 2 cases")])
    resumed = shell("resume", "-q", run, "--junit", "verdicts.xml")
    assert resumed.returncode == 3
    assert "loosened, not accepted: criterion A.enough, target: >= 8 cases → >= 2 cases" in resumed.stdout
    assert ET.parse(shell.folder / "verdicts.xml").getroot().get("errors") == "2"
    (told,) = shell.status()["loosened"]
    assert told["former"]["outcome"] == "FAIL"
    assert "contract loosened" in shell("status").stdout
    shell("export", "-o", "run.tar")
    for name in ((), ("run.tar",)):
        checked = shell("verify", "--json", *name)
        findings = {one["subject"]: one["detail"] for one in json.loads(checked.stdout)["findings"]}
        assert checked.returncode == 3
        assert "before, it would be FAIL" in findings["contract"]
    page = next(shell.folder.glob("reports/*.html")).read_text()
    assert "Contract loosened" in page
    accepted = shell("resume", "-q", run, "--accept-loosened")
    assert accepted.returncode == 0
    assert "loosened, accepted" in accepted.stdout
    assert "contract loosened" in shell("report").stdout
    assert "Contract loosened" in shell("report", "--full").stdout


def test_a_run_that_was_accepted_from_the_start_needs_no_word(shell, kit):
    assert finished_run(shell, kit, ">= 2 cases").returncode == 0
    assert "loosened" not in shell("report").stdout
    assert shell.status()["loosened"] == []


def test_a_command_that_fails_until_its_figure_fits_is_unproven(shell, kit):
    script = (
        'v=$(( $(basename "$PWD") * 4 )); '
        'printf \'{"kind": "measurement", "metric": "m.count", "unit": "cases", "values": [%s]}\\n\' $v '
        '>> "$ORCHESTRATE_EVIDENCE"; test $v -ge 10'
    )
    task = kit.measuring("count", "0") | {"command": ["sh", "-c", script], "retries": {"max": 5, "delay": "0s"}}
    shell.plan([task], [kit.criterion(">= 10 cases")])
    done = shell("run", "-q", "--no-page", "plan.yaml")
    assert done.returncode == 3
    assert "UNPROVEN (measured again)" in done.stdout
    report = shell("report", "--full").stdout
    assert "4, 8 cases" in report
    assert "Measured more than once" in report
