import tomllib
from pathlib import Path

import pytest

from orchestrator.errors import OrchestratorError
from orchestrator.extensions import ExtensionPoint, names, points

ROOT = Path(__file__).parents[3]
POINT = ExtensionPoint("a.group", "thing", ("make",), OrchestratorError)


@pytest.fixture
def offer(tmp_path, monkeypatch):
    """Offers `module:ATTRIBUTE` by a name, from a package that is installed for this test."""
    monkeypatch.syspath_prepend(tmp_path)

    def offer(package, name, value, text=""):
        about = tmp_path / f"{package}-0.1.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.1\n")
        (about / "entry_points.txt").write_text(
            f"[other]\nno = nothing:at_all\n\n[a.group]\n# a comment\n{name} = {value}\n"
        )
        (tmp_path / f"{value.partition(':')[0]}.py").write_text(text)
        monkeypatch.syspath_prepend(tmp_path / "fresh" / package)  # what was read of another path does not count

    return offer


def test_what_a_package_offers_is_found_by_its_name_and_imported_only_then(offer):
    offer("one_package", "good", "one_module:Thing", "class Thing:\n    make = 1\n")
    offer("two_package", "broken", "two_module:THING", "raise OSError('no')")
    assert names("a.group") == ("broken", "good")
    assert POINT.find("good").make == 1


def test_an_unknown_name_is_told_with_those_that_there_are(offer):
    offer("one_package", "good", "other_module:Thing")
    with pytest.raises(
        OrchestratorError, match=r"there is no thing 'god'\n  mend: did you mean 'good'\? use one of good"
    ):
        POINT.find("god")


def test_two_packages_with_one_name_are_both_named(offer):
    offer("one_package", "same", "first_module:X")
    offer("two_package", "same", "second_module:X")
    with pytest.raises(OrchestratorError, match=r"one_package \(first_module:X\) and two_package \(second_module:X\)"):
        POINT.find("same")


@pytest.mark.parametrize(
    ("text", "told"),
    [("raise OSError('no')", "OSError: no"), ("X = object()", "it lacks make"), ("", "AttributeError")],
)
def test_what_cannot_be_used_is_told_with_its_package(offer, text, told):
    module = f"unusable_{abs(hash(text))}"
    offer("one_package", "bad", f"{module}:X", text)
    with pytest.raises(OrchestratorError, match=told) as error:
        POINT.find("bad")
    assert f"one_package ({module}:X)" in str(error.value)


def test_both_distributions_offer_the_same_of_ours_and_all_of_it_can_be_had():
    whole, lean = (
        tomllib.loads((ROOT / part / "pyproject.toml").read_text())["project"]["entry-points"]
        for part in ("", "orchestrator")
    )
    assert {group: offered for group, offered in whole.items() if group != "orchestrator.runners"} == lean
    for group, offered in lean.items():
        assert {
            point.name: point.value for point in points(group) if point.value.startswith("orchestrator.")
        } == offered
        for point in points(group):
            point.load()


def test_one_of_ours_needs_no_entry_point_and_names_its_extra():
    point = ExtensionPoint("a.group", "thing", (), OrchestratorError, {"mine": "no.such:X"}, {"mine": "agents"})
    assert point.names() == ("mine",)
    with pytest.raises(OrchestratorError, match=r"thing 'mine' cannot be used(.|\n)*mend: pip install .*\[agents\]"):
        point.find("mine")
