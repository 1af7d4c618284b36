"""Wall clock times as text for people."""

from datetime import UTC, datetime


def clock(at: float | None) -> str:
    """Wall clock seconds as UTC, for people; as they are where a clock was so wrong that no calendar has the day."""
    if at is None:
        return ""
    try:
        return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    except (OverflowError, OSError, ValueError):
        return f"{at:.0f} s since 1970"
