import pytest

from orchestrator.cli.app import force_all


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["run", "p.yaml", "--force"], ["run", "p.yaml", "--force=*"]),
        (["run", "--force", "p.yaml"], ["run", "--force=*", "p.yaml"]),
        (["run", "--force", "-q", "p.yml"], ["run", "--force=*", "-q", "p.yml"]),
        (["run", "--force", "A.sweep", "p.yaml"], ["run", "--force", "A.sweep", "p.yaml"]),
        (["run", "--force", "A", "--force", "B.x", "p.yaml"], ["run", "--force", "A", "--force", "B.x", "p.yaml"]),
        (["resume", "--force=A"], ["resume", "--force=A"]),
        ([], []),
    ],
)
def test_force_without_a_name_means_every_task(given, meant):
    assert force_all(given) == meant
