"""Cache compiled templates beside their text, as Python does with modules. Compiling a dozen takes longer than a small
report.
"""

import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket

from orchestrator.atomic_write import replace_whole


def templates_of(package: str, folder: Path, **how: Any) -> Environment:  # noqa: ANN401 - as Jinja2 takes it
    """Jinja2 for the templates of a package, which stand in that folder, kept compiled. A name that is missing is an
    error. how: further settings of the environment.
    """
    return Environment(  # noqa: S701 - how texts are escaped is said by the caller
        loader=PackageLoader(package),
        bytecode_cache=CompiledTemplates(folder),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **how,
    )


class CompiledTemplates(BytecodeCache):
    """In the folder's `__pycache__`; what cannot be read or written there is compiled anew each time.

    It is heeded where Python is told to write no bytecode, or to keep it elsewhere (`-B`, PYTHONPYCACHEPREFIX). Jinja
    looks at its own version, Python's and the template's checksum before it uses what is found.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket, or leave it empty."""
        try:
            with self._path(bucket).open("rb") as file:
                bucket.load_bytecode(file)
        except Exception:  # noqa: BLE001 - unpickling what is damaged may raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what the bucket holds."""
        if not sys.dont_write_bytecode:
            with suppress(OSError):
                replace_whole(self._path(bucket), bucket.bytecode_to_string())

    def _path(self, bucket: Bucket) -> Path:
        return Path(cache_from_source(str(self._folder / f"{bucket.key}.py")))
