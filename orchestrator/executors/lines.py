"""The lines of evidence.jsonl as values. Anyone may write them, so reading one never trusts it."""

from contextlib import suppress
from typing import Any, Final

from orchestrator.evidence.many import CHUNK, LEAST, decoded, loaded_from
from orchestrator.evidence.measurement import Claim, Measurement
from orchestrator.records import dataclass
from orchestrator.state.failure import Cause
from orchestrator.strict_json import StrictJsonError, read_json
from orchestrator.wire import WireError, claim_from_json, measurement_from_json, text

KINDS: Final = ("note", "measurement", "artifact", "used", "done", "failed")


@dataclass(frozen=True, slots=True)
class NoteLine:
    """Something said for people, with the figure that it claims."""

    text: str
    claim: Claim | None = None


@dataclass(frozen=True, slots=True)
class MeasurementLine:
    """Something measured."""

    measurement: Measurement


@dataclass(frozen=True, slots=True)
class ArtifactLine:
    """A file below the attempt's folder that is to be kept by its checksum."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class UsedLine:
    """A file that a task above left was read."""

    task: str
    name: str


@dataclass(frozen=True, slots=True)
class DoneLine:
    """A Python runner reached its end."""


@dataclass(frozen=True, slots=True)
class FailedLine:
    """The worker says why it ends."""

    cause: Cause
    message: str


Line = NoteLine | MeasurementLine | ArtifactLine | UsedLine | DoneLine | FailedLine


def parse_line(line: bytes) -> Line:
    """Read one line. Raises WireError for anything that is not one of the documented objects."""
    plain = _parse_object(line)
    match plain.pop("kind", None):
        case "note":
            return NoteLine(text(plain, "text"), claim_from_json(plain))
        case "measurement":
            return MeasurementLine(measurement_from_json(plain))
        case "artifact":
            return ArtifactLine(text(plain, "name"), text(plain, "title", ""))
        case "used":
            return UsedLine(text(plain, "task"), text(plain, "name"))
        case "done":
            return DoneLine()
        case "failed":
            return FailedLine(_cause(plain), text(plain, "message"))
        case other:
            raise WireError(f"'kind' is {other!r}; it must be one of {', '.join(KINDS)}")


def _parse_object(line: bytes) -> dict[str, Any]:
    try:
        plain = _read(line)
    except StrictJsonError as error:
        raise WireError(f"{error}; write one object per line") from None
    if not isinstance(plain, dict):
        raise WireError("it is not a JSON object; write one object per line")
    return plain


def _read(line: bytes) -> Any:  # noqa: ANN401 - what JSON holds
    """A line with many numbers is read in pieces; if that cannot be, as a whole, whose errors say what is wrong."""
    if len(line) >= LEAST:
        with suppress(ValueError):
            return loaded_from(decoded(line[at : at + CHUNK] for at in range(0, len(line), CHUNK)))
    return read_json(line)


def _cause(plain: dict[str, Any]) -> Cause:
    try:
        return Cause(text(plain, "cause"))
    except ValueError:
        raise WireError(f"'cause' must be one of {', '.join(Cause)}") from None
