"""The `glyph` command: `encode`, `decode`, `cat`, `info`, `bench` and `warm`; the verbs' modules are loaded when they are used."""

import signal
import sys
from types import FrameType
from typing import NoReturn


def main() -> None:
    """Run the command line and exit: 0 done, 1 damaged data, a limit or an i/o error, 2 usage."""
    from encoder.cli.app import app  # noqa: PLC0415 - `encoder.cli` itself stays light

    signal.signal(signal.SIGTERM, _terminate)
    app(prog_name="glyph")


def _terminate(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave as from Ctrl-C, so that a half-written file is removed on the way out."""
    sys.exit(128 + number)
