"""`--set name=value`."""

from collections.abc import Iterable

from orchestrator.cli.faults import UsageError


def parse_settings(texts: Iterable[str]) -> dict[str, str]:
    """By name; the last of a name counts. Raises UsageError for what is not name=value."""
    settings = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise UsageError(f"--set {text!r} gives no value\n  mend: write it as --set name=value")
        settings[name] = value
    return settings
