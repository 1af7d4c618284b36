import ast
from pathlib import Path

import pytest

import orchestrator.evidence
from orchestrator.evidence.forms import RULES, guessed
from orchestrator.evidence.measurement import Comparison, Measurement, Samples, Trend
from orchestrator.evidence.metric import Form
from orchestrator.plan.model import DeclaredMetric

ROOT = Path(orchestrator.evidence.__file__).parents[1]
DOCS = Path(__file__).parents[4] / "docs"


def test_every_form_stands_in_the_one_table_and_a_plan_can_declare_it():
    assert list(RULES) == list(Form)
    for form in Form:
        assert DeclaredMetric(name="m", unit="1", better="higher", form=form.value).form is form


def named_forms(path):
    """The members of Form that the module names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "Form":
            yield node.attr


def test_no_module_but_the_table_names_a_form_except_the_default():
    naming = {
        str(path.relative_to(ROOT)): {*named_forms(path)} - {"SAMPLES"}
        for path in ROOT.rglob("*.py")
        if path.name != "forms.py"
    }
    assert {name for name, forms in naming.items() if forms} == set()


def test_the_page_about_verdicts_has_a_row_for_each_form():
    pages = "".join(path.read_text(encoding="utf-8") for path in DOCS.rglob("verdicts.md"))
    assert [form for form in Form if f"| `{form.value}` |" not in pages] == []


@pytest.mark.parametrize(
    ("data", "unit", "form"),
    [
        (Samples((1.0,)), "ms", Form.SAMPLES),
        (Comparison((1.0,), (2.0,), "s"), "x", Form.SPEEDUP),
        (Comparison((1.0,), (2.0,), "s"), "%", Form.INCREASE),
        (Trend((1.0,), (2.0,), "MB", "ms"), "1", Form.R_SQUARED),
        (Trend((1.0,), (2.0,), "MB", "ms"), "ms/MB", Form.SLOPE),
    ],
)
def test_a_measurement_of_no_known_metric_is_shown_by_its_data_and_unit(data, unit, form):
    assert guessed(Measurement("m", unit, data, "by hand")) is form
