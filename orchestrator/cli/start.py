"""Where `orchestrate` starts: before anything that takes time is imported, signals and streams are made safe.

From here on SIGTERM ends the program with 143 and Ctrl-C with 130 and not a word, until a run listens for them itself.
"""

import _signal

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:  # built in, while `signal` takes time to load
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # else Ctrl-C would show where the next import was

from orchestrator.leaving import leave_on_signals

leave_on_signals()


def main() -> None:
    """Run the command line and exit with one of the documented codes."""
    from orchestrator.cli.streams import make_safe  # noqa: PLC0415 - after the signals

    make_safe()
    from orchestrator.cli.collecting import collect_seldom  # noqa: PLC0415 - as above

    collect_seldom()
    from orchestrator.cli.app import main as command_line  # noqa: PLC0415 - as above

    command_line()
