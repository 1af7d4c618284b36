import pkgutil
import subprocess
import sys

import pytest

import orchestrator


def test_every_public_name_is_there():
    assert {name for name in orchestrator.__all__ if getattr(orchestrator, name) is None} == set()
    assert set(dir(orchestrator)) == set(orchestrator.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = orchestrator.nothing


def test_importing_it_loads_nothing_heavy():
    code = (
        "import sys, orchestrator; print([n for n in ('numpy', 'pydantic', 'networkx', 'typer') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=orchestrator.__path__[0] + "/..", capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_what_a_run_starts_with_does_not_load_numpy():
    code = "import sys, orchestrator.cli.run; print([n for n in ('numpy', 'numba', 'dask') if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=orchestrator.__path__[0] + "/..", capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_plan_runs_from_python_and_its_verdicts_come_back(tmp_path, kit, monkeypatch):
    import json

    monkeypatch.chdir(tmp_path)
    plan = kit.plan_data([kit.measuring("count", "5")], [kit.criterion(">= 5 cases")])
    (tmp_path / "plan.yaml").write_text(json.dumps(plan))
    outcome = orchestrator.run("plan.yaml")
    assert outcome.exit_code == 0
    assert outcome.verdicts["A.enough"].outcome is orchestrator.Outcome.PASS
    assert outcome.report == tmp_path.joinpath("reports", f"{outcome.run}.md").relative_to(tmp_path)
    assert outcome.report.is_file()


def test_no_public_name_is_a_modules_which_importing_that_would_put_in_its_place():
    modules = {module.name for module in pkgutil.iter_modules(orchestrator.__path__)}
    assert modules.isdisjoint(orchestrator.__all__)
