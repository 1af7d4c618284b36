"""What counts as a runner's code."""

import importlib
import sys

import pytest

from orchestrator.runner import Runner
from orchestrator.sourcecode import Code, imported


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Two packages side by side: the runner's, and one that it stands on."""
    files = {
        "acme/__init__.py": "", "acme/runners.py": "from acme import steps\ndef run(context):\n    import base.late\n",
        "acme/steps.py": "from .tools import sharpen\nCHILD = 'acme.child'\n", "acme/tools.py": "def sharpen(): ...\n",
        "acme/child.py": "", "acme/alone.py": "", "acme/table.json": "{}", "acme/data/rows.csv": "1\n",
        "base/__init__.py": "from base.core import go\n", "base/core.py": "import json, numpy\ndef go(): ...\n",
        "base/late.py": "", "base/unused.py": "", "given/notes.txt": "x",
    }  # fmt: skip
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in [name for name in sys.modules if name.partition(".")[0] in {"acme", "base"}]:
        del sys.modules[name]


def runner(code=()):
    return Runner("acme.run", importlib.import_module("acme.runners").run, code=code)


COVERED = {
    "acme/__init__.py", "acme/runners.py", "acme/steps.py", "acme/tools.py", "acme/child.py", "acme/table.json",
    "acme/data/rows.csv", "base/__init__.py", "base/core.py", "base/late.py",
}  # fmt: skip


@pytest.mark.usefixtures("project")
def test_it_is_what_the_runners_module_imports_through_every_first_party_package():
    assert set(Code().files(runner())) == COVERED
    assert set(Code().files(runner(("base.unused", "given/")))) == COVERED | {"base/unused.py", "given/notes.txt"}


@pytest.mark.parametrize("name", sorted(COVERED))
def test_a_change_of_any_file_of_it_changes_the_digest(project, name):
    before = Code().digest(runner())
    with (project / name).open("a") as file:
        file.write("\n")
    assert Code().digest(runner()) != before


@pytest.mark.parametrize("name", ["acme/alone.py", "base/unused.py", "given/notes.txt"])
def test_a_change_of_any_other_file_does_not(project, name):
    before = Code().digest(runner())
    (project / name).write_text("changed")
    assert Code().digest(runner()) == before


def test_the_founding_plans_runners_stand_on_the_encoder_but_not_on_this_package():
    from orchestrator.registry import load_registry

    files = set(Code().files(load_registry()["streaming.api"]))
    assert {"encoder/stream/encoder.py", "encoder/profiles/tuned.json", "workstreams/sampling/child.py"} <= files
    assert not any(name.startswith("orchestrator/") for name in files)


def test_relative_imports_are_relative_to_the_package():
    source = b"from . import a\nfrom .b import c\nfrom ..d import e\nimport f.g\nx = 'not a module', 'h.i:RUN'\n"
    assert set(imported(source, "p.q")) == {"p.q.a", "p.q.b.c", "p.d.e", "f.g", "h.i"}


def test_what_does_not_parse_imports_nothing():
    assert list(imported(b"def (", "p")) == []
    assert list(imported(b"\x00", "p")) == []


def test_a_runner_without_a_source_has_no_code():
    assert Code().digest(Runner("odd", len)) == ""
