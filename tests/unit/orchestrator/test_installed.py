"""What is installed is the same as the standard library finds."""

import sys
import zipfile
from importlib import metadata

import pytest

from orchestrator import installed

GROUPS = ("console_scripts", "pytest11", "orchestrator.drivers", "orchestrator.runners", "babel.extractors", "none")


@pytest.mark.parametrize("group", GROUPS)
def test_the_entry_points_of_a_group_are_those_that_the_standard_library_finds(group):
    theirs = sorted((each.name, each.value, each.dist.name) for each in metadata.entry_points(group=group))
    assert sorted((each.name, each.value, each.package) for each in installed.points(group)) == theirs


@pytest.mark.parametrize("name", ["pytest", "PyYAML", "jinja2", "typing.extensions"])
def test_a_version_is_the_one_that_the_standard_library_finds(name):
    assert installed.version(name) == metadata.version(name)


def test_a_package_that_is_not_installed_has_no_version():
    with pytest.raises(installed.NotInstalledError):
        installed.version("no-such-package")


def test_the_first_of_two_packages_of_one_name_counts(tmp_path, monkeypatch):
    for folder, version in (("second", "2"), ("first", "1")):
        about = tmp_path / folder / f"Twice_There-{version}.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: Twice.There\nVersion: {version}\n\nVersion: 3\n")
        monkeypatch.syspath_prepend(tmp_path / folder)
    assert installed.version("twice-there") == "1"


def test_a_package_in_an_archive_is_found_too(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "some.zip", "w") as archive:
        archive.writestr("zipped-0.3.dist-info/METADATA", "Metadata-Version: 2.1\nName: zipped\nVersion: 0.3\n")
        archive.writestr("zipped-0.3.dist-info/entry_points.txt", "[a.group.of.it]\nit = os.path:join [extra]\n")
    monkeypatch.syspath_prepend(tmp_path / "some.zip")
    assert installed.version("zipped") == "0.3"
    (point,) = installed.points("a.group.of.it")
    assert (point.package, point.load()) == ("zipped", sys.modules["os"].path.join)
