"""The lock files in `locks/` against pyproject.toml."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
MEND = "write the lock files again: locks/compile"


def required():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    return [Requirement(line) for line in lines]


def locked(name):
    lines = (ROOT / "locks" / f"{name}.txt").read_text().splitlines()
    return {
        canonicalize_name(package): Version(version) for package, _, version in (line.partition("==") for line in lines)
    }


def lowest_allowed(name):
    """The highest of the lower bounds that pyproject.toml has for the package, None where it has none."""
    bounds = [Version(one.version) for each in required() if canonicalize_name(each.name) == name
              for one in each.specifier if one.operator in {">=", "=="}]  # fmt: skip
    return max(bounds, default=None)


@pytest.mark.parametrize("name", ["newest", "lowest"])
def test_a_lock_file_has_all_that_the_project_names_in_a_version_that_it_allows(name):
    pinned = locked(name)
    for each in required():
        version = pinned.get(canonicalize_name(each.name))
        assert version is not None, f"{each.name} is missing; {MEND}"
        assert each.specifier.contains(version), f"{each.name} {version} is not {each.specifier}; {MEND}"


def test_the_lowest_lock_file_has_the_oldest_release_of_all_that_the_project_gives_a_bound():
    for name, version in locked("lowest").items():
        bound = lowest_allowed(name)
        if bound is not None:
            assert version.release[: len(bound.release)] == bound.release, f"{name} {version} for >= {bound}; {MEND}"


@pytest.mark.parametrize("name", ["newest", "lowest"])
def test_a_lock_file_names_packages_and_versions_and_no_place_where_they_are(name):
    for line in (ROOT / "locks" / f"{name}.txt").read_text().splitlines():
        package, sign, version = line.partition("==")
        assert (package, sign) == (canonicalize_name(package), "=="), line
        assert str(Version(version))
