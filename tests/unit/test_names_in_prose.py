"""A dotted name of ours in a page, docstring or comment is one that the code has."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from markdown_page import ROOT, documentation

PACKAGES = ("building", "encoder", "orchestrator", "workstreams")
NAMED = re.compile(rf"`((?:{'|'.join(PACKAGES)})(?:\.[A-Za-z_]\w*)+)`")
GROUPS = re.compile(r"orchestrator\.(?:drivers|executors|importers|notifiers|report_formats|runners|verbs)")
"""Groups of entry points have names of the same form."""


def texts():
    """Every page and module that may name one, with its place."""
    for page in [*documentation(), Path("CONTRIBUTING.md")]:
        yield page, (ROOT / page).read_text("utf-8")
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if not {"build", "pep517"} & set(path.parts):
                yield path.relative_to(ROOT), path.read_text("utf-8")


def is_there(name):
    """Whether the name leads to a module, or to something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found = import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def lost(text):
    """The names that lead nowhere."""
    return sorted(name for name in set(NAMED.findall(text)) if not GROUPS.fullmatch(name) and not is_there(name))


def test_every_dotted_name_in_prose_is_one_that_the_code_has():
    assert {str(path): names for path, text in texts() if (names := lost(text))} == {}


@pytest.mark.parametrize("name", ["orchestrator.report.nowhere", "encoder.container.reader.read_block"])
def test_a_name_that_the_code_has_no_more_is_found(name):
    assert lost(f"see `{name}` and `orchestrator.report`") == [name]
