"""The orchestrator by itself: its list of packages is whole, and what it needs is what everything in one needs of
it.
"""

import tomllib
from pathlib import Path

from orchestrator.environment import DISTRIBUTIONS, distribution, install_extra

ROOT = Path(__file__).parents[2]
LEAN = tomllib.loads((ROOT / "orchestrator" / "pyproject.toml").read_text())
WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_package_is_listed_and_so_are_the_folders_of_templates():
    files = [
        path for kind in ("*.py", "*.pyi", "*.j2", "*.js", "*.css") for path in (ROOT / "orchestrator").rglob(kind)
    ]
    folders = {path.parent.relative_to(ROOT) for path in files}
    packages = {".".join(folder.parts) for folder in folders if "build" not in folder.parts}
    assert set(LEAN["tool"]["setuptools"]["packages"]) == packages


def test_it_needs_a_part_of_what_everything_in_one_needs_and_the_same_releases():
    assert set(LEAN["project"]["dependencies"]) < set(WHOLE["project"]["dependencies"])
    extras = WHOLE["project"]["optional-dependencies"]
    for name, needs in LEAN["project"]["optional-dependencies"].items():
        assert set(needs) == set(extras[name])


def test_both_carry_the_same_version_and_text():
    for key in ("version", "description", "license", "requires-python"):
        assert LEAN["project"][key] == WHOLE["project"][key]
    assert {LEAN["project"]["name"], WHOLE["project"]["name"]} == set(DISTRIBUTIONS)


def test_an_extra_is_asked_of_the_distribution_that_is_installed():
    assert install_extra("dask") == f"pip install '{distribution() or DISTRIBUTIONS[0]}[dask]'"


def test_every_distribution_carries_the_stubs_that_hold_the_public_names():
    for part in ("", "orchestrator", "encoder"):
        told = tomllib.loads((ROOT / part / "pyproject.toml").read_text())
        assert "*.pyi" in told["tool"]["setuptools"]["package-data"]["*"]


def test_every_distribution_carries_the_licence_and_names_the_pythons_that_are_tested():
    for folder in (".", "orchestrator", "encoder"):
        project = tomllib.loads((ROOT / folder / "pyproject.toml").read_text())["project"]
        assert project["license-files"] == ["LICENSE"]
        assert (ROOT / folder / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()
        named = {one.rpartition(" ")[2] for one in project["classifiers"] if "Python :: 3." in one}
        assert named == {"3.11", "3.12", "3.13", "3.14"}
        assert "urls" not in project
