"""The library of kernels, made: `python -m building.make [FILE]`; without FILE, beside the kernels that are imported.

Needs numba, and a linker. In a checkout that is installed for editing it makes what `pip install .` would, until a
kernel is edited.
"""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path


def settle_environment(folder: str) -> None:
    """What numba reads when it is imported: any processor of this kind, a cache that nobody else has, no settings
    of who builds.
    """
    for name in [name for name in os.environ if name.startswith("NUMBA_")]:
        del os.environ[name]
    os.environ |= {
        "ENCODER_KERNELS": "jit",
        "NUMBA_CPU_NAME": {"x86_64": "x86-64"}.get(os.uname().machine, "generic"),
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": folder,
    }


def main() -> None:
    """Compiles, links, and says what it took."""
    with tempfile.TemporaryDirectory(prefix="kernels-") as folder:
        settle_environment(folder)
        make(Path(folder))


def make(folder: Path) -> None:
    """Writes the file that was asked for, when all is done, by way of `folder`."""
    from building.compile import compiled_kernels  # noqa: PLC0415  imports numba
    from building.link import link  # noqa: PLC0415  as above
    from encoder.glyphs import library  # noqa: PLC0415  as above

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else library.library_path()
    made, linked = folder / "kernels.o", folder / "kernels.so"
    made.write_bytes(compiled_kernels(os.environ["NUMBA_CPU_NAME"]))
    linker = link(made, linked)
    linked.write_bytes(library.sealed(linked.read_bytes()))
    library.open_library(linked)
    shutil.copyfile(linked, target)
    size, spent = target.stat().st_size, time.process_time()
    print(f"{target}: {size} bytes, compiled in {spent:.0f} s of processor time, linked by {linker}")


if __name__ == "__main__":
    main()
