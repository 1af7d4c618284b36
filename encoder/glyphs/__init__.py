"""The glyph transform: records to templates and typed columns, and back. Importing this package loads nothing heavy.

Its kernel modules are compiled by numba on first use and cached on disk. The cache folder is settled here, before
numba is imported: $NUMBA_CACHE_DIR, else below $XDG_CACHE_HOME/glyph/numba, else below ~/.cache/glyph/numba; never the
folder that the package is installed in. Below those, a folder for each state of the sources: numba itself notices when
a kernel's own file changes, and not when one that it calls does.
"""

import atexit
import hashlib
import os
import shutil
import sys
import tempfile
from pathlib import Path


def _preferred() -> Path:
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "glyph" / "numba" / sources_digest()


def sources_digest() -> str:
    """Names the state of the kernels' sources: their folder, dates and sizes."""
    folder = Path(__file__).parent
    facts = [str(folder)]
    for source in [*sorted(folder.glob("*.py")), *sorted((folder.parent / "mixing").glob("*.py"))]:
        status = source.stat()
        facts.append(f"{source.name} {status.st_mtime_ns} {status.st_size}")
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:16]


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
    return folder


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


cache_folder()
