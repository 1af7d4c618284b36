import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.plan.dumper import PlanDumper
from orchestrator.plan.problem import PlanError
from orchestrator.plan.source import NODE_LIMIT, read_source
from orchestrator.plan.spelling import spell


def problems_of(text):
    try:
        return read_source(text, "p.yaml").problems
    except PlanError as error:
        return list(error.problems)


def test_every_value_and_key_has_its_position():
    source = read_source("a:\n  b: [1, two]\n", "p.yaml")
    assert source.data == {"a": {"b": [1, "two"]}}
    assert source.place(("a", "b", 1)) == (2, 10)
    assert source.place(("a", "b"), key=True) == (2, 3)


def test_a_part_without_a_position_is_placed_at_what_is_around_it():
    assert read_source("a:\n  b: 1\n", "p.yaml").place(("a", "missing", 3)) == (2, 3)


def test_a_duplicate_key_names_both_lines_and_the_first_value_stays():
    source = read_source("a: 1\nb: 2\na: {c: 3}\n", "p.yaml")
    assert source.data == {"a": 1, "b": 2}
    (problem,) = source.problems
    assert (problem.line, problem.column) == (3, 1)
    assert "line 1" in problem.what


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("no", "truth value"),
        ("On", "truth value"),
        ("1:30", "base 60"),
        ("010", "octal"),
        ("3.10", "would become 3.1"),
        ("7225e10", "would become 72250000000000.0"),
        ("1234e56", "would become 1234"),
        ("1e999", "would become Infinity"),
        ("1.", "would become 1.0"),
        (".5", "would become 0.5"),
        (".5e3", "would become 500.0"),
        ("+7", "would become 7"),
        ("-0", "would become 0"),
        ("00.5", "would become 0.5"),
        ("0.10000000000000000001", "would become 0.1"),
        ("1_000", "a number to YAML"),
        ("1_0.5", "a number to YAML"),
        ("0x1F", "a number to YAML"),
        ("0o17", "a number to YAML"),
        ("0b101", "a number to YAML"),
        (".inf", "a number to YAML"),
        (".NaN", "a number to YAML"),
        ("1:30.5", "base 60"),
        ("!!python/object:x {}", "tag"),
    ],
)
def test_a_trap_of_yaml_is_a_problem(value, said):
    (problem,) = problems_of(f"a: {value}\n")
    assert said in problem.what
    assert (problem.line, problem.column) == (1, 4)


def test_the_mend_of_a_number_that_would_be_changed_is_quotes():
    (problem,) = problems_of("matrix: [3.9, 3.10]\n")
    assert problem.mend == 'put it in quotes: "3.10"; as a number write 3.1'
    assert (problem.line, problem.column) == (1, 15)


@pytest.mark.parametrize("text", ["tolerance: 0.10", "level: 0.950", "backoff: 1e0"])
def test_where_only_a_number_can_stand_its_value_counts(text):
    assert not problems_of(text)


def test_below_parameters_every_name_is_the_users_own():
    assert problems_of("with: {level: 3.10}")


@pytest.mark.parametrize(
    "text", ["3.9", "0.00001", "-3", "12.5", "1.0", "123456789012345678", "1.2.3", "v1_0", "1e", "e10", "1-2"]
)
def test_what_is_spelled_as_it_is_written_is_no_problem(text):
    source = read_source(f"a: {text}\n", "p.yaml")
    assert not source.problems
    assert spell(source.data["a"]) == text


@given(
    st.from_regex(r"[-+]?[0-9._xobeE]{1,9}", fullmatch=True)
    | st.text(max_size=6)
    | st.floats(allow_nan=False, allow_infinity=False)
)
@example("\x85")
@example("a\u2028b\ufeff")
def test_what_the_dumper_writes_is_read_back_the_same(value):
    read = read_source(yaml.dump({"a": [value]}, Dumper=PlanDumper, allow_unicode=True), "p.yaml")
    assert read.data == {"a": [value]}
    assert not read.problems


@pytest.mark.parametrize("value", ['"no"', "'1:30'", '"010"', "2025-01-31", "1h30m", ">= 3"])
def test_text_stays_text(value):
    assert isinstance(read_source(f"a: {value.replace('>=', 'ge')}\n", "p.yaml").data["a"], str)


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("-3", -3), ("1.5", 1.5), ("1e3", 1000.0), ("true", True), ("~", None), ("9" * 40, "9" * 40)],
)
def test_plain_scalars_mean_what_they_say(text, value):
    assert read_source(f"a: {text}\n", "p.yaml").data == {"a": value}


def test_an_unquoted_truth_value_as_a_key_is_a_problem():
    (problem,) = problems_of("on: 1\n")
    assert problem.mend == 'write "on" in quotes'


def test_an_alias_stands_for_the_same_value():
    assert read_source("a: &x [1, 2]\nb: *x\n", "p.yaml").data == {"a": [1, 2], "b": [1, 2]}


def test_a_bomb_of_aliases_is_refused_at_its_line():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    (problem,) = problems_of("\n".join(lines))
    assert f"{NODE_LIMIT:,}" in problem.what
    assert problem.line <= 7


def test_an_alias_within_its_own_anchor_is_refused():
    (problem,) = problems_of("a: &a [*a]\n")
    assert "stands for nothing" in problem.what


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 5_000 + "x", "{a: " * 5_000])
def test_bottomless_nesting_is_refused(text):
    assert "levels of nesting" in problems_of(text)[0].what


@pytest.mark.parametrize("text", ["", "# nothing\n", "just words", "- a\n- b\n"])
def test_what_is_no_mapping_is_told_so(text):
    assert "mapping of keys" in problems_of(text)[0].what


@pytest.mark.parametrize(
    "text", ["a: [1\nb: 2", "a: 'x", "a: b: c", "\x00\x01", "a: \x07", "? {a: 1}\n: 2", "a: *nothing"]
)
def test_what_is_not_yaml_has_a_problem_with_a_position(text):
    (problem,) = problems_of(text)
    assert problem.line >= 1
    assert problem.mend


def test_a_merge_key_and_a_second_document_are_problems():
    assert "merge keys" in problems_of("a: &a {b: 1}\nc: {<<: *a}\n")[0].what
    assert "second document" in problems_of("a: 1\n---\nb: 2\n")[0].what
