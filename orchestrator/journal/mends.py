"""Advice for errors of SQLite and the system about a journal's file. Pure."""

import sqlite3
from typing import Final

_MENDS: Final = {
    "full": "free space on its disk, then continue with `orchestrate resume`; nothing committed is lost",
    "readonly": "make the file and its folder writable, or choose another folder with --state",
    "read-only": "make the file and its folder writable, or choose another folder with --state",
    "permission": "make the state folder writable, or choose another one with --state",
    "unable to open": "make the state folder writable, or choose another one with --state",
    "no journal here": "nothing has run in this state folder: start with `orchestrate run PLAN`, or name another one "
    "with --state",
    "no space": "free space on its disk, and try again",
    "not a directory": "make the state folder writable, or choose another one with --state",
    "not a": "the file is damaged or no journal; move it away, or choose another folder with --state",
    "malformed": "restore the journal from a copy, or move it away and start again",
    "not followed": "put the journal itself in the link's place, or choose another folder with --state",
    "newer": "use the newer version of this program that wrote it",
    "locked": "another orchestrator keeps it busy; try again when it is done",
    "i/o error": "check the disk, then continue with `orchestrate resume`; nothing committed is lost",
}


def mend_of(error: Exception) -> str:
    """What to do about it."""
    text = str(error).lower()
    otherwise = _MENDS["unable to open"] if isinstance(error, OSError) else "check the state folder and its disk"
    return next((mend for sign, mend in _MENDS.items() if sign in text), otherwise)


def is_damage(error: Exception) -> bool:
    """Whether it says that the file is damaged, or none of ours."""
    text = str(error).lower()
    said = isinstance(error, sqlite3.Error) and any(sign in text for sign in ("malformed", "not a", "decode"))
    return said or isinstance(error, UnicodeDecodeError)
