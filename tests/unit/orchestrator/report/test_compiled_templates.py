import sys

import pytest
from jinja2 import DictLoader, Environment

from orchestrator.report.compiled import CompiledTemplates


@pytest.fixture
def rendered(tmp_path, monkeypatch):
    """Render a template with a fresh environment, its compiled form kept in the test's folder."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(sys, "pycache_prefix", None)

    def render(text="{{ 6 * 7 }}"):
        environment = Environment(
            loader=DictLoader({"page": text}),
            bytecode_cache=CompiledTemplates(tmp_path),
            autoescape=False,
        )
        return environment.get_template("page").render()

    return render


def kept(tmp_path):
    return list(tmp_path.glob("__pycache__/*.pyc"))


def test_a_template_is_compiled_once(rendered, tmp_path, monkeypatch):
    assert rendered() == "42"
    assert len(kept(tmp_path)) == 1
    monkeypatch.setattr(Environment, "compile", None)  # whoever compiles again, fails
    assert rendered() == "42"


def test_a_template_that_changed_is_compiled_again(rendered):
    assert (rendered(), rendered("{{ 6 + 7 }}"), rendered()) == ("42", "13", "42")


@pytest.mark.parametrize("damage", [b"", b"no pickle", b"j2" * 200])
def test_what_is_damaged_is_compiled_again(rendered, tmp_path, damage):
    assert rendered() == "42"
    whole = kept(tmp_path)[0].read_bytes()
    kept(tmp_path)[0].write_bytes(damage)
    assert rendered() == "42"
    kept(tmp_path)[0].write_bytes(whole[: len(whole) // 2])
    assert rendered() == "42"
    assert kept(tmp_path)[0].read_bytes() == whole


def test_nothing_is_kept_where_python_writes_no_bytecode(rendered, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert rendered() == "42"
    assert not kept(tmp_path)


def test_a_folder_that_cannot_be_written_only_costs_time(rendered, tmp_path):
    (tmp_path / "__pycache__").write_text("a file in its place")
    assert (rendered(), rendered()) == ("42", "42")
