"""The encoder by itself: its list of packages is whole, and what it needs is what everything in one needs of it."""

import tomllib
from pathlib import Path

from encoder.cli.app import DISTRIBUTIONS, installed_version

ROOT = Path(__file__).parents[2]
ALONE = tomllib.loads((ROOT / "encoder" / "pyproject.toml").read_text())
WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_every_package_of_the_encoder_is_listed_and_so_are_the_folders_of_data():
    files = [path for kind in ("*.py", "*.json") for path in (ROOT / "encoder").rglob(kind)]
    folders = {path.parent.relative_to(ROOT) for path in files}
    packages = {".".join(folder.parts) for folder in folders if not {"build", "pep517"} & set(folder.parts)}
    assert set(ALONE["tool"]["setuptools"]["packages"]) == packages


def test_the_encoder_needs_a_part_of_what_everything_in_one_needs_and_the_same_releases():
    assert set(ALONE["project"]["dependencies"]) < set(WHOLE["project"]["dependencies"])
    extras = WHOLE["project"]["optional-dependencies"]
    for name, needs in ALONE["project"]["optional-dependencies"].items():
        assert set(needs) == set(extras[name])


def test_the_encoder_alone_is_built_as_the_whole_is():
    assert ALONE["build-system"]["requires"] == WHOLE["build-system"]["requires"]
    assert ALONE["tool"]["setuptools"]["cmdclass"] == WHOLE["tool"]["setuptools"]["cmdclass"]
    (folder,) = ALONE["build-system"]["backend-path"]
    assert (ROOT / "encoder" / folder / "building").resolve() == ROOT / "building"


def test_the_encoder_alone_has_the_version_of_the_whole_and_says_it():
    assert ALONE["project"]["version"] == WHOLE["project"]["version"]
    assert {ALONE["project"]["name"], WHOLE["project"]["name"]} == set(DISTRIBUTIONS)
    assert installed_version() in {WHOLE["project"]["version"], "0"}
