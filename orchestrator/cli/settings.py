"""Parse `--set name=value` and other options of this form."""

from collections.abc import Iterable, Mapping

from orchestrator.cli.faults import UsageError


def parse_settings(texts: Iterable[str], option: str = "--set") -> dict[str, str]:
    """Settings by name. The last one of a name counts. Raises UsageError for what is not name=value."""
    settings = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or not name:
            raise UsageError(f"{option} {text!r} gives no value\n  mend: write it as {option} name=value")
        settings[name] = value
    return settings


def parse_executor_settings(texts: Iterable[str], flags: Mapping[str, str | None]) -> dict[str, str]:
    """By name. flags: settings that have an option of their own, None where it was not given. Raises UsageError."""
    return parse_settings(texts, "--executor-set") | {name: value for name, value in flags.items() if value is not None}
