"""A digest of the kernels' sources. It shows whether a library or cache was made from exactly these."""

from functools import cache
from pathlib import Path
from typing import Final

try:
    from _blake2 import blake2b  # as hashlib has it, without OpenSSL, which takes longer to load than this to run
except ImportError:
    from hashlib import blake2b

FOLDERS: Final = (Path(__file__).parent, Path(__file__).parents[1] / "mixing")


def fingerprint(content: bytes) -> bytes:
    """16 bytes, others for any other content."""
    return blake2b(content, digest_size=16).digest()


@cache
def sources_digest() -> str:
    """Names what stands in every module of the kernels' packages: 32 hexadecimal digits."""
    digest = blake2b(digest_size=16)
    for folder in FOLDERS:
        for source in sorted(folder.glob("*.py")):
            content = source.read_bytes()
            digest.update(f"{folder.name}/{source.name} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()
