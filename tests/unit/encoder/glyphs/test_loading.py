import os
import subprocess
import sys
from pathlib import Path

PROGRAM = (
    "import os, sys; from encoder.glyphs.cache import cache_folder; cache_folder();"
    "print(os.environ['NUMBA_CACHE_DIR']); sys.exit('numba' in sys.modules)"
)
LOAD = (
    "import threading; from encoder.block.codec import warm;"
    "ts = [threading.Thread(target=warm) for _ in range(4)]; [t.start() for t in ts]; [t.join() for t in ts]; warm();"
    "import encoder.glyphs.restore, encoder.glyphs.transform"
)


def settled(program=PROGRAM, **environment):
    """The cache folder that a fresh process settles on."""
    kept = {name: value for name, value in os.environ.items() if name not in {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME"}}
    run = subprocess.run(
        [sys.executable, "-c", program], env=kept | environment, capture_output=True, text=True, check=True
    )
    return Path(run.stdout.strip())


def test_the_cache_folder_that_is_named_is_used(tmp_path):
    assert settled(NUMBA_CACHE_DIR=str(tmp_path / "named")) == tmp_path / "named"
    assert (tmp_path / "named").is_dir()


def test_kernels_are_cached_below_the_users_cache_folder(tmp_path):
    assert settled(XDG_CACHE_HOME=str(tmp_path)).parent == tmp_path / "glyph" / "numba"
    assert settled(HOME=str(tmp_path)).parent == tmp_path / ".cache" / "glyph" / "numba"


def test_where_no_cache_can_be_kept_the_process_gets_a_folder_of_its_own(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    for name in ("NUMBA_CACHE_DIR", "XDG_CACHE_HOME"):
        folder = settled(**{name: str(tmp_path / "file")})
        assert folder.name.startswith("glyph-numba-")
        assert not folder.exists()  # it went with the process


def test_threads_that_load_the_kernels_at_once_all_get_them():
    assert subprocess.run([sys.executable, "-c", LOAD], check=False).returncode == 0
