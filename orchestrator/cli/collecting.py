"""How often Python looks for cycles of garbage while a verb runs, and what it leaves at the end.

Its own thresholds suit programs that make few objects and drop them. A run of ten thousand tasks makes a million that
it keeps. Python spent a fifth of the processor time on looking through them again and again. Source:
https://docs.python.org/3/library/gc.html#gc.set_threshold
"""

import atexit
import gc
import os
import sys
import threading
from types import FrameType
from typing import Final, Never

from orchestrator.leaving import Guests

YOUNG: Final = 500_000
"""Objects made since the last look, where Python's own is 700: at most some 100 MB of cycles wait for it."""
BELOW: Final = (("<module>",), ("<module>", "_run_code", "_run_module_as_main"))
"""What stands below the start of `orchestrate`, and of `python -m orchestrator`, where nobody waits for its end."""
COMMANDS: Final = ("orchestrate", "__main__.py")
OLDER: Final = 20
"""Looks at the young for one at those that survived one, and of those for one at everything: Python's own is 10."""


def collect_seldom() -> None:
    """Set the thresholds of this process; what it starts keeps Python's own."""
    gc.set_threshold(YOUNG, OLDER, OLDER)


def leave_the_rest() -> None:
    """At the end: what still exists ends with the process, and need not be looked through once more for cycles before.

    Source: https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.freeze()


def end(code: int) -> Never:
    """End the process as `sys.exit` does, but without taking a thousand modules apart: what they hold ends with it.

    What is owed at the end is done (`atexit`). Where more may be owed, it is `sys.exit`: a thread is still under way, a
    profiler or another program called `main`, or code of others may hold files open.
    """
    if threading.active_count() > 1 or Guests.came or sys.flags.inspect or not _is_outermost(sys._getframe(1)):  # noqa: SLF001 - no other way to see who waits
        gc.unfreeze()  # what is in a circle with an open file is looked through once more, so that the file is whole
        sys.exit(code)
    atexit._run_exitfuncs()  # noqa: SLF001 - all that Python itself does by it, and nothing else runs them
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _is_outermost(main: FrameType) -> bool:
    """Whether a script of ours called it, and nobody called that."""
    called, names = main.f_back, list[str]()
    script = "" if called is None else os.path.basename(called.f_code.co_filename)  # noqa: PTH119 - as text
    while called is not None:
        names.append(called.f_code.co_name)
        called = called.f_back
    return script in COMMANDS and tuple(names) in BELOW
