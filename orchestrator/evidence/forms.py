"""Of which kind of data each form of metric is. A new form is a line here, and its rule in
`orchestrator.evidence.estimate`.
"""

from collections.abc import Mapping
from typing import Final

from orchestrator.evidence.measurement import Comparison, Samples, Trend
from orchestrator.evidence.metric import Form

DATA_OF: Final[Mapping[Form, type[Samples | Comparison | Trend]]] = {
    Form.SAMPLES: Samples,
    Form.PROPORTION: Samples,
    Form.REDUCTION: Comparison,
    Form.INCREASE: Comparison,
    Form.SPEEDUP: Comparison,
    Form.SLOPE: Trend,
    Form.R_SQUARED: Trend,
}


def forms_of(kind: type) -> frozenset[Form]:
    """The forms whose measurements hold that kind of data."""
    return frozenset(form for form, data in DATA_OF.items() if data is kind)
