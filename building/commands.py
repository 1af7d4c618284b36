"""setuptools' commands, with the library of kernels in every wheel, and a wheel that says for which machines it is."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

from building.link import LinkError

LIBRARY: Final = Path("encoder") / "glyphs" / "libkernels.so.0"
"""As `encoder.glyphs.library.FILE` has it; nothing of the encoder is imported here."""
VARIABLE: Final = "ENCODER_BUILD"
_OLDEST: Final = (2, 17)
"""glibc from which on a wheel is good; the library itself needs no version of it."""


class BuildPy(build_py):
    """As setuptools', and the library. An installation for editing has none: its kernels are compiled where they run.

    $ENCODER_BUILD=no leaves the library out, for machines that cannot make one: the extra `jit` is needed then.
    """

    def run(self) -> None:
        """Copy the modules; make the library of those copies, or take the one that was made of the same before."""
        super().run()
        if self.editable_mode or os.environ.get(VARIABLE) == "no":
            return
        built = Path(self.build_lib)
        kept = Path(self.get_finalized_command("build").build_base) / f"kernels-{_state(built)}"
        if not kept.exists():
            _make(built.resolve(), kept.resolve())
        shutil.copyfile(kept, built / LIBRARY)

    def get_outputs(self, include_bytecode: Any = 1) -> list[str]:  # noqa: ANN401  as setuptools has it
        """Every file that this writes."""
        outputs: list[str] = super().get_outputs(include_bytecode)
        return outputs if self.editable_mode else [*outputs, str(Path(self.build_lib) / LIBRARY)]


class BdistWheel(bdist_wheel):
    """A wheel for any Python 3, as ctypes does not care, on one kind of machine."""

    def finalize_options(self) -> None:
        """What is installed is not for every machine."""
        self.distribution.has_ext_modules = lambda: True
        super().finalize_options()

    def get_tag(self) -> tuple[str, str, str]:
        """Any Python; the platform that was asked for, else this one, and others with a C library as old."""
        *_, system = super().get_tag()
        if system.startswith("linux_") and _has_glibc():
            system = system.replace("linux", f"manylinux_{_OLDEST[0]}_{_OLDEST[1]}")
        return "py3", "none", system


def _has_glibc() -> bool:
    name, number = platform.libc_ver()
    return name == "glibc" and tuple(map(int, number.split(".")[:2])) >= _OLDEST


def _state(built: Path) -> str:
    """What the library is made of and by: the same name, the same library."""
    digest = hashlib.sha256(f"{platform.machine()} {version('numba')} {version('llvmlite')}".encode())
    for folder in (built / "encoder" / "glyphs", built / "encoder" / "mixing", Path(__file__).parent):
        for source in sorted((*folder.glob("*.py"), *folder.glob("*.ll"))):
            digest.update(f"{source.name} ".encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def _make(built: Path, library: Path) -> None:
    """By a process of its own, which imports the encoder as it was built, and numba set for any machine. Raises
    LinkError.
    """
    print("compiling the kernels; it takes a minute or two", flush=True)
    root = Path(__file__).resolve().parents[1]
    found = [str(built), str(root), *filter(None, sys.path)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(found)}
    done = subprocess.run([sys.executable, "-P", "-m", "building.make", str(library)], env=environment, check=False)
    if done.returncode:
        raise LinkError(
            "the library of kernels was not made, see above\n"
            f"  mend: what is said above; or {VARIABLE}=no leaves it out, and the extra `jit` compiles the kernels "
            f"where they run"
        )
