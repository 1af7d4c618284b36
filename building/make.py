"""The library of kernels, made: `python -m building.make [FILE]`; without FILE, beside the kernels that are imported.

Needs numba, and a linker. In a checkout that is installed for editing it makes what `pip install .` would, until a kernel is edited.
"""

import os
import sys
import tempfile
import time
from pathlib import Path


def settle_environment() -> None:
    """What numba reads when it is imported: any processor of this kind, no cache, no settings of who builds."""
    for name in [name for name in os.environ if name.startswith("NUMBA_")]:
        del os.environ[name]
    os.environ |= {
        "ENCODER_KERNELS": "jit",
        "NUMBA_CPU_NAME": {"x86_64": "x86-64"}.get(os.uname().machine, "generic"),
        "NUMBA_CPU_FEATURES": "",
        "NUMBA_CACHE_DIR": tempfile.mkdtemp(prefix="kernels-"),
    }


def main() -> None:
    """Compiles, links, and says what it took."""
    settle_environment()
    from building.compile import compiled_kernels  # noqa: PLC0415  imports numba
    from building.link import link  # noqa: PLC0415  as above
    from encoder.glyphs import library  # noqa: PLC0415  as above

    target = Path(sys.argv[1]) if len(sys.argv) > 1 else library.library_path()
    code = compiled_kernels(os.environ["NUMBA_CPU_NAME"])
    compiled = time.process_time()
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        made = Path(folder) / "kernels.o"
        made.write_bytes(code)
        linked = made.with_suffix(".so")
        linker = link(made, linked)
        library.open_library(linked)
        linked.replace(target)
    size = target.stat().st_size
    print(f"{target}: {size} bytes, compiled in {compiled:.0f} s of processor time, linked by {linker}")


if __name__ == "__main__":
    main()
