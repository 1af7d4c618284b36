"""Convert a date in a document's head to a plan's form: 2025-12-13."""

import re
from typing import Final

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH_FIRST: Final = re.compile(r"(?P<month>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})")
DAY_FIRST: Final = re.compile(r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?\s+(?P<month>[A-Za-z]{3,9})\.?,?\s+(?P<year>\d{4})")


def spell_date(text: str) -> str:
    """ISO 8601 where the month is a word, "December 13, 2025" or "13 Dec 2025"; else the text as it stands.

    Digits alone ("12/11/2025") stay as they are: whether the day or the month comes first cannot be told.
    """
    found = MONTH_FIRST.fullmatch(text.strip()) or DAY_FIRST.fullmatch(text.strip())
    if found is None or found["month"][:3].lower() not in MONTHS or not 1 <= int(found["day"]) <= 31:
        return text
    month = MONTHS.index(found["month"][:3].lower()) + 1
    return f"{found['year']}-{month:02}-{int(found['day']):02}"
