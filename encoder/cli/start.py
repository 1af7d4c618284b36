"""Where `glyph` starts: before anything that takes time is imported, signals and streams are made safe."""

import _signal
import os
import sys

if _signal.getsignal(_signal.SIGINT) is _signal.default_int_handler:  # built in, while `signal` takes time to load
    _signal.signal(_signal.SIGINT, _signal.SIG_DFL)  # else Ctrl-C would show where the next import was

from encoder.cli.leaving import leave_on_signals

leave_on_signals()
os.environ.setdefault(
    "OPENBLAS_NUM_THREADS", "1"
)  # nothing here multiplies matrices; numpy's threads for it start slowly


def main() -> None:
    """Run the command line and exit: 0 done, 1 damaged data, a limit or an i/o error, 2 usage."""
    from encoder.cli.streams import make_safe  # noqa: PLC0415 - after the signals

    make_safe()
    from encoder.cli.plain import run_plainly  # noqa: PLC0415 - as above
    from encoder.cli.reporting import complain, ended  # noqa: PLC0415 - as above

    code: str | int | None = 0
    try:
        if not run_plainly(sys.argv[1:]):
            from encoder.cli.app import app  # noqa: PLC0415 - for those that take more

            app(prog_name="glyph")
    except SystemExit as leaving:
        code = leaving.code
    except OSError as error:  # of the help, which is printed outside of any verb
        code = complain(error)
    sys.exit(ended(code))
