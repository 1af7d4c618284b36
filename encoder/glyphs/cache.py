"""The cache folder for kernels that numba compiles. It is chosen before numba is imported. A process that uses the
library never needs it.

$NUMBA_CACHE_DIR, else below $XDG_CACHE_HOME/glyph/numba, else below ~/.cache/glyph/numba; never the folder that the
package is installed in. There is one subfolder for each version and location of the sources. numba notices a change of
a kernel's own file, but not of a kernel that it calls.
"""

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from encoder.glyphs.sources import sources_digest

_passing: Final[list[Path]] = []


def _preferred() -> Path:
    named = os.environ.get("XDG_CACHE_HOME")
    state = hashlib.sha256(f"{Path(__file__).parent} {sources_digest()}".encode()).hexdigest()[:16]
    return (Path(named) if named else Path.home() / ".cache") / "glyph" / "numba" / state


def _usable(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK | os.X_OK)


def _private() -> Path:
    """A folder of this process alone: cached machine code is never read from where others may write."""
    folder = Path(tempfile.mkdtemp(prefix="glyph-numba-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    _passing.append(folder)
    return folder


def is_kept() -> bool:
    """Whether what this process compiles is there for later ones."""
    return cache_folder() not in _passing


def cache_folder() -> Path:
    """Where compiled kernels are kept; settles it on the first call, for this process and those it starts."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    try:
        folder = Path(named) if named else _preferred()
    except RuntimeError:  # no home folder is known
        folder = _private()
    if not _usable(folder):
        folder = _private()
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    if "numba" in sys.modules:  # it has read its settings already
        sys.modules["numba"].config.CACHE_DIR = str(folder)
    return folder
