"""Facts about the machine that only Linux tells: `orchestrator.kernel` has the table of replacements."""

import contextlib
import ctypes

from orchestrator import kernel

TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
TIMEX_SIZE = 512  # more than any struct timex has


def processor() -> str:
    """The first `model name` of /proc/cpuinfo; "" if there is none, as on some architectures."""
    if kernel.LINUX:
        with (
            contextlib.suppress(OSError),
            open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file,  # noqa: PTH123 - as above
        ):
            return next((line.partition(":")[2].strip() for line in file if line.startswith("model name")), "")
    return ""


def clock_kept() -> bool | None:
    """Whether the kernel's clock is synchronised, by adjtimex(2) in its reading mode; None where that is not known."""
    if not kernel.LINUX:
        return None
    try:
        state = int(ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(TIMEX_SIZE)))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != TIME_ERROR
