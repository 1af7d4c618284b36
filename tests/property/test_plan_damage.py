from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.plan.load import PlanError, parse_plan

GOOD = Path(__file__).parents[2].joinpath("plans/examples/hello.yaml").read_text("utf-8")
PIECES = st.sampled_from(
    ["", "[", "}", ": ", "- ", "no", "1:30", "${x}", "&a ", "*a", "\t", "\n", '"', "needs: [A]", "null", "{}", "3"]
)


def loads(text):
    try:
        return bool(parse_plan(text, "p.yaml", {}, {}).groups)
    except PlanError as error:
        return not error.problems


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD)), st.integers(0, 12), PIECES)
def test_a_damaged_plan_still_loads_or_names_its_problems(place, removed, piece):
    text = GOOD[:place] + piece + GOOD[place + removed :]
    assert loads(text) in {True, False}
    assert loads(GOOD)
