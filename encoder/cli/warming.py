"""`warm`: prepare every kernel before its first use."""

import time

from encoder.block.codec import warm
from encoder.cli.reporting import human_size, say


def warm_kernels(*, quiet: bool) -> None:
    """Make all kernels ready, compile what has to be, and say where they are. Raises OSError, KernelsError."""
    from encoder.mixing.loading import load_mixing  # noqa: PLC0415 - loads all kernels

    began = time.monotonic()
    warm()
    load_mixing()
    if not quiet:
        say(f"ready in {time.monotonic() - began:.1f} s; {_whereabouts()}")


def _whereabouts() -> str:
    from encoder.glyphs.cache import cache_folder  # noqa: PLC0415 - as above
    from encoder.glyphs.kernel import means  # noqa: PLC0415 - as above

    if means().library is not None:
        return "the kernels came compiled with the package, and nothing is kept elsewhere"
    folder = cache_folder()
    return f"{human_size(sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()))} in {folder}"
