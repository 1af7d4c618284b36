from orchestrator.evidence.estimate import DERIVATIONS
from orchestrator.evidence.forms import DATA_OF, forms_of
from orchestrator.evidence.measurement import Comparison
from orchestrator.evidence.metric import Form


def test_every_form_has_its_kind_of_data_and_its_rule():
    assert set(DATA_OF) == set(DERIVATIONS) == set(Form)


def test_the_forms_of_a_kind_are_those_whose_data_is_of_it():
    assert forms_of(Comparison) == {Form.REDUCTION, Form.INCREASE, Form.SPEEDUP}
