"""`warm`: every kernel compiled and cached ahead of its first use."""

import time

import typer

from encoder.block import warm
from encoder.cli.reporting import human_size


def warm_kernels(*, quiet: bool) -> None:
    """Compile what is not cached yet, and say where it is kept. Raises OSError."""
    from encoder.glyphs import cache_folder  # noqa: PLC0415 - settles numba's cache
    from encoder.mixing.loading import load_mixing  # noqa: PLC0415 - loads numba

    began = time.monotonic()
    warm()
    load_mixing()
    if not quiet:
        folder = cache_folder()
        size = human_size(sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()))
        typer.echo(f"ready in {time.monotonic() - began:.1f} s; {size} in {folder}")
