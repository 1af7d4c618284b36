"""Files by their content, in a folder or any place that fsspec has a file system for. Artifacts travel this way.

A file is at `<url>/ab/abcdef…`, named after its sha256. Two processes that put the same content write the same file.
Whoever gets a file checks that its content matches its name.
"""

import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from typing import Any, ClassVar, Final

from orchestrator.errors import OrchestratorError

CHUNK: Final = 2**20


class StoreError(OrchestratorError):
    """The store cannot be reached, or does not hold what it should."""

    exit_code: ClassVar[int] = 4


class Store:
    """url: a folder, or a URL in fsspec's form ("s3://bucket/runs", "memory://runs"). Picklable."""

    def __init__(self, url: str) -> None:
        self.url = url

    def put(self, path: Path) -> str:
        """Keep the file's content. Returns its sha256, in hex. Raises StoreError, and OSError if the file cannot be
        read.
        """
        name = digest(path)
        files, root = self._open()
        place = _place(root, name)
        with _explained(self.url):
            if not files.exists(place):
                beside = f"{place}.{secrets.token_hex(8)}"
                files.makedirs(place.rpartition("/")[0], exist_ok=True)
                files.put_file(str(path), beside)
                files.mv(beside, place)  # whole or not at all, if the place can rename
        return name

    def get(self, name: str, path: Path) -> None:
        """Write the content of that sha256 to the path, whole or not at all.

        Raises StoreError if it is not there or differs.
        """
        files, root = self._open()
        beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with _explained(self.url):
                files.get_file(_place(root, name), str(beside))
            if digest(beside) != name:
                raise StoreError(
                    f"{self.url}: what lies at {name[:16]}… is something else\n  mend: remove it, and run the task "
                    f"again"
                )
            os.replace(beside, path)  # noqa: PTH105 - the same call, and the name says what it does
        finally:
            beside.unlink(missing_ok=True)

    def _open(self) -> tuple[Any, str]:
        """The file system and the root within it. fsspec has no types."""
        import fsspec  # noqa: PLC0415 - only a cluster needs it

        with _explained(self.url):
            files, root = fsspec.url_to_fs(self.url)
        return files, str(root).rstrip("/")


def digest(path: Path) -> str:
    """sha256 of a file, in hex. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(root: str, name: str) -> str:
    return f"{root}/{name[:2]}/{name}"


@contextlib.contextmanager
def _explained(url: str) -> Any:  # noqa: ANN401 - a generator, as contextmanager wants it
    """Turn any exception of another file system into StoreError."""
    try:
        yield
    except StoreError:
        raise
    except Exception as error:
        text = f"{type(error).__name__}: {error}".split("\n", 1)[0][:300]
        raise StoreError(f"{url}: {text}\n  mend: check that every machine can read and write there") from error
