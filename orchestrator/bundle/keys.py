"""Ed25519 keys from PEM files, by `cryptography` (the extra `sign`)."""

import hashlib
from pathlib import Path
from typing import Any, ClassVar

from orchestrator.errors import OrchestratorError

MAKE = "openssl genpkey -algorithm ed25519 -out key.pem; openssl pkey -in key.pem -pubout -out key.pub"


class KeyFileError(OrchestratorError):
    """A key cannot be used: no such file, another kind of key, or no library to use it with."""

    exit_code: ClassVar[int] = 2


class PrivateKey:
    """Signs. keyid: sha256 of the raw public key, in hex."""

    def __init__(self, path: Path) -> None:
        self._key = _loaded(path, "private")
        self.keyid = _keyid(self._key.public_key())

    def sign(self, data: bytes) -> bytes:
        """The signature over the data, 64 bytes."""
        return bytes(self._key.sign(data))


class PublicKey:
    """Checks; a private key's file serves too. keyid: as above."""

    def __init__(self, path: Path) -> None:
        self._key = _loaded(path, "public")
        self.keyid = _keyid(self._key)

    def holds(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature is this key's over the data."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - an extra

        try:
            self._key.verify(signature, data)
        except InvalidSignature:
            return False
        return True


def _loaded(path: Path, kind: str) -> Any:  # noqa: ANN401 - a key of the library's
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - an extra
        from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
            load_pem_private_key,
            load_pem_public_key,
        )
    except ImportError as error:
        raise KeyFileError(
            "signatures need the package cryptography\n  mend: pip install 'workstream-orchestrator[sign]'"
        ) from error
    try:
        text = path.read_bytes()
        private = b"PRIVATE KEY" in text
        key: Any = load_pem_private_key(text, None) if private else load_pem_public_key(text)
    except (OSError, ValueError, TypeError) as error:
        raise KeyFileError(f"{path}: no {kind} key can be read from it ({error})\n  mend: {MAKE}") from error
    if private and kind == "public":
        key = key.public_key()
    wanted = ed25519.Ed25519PrivateKey if kind == "private" else ed25519.Ed25519PublicKey
    if not isinstance(key, wanted):
        raise KeyFileError(f"{path}: it is not a valid {kind} Ed25519 key\n  mend: {MAKE}")
    return key


def _keyid(public: Any) -> str:  # noqa: ANN401 - as above
    return hashlib.sha256(public.public_bytes_raw()).hexdigest()
