from benchmarks.engine.starting import package_of, read

TOLD = """import time: self [us] | cumulative | imported package
import time:       100 |        100 |   json.decoder
import time:      2000 |       2100 | json
import time:       500 |        500 |   orchestrator.kernel
import time:       250 |        750 | orchestrator
PASS: 1 PASS
"""


def test_what_python_says_of_imports_is_summed_up_by_package():
    seconds, modules = read(TOLD)
    assert modules == {"the standard library": 2, "orchestrator": 2}
    assert seconds["the standard library"] == 0.0021
    assert seconds["orchestrator"] == 0.00075


def test_a_package_is_named_or_said_to_be_another():
    assert package_of("pydantic._internal._fields") == "pydantic"
    assert package_of("annotated_types") == "other packages"
