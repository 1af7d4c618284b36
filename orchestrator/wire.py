"""Measurements as JSON objects: in the lines of evidence.jsonl and in the orders of attempts.

One object per measurement, flat, so that a shell script can write one by hand:

    {"metric": "m", "unit": "ms", "values": [1.5, 2]}
    {"metric": "m", "unit": "%", "treatment": [1], "baseline": [2], "arm_unit": "s"}
    {"metric": "m", "unit": "MiB/GiB", "x": [1, 2], "y": [5, 5], "x_unit": "GiB", "y_unit": "MiB"}

This module reads untrusted objects: it answers with a Measurement or a WireError, and loads nothing heavy.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from orchestrator.errors import OrchestratorError
from orchestrator.evidence.measurement import Claim, Comparison, Measurement, Negative, Samples, Trend
from orchestrator.evidence.packed import Figures, numbers

LONGEST_TEXT: Final = 4_000
COMMON: Final = frozenset({"metric", "unit", "method", "cases", "command", "artifacts"})
FORMS: Final[dict[str, frozenset[str]]] = {
    "values": frozenset({"values", "negative"}),
    "treatment": frozenset({"treatment", "baseline", "arm_unit", "control", "exact", "labels", "order"}),
    "x": frozenset({"x", "y", "x_unit", "y_unit"}),
}


class WireError(OrchestratorError):
    """Something in an object of JSON is not what it must be; the message names the key and the mend."""

    exit_code: ClassVar[int] = 4


def measurement_to_json(measurement: Measurement) -> dict[str, Any]:
    """The object for one measurement; `measurement_from_json` is its inverse."""
    plain: dict[str, Any] = {"metric": measurement.metric, "unit": measurement.unit, "method": measurement.method}
    match measurement.data:
        case Samples(values=values):
            plain |= {"values": list(values)}
        case Comparison() as arms:
            plain |= {"treatment": list(arms.treatment), "baseline": list(arms.baseline), "arm_unit": arms.arm_unit}
            plain |= {"control": list(arms.control), "exact": arms.exact, "labels": list(arms.labels)}
            plain |= {"order": list(arms.order)} if arms.order else {}
        case Trend() as line:
            plain |= {"x": list(line.x), "y": list(line.y), "x_unit": line.x_unit, "y_unit": line.y_unit}
    if measurement.cases is not None:
        plain["cases"] = measurement.cases
    if measurement.negative is not None:
        plain["negative"] = {"values": list(measurement.negative.values), "of": measurement.negative.of}
    return plain | {"command": list(measurement.command), "artifacts": list(measurement.artifacts)}


def measurement_from_json(plain: Mapping[str, Any]) -> Measurement:
    """Read one object. Raises WireError for a missing, unknown or ill-typed key and for arms of unequal length."""
    form = next((key for key in FORMS if key in plain), None)
    if form is None:
        raise WireError("a measurement has no figures; give 'values', or 'treatment' and 'baseline', or 'x' and 'y'")
    if unknown := sorted(set(plain) - COMMON - FORMS[form]):
        raise WireError(f"a measurement with '{form}' has no key {unknown[0]!r}")
    return Measurement(
        metric=text(plain, "metric"),
        unit=text(plain, "unit"),
        data=_read_data(form, plain),
        method=text(plain, "method", ""),
        cases=_cases(plain),
        command=texts(plain, "command"),
        artifacts=texts(plain, "artifacts"),
        negative=_negative(plain),
    )


def claim_from_json(plain: Mapping[str, Any]) -> Claim | None:
    """The figure that a note claims under `claim`: metric, value and unit. Raises WireError for anything else there."""
    said = plain.get("claim")
    if said is None:
        return None
    if not isinstance(said, dict):
        raise WireError("'claim' must be an object with 'metric', 'value' and 'unit'")
    (value,) = _numbers({"value": [said.get("value")]}, "value")
    return Claim(text(said, "metric"), value, text(said, "unit"))


def _negative(plain: Mapping[str, Any]) -> Negative | None:
    said = plain.get("negative")
    if said is None:
        return None
    if not isinstance(said, dict):
        raise WireError("'negative' must be an object with 'values' and 'of'")
    return Negative(_numbers(said, "values"), text(said, "of"))


def _read_data(form: str, plain: Mapping[str, Any]) -> Samples | Comparison | Trend:
    if form == "values":
        return Samples(_numbers(plain, "values"))
    if form == "x":
        points = Trend(_numbers(plain, "x"), _numbers(plain, "y"), text(plain, "x_unit"), text(plain, "y_unit"))
        check_data(points)
        return points
    arms = Comparison(
        treatment=_numbers(plain, "treatment"),
        baseline=_numbers(plain, "baseline"),
        arm_unit=text(plain, "arm_unit"),
        control=_numbers(plain, "control") if "control" in plain else (),
        exact=_flag(plain, "exact"),
        labels=texts(plain, "labels"),
        order=texts(plain, "order"),
    )
    check_data(arms)
    return arms


def check_data(data: Samples | Comparison | Trend) -> None:
    """Raise WireError where arms, labels or coordinates do not pair up."""
    match data:
        case Comparison():
            pairs = len(data.treatment)
            if len(data.baseline) != pairs:
                raise WireError(f"{pairs} values in 'treatment' but {len(data.baseline)} in 'baseline'; they are pairs")
            if data.control and len(data.control) != pairs:
                raise WireError(
                    f"{len(data.control)} values in 'control' for {pairs} pairs; give one per pair, or none"
                )
            if data.labels and len(data.labels) != pairs:
                raise WireError(f"{len(data.labels)} labels for {pairs} pairs; give one per pair, or none")
            check_order(data)
        case Trend() if len(data.x) != len(data.y):
            raise WireError(f"{len(data.x)} values in 'x' but {len(data.y)} in 'y'; they are points")
        case _:
            pass


def check_order(arms: Comparison) -> None:
    """Raise WireError unless the order names every arm as often as it has values."""
    expected = {"treatment": len(arms.treatment), "baseline": len(arms.baseline), "control": len(arms.control)}
    if arms.order and dict(Counter(arms.order)) != {arm: count for arm, count in expected.items() if count}:
        raise WireError(
            f"'order' must name 'treatment', 'baseline' and 'control' {expected['treatment']}, {expected['baseline']} "
            f"and "
            f"{expected['control']} times, as they were measured"
        )


def text(plain: Mapping[str, Any], key: str, default: str | None = None) -> str:
    """The text under a key. Raises WireError where it is missing (without default), not text, or beyond 4,000
    characters.
    """
    value = plain.get(key, default)
    if not isinstance(value, str):
        raise WireError(f"{key!r} must be text" if key in plain else f"{key!r} is missing")
    if len(value) > LONGEST_TEXT:
        raise WireError(f"{key!r} is longer than {LONGEST_TEXT} characters")
    return value


def texts(plain: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The list of texts under a key, empty where it is missing. Raises WireError for anything else."""
    value = plain.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise WireError(f"{key!r} must be a list of texts")
    return tuple(value)


def _numbers(plain: Mapping[str, Any], key: str) -> tuple[float, ...]:
    value = plain.get(key)
    if isinstance(value, Figures | tuple):  # read in pieces, by `orchestrator.evidence.many`
        return numbers(value)
    if not isinstance(value, list):
        raise WireError(f"{key!r} must be a list of numbers" if key in plain else f"{key!r} is missing")
    if not {*map(type, value)} <= {int, float}:
        raise WireError(f"{key!r} must hold only numbers")
    try:
        return numbers(value)
    except OverflowError:
        raise WireError(f"{key!r} holds a number beyond the range of a double") from None


def _cases(plain: Mapping[str, Any]) -> int | None:
    value = plain.get("cases")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise WireError("'cases' must be a whole number, 0 or more")
    return value


def _flag(plain: Mapping[str, Any], key: str) -> bool:
    value = plain.get(key, False)
    if not isinstance(value, bool):
        raise WireError(f"{key!r} must be true or false")
    return value
