"""`--set name=value`, and durations as a plan writes them."""

from collections.abc import Iterable

from orchestrator.cli.faults import UsageError
from orchestrator.plan.values import ValueTextError, parse_duration


def parse_settings(texts: Iterable[str]) -> dict[str, str]:
    """By name; the last of a name counts. Raises UsageError for what is not name=value."""
    settings = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise UsageError(f"--set {text!r} gives no value\n  mend: write it as --set name=value")
        settings[name] = value
    return settings


def parse_wait(option: str, text: str) -> float:
    """Seconds of a duration such as 45s or 1h30m. Raises UsageError."""
    try:
        return parse_duration("0s" if text == "0" else text)
    except ValueTextError as error:
        raise UsageError(f"{option}: {error}\n  mend: {error.mend}") from error
