"""Signatures in a bundle, in the layout of DSSE (https://github.com/secure-systems-lab/dsse), as sigstore and in-toto
use it. Pure.

Each in-toto statement has an envelope beside it, and one more statement names every file of the bundle with its sha256.
A forger can compute every hash again, but cannot sign. Only the signature distinguishes a forged bundle from a genuine
one.
"""

import base64
import binascii
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from orchestrator.bundle.statement import STATEMENT, json_text
from orchestrator.report.verify import Finding, Standing

PAYLOAD: Final = "application/vnd.in-toto+json"
WHOLE: Final = "bundle.dsse.json"
PREDICATE: Final = "urn:workstream-orchestrator:bundle:1"
"""Of the statement on all files."""
ENDING, SIGNED = ".dsse.json", ".intoto.json"


class Signer(Protocol):
    """Holds a private key."""

    keyid: str

    def sign(self, data: bytes) -> bytes:
        """The signature over the data."""


class Checker(Protocol):
    """Holds a public key."""

    keyid: str

    def holds(self, signature: bytes, data: bytes) -> bool:
        """Whether the signature is that key's over the data."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signed payload as it was read. signatures: by key id."""

    payload: bytes
    kind: str
    signatures: tuple[tuple[str, bytes], ...]


def encoded(kind: str, payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)


def signed(payload: bytes, signer: Signer) -> bytes:
    """The envelope of a payload, as JSON."""
    made = signer.sign(encoded(PAYLOAD, payload))
    signature = {"keyid": signer.keyid, "sig": base64.b64encode(made).decode()}
    return json_text({"payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD, "signatures": [signature]})


def opened(text: bytes) -> Envelope | None:
    """The envelope that a text is; None for any other text."""
    try:
        plain: Any = json.loads(text)
        pairs = tuple(
            (str(one.get("keyid", "")), base64.b64decode(one["sig"], validate=True)) for one in plain["signatures"]
        )
        return Envelope(base64.b64decode(plain["payload"], validate=True), plain["payloadType"], pairs)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None


def on_all_files(run: str, digests: Mapping[str, str]) -> bytes:
    """The statement on every file. digests: sha256 by name, of all but signatures and sums."""
    subjects = [{"name": name, "digest": {"sha256": digest}} for name, digest in sorted(digests.items())]
    return json_text({"_type": STATEMENT, "subject": subjects, "predicateType": PREDICATE, "predicate": {"run": run}})


def is_signature(name: str) -> bool:
    """Whether a file of a bundle is an envelope."""
    return name == WHOLE or (name.startswith("statements/") and name.endswith(ENDING))


def envelopes(run: str, files: Mapping[str, bytes], digests: Mapping[str, str], signer: Signer) -> dict[str, bytes]:
    """Every envelope of a bundle, by name. files: those that follow from the events; digests: of all files."""
    made = {
        f"{name.removesuffix(SIGNED)}{ENDING}": signed(content, signer)
        for name, content in files.items()
        if name.endswith(SIGNED)
    }
    return made | {WHOLE: signed(on_all_files(run, digests), signer)}


def check_signatures(
    run: str,
    files: Mapping[str, bytes],
    digests: Mapping[str, str],
    found: Mapping[str, bytes],
    checker: Checker | None,
) -> Iterator[Finding]:
    """A finding for each envelope that there is or should be. found: their texts, by name; checker: None where no
    key was named.
    """
    if checker is None:
        if WHOLE in found:
            yield Finding(WHOLE, Standing.MATCHES, f"signed by {_keys(found[WHOLE])}; not checked, as no key was named")
        return
    payloads = {f"{name.removesuffix(SIGNED)}{ENDING}": text for name, text in files.items() if name.endswith(SIGNED)}
    payloads[WHOLE] = on_all_files(run, digests)
    for name, payload in payloads.items():
        yield _checked(name, payload, found.get(name), checker)


def _keys(text: bytes) -> str:
    envelope = opened(text)
    return ", ".join(f"key {keyid[:16]}" for keyid, _ in envelope.signatures) if envelope else "nobody that can be read"


def _checked(name: str, payload: bytes, text: bytes | None, checker: Checker) -> Finding:
    if text is None:
        return Finding(name, Standing.MISSING, "it is not signed")
    envelope = opened(text)
    if envelope is None or envelope.kind != PAYLOAD:
        return Finding(name, Standing.DIFFERS, "it is not an envelope of a statement")
    data = encoded(PAYLOAD, envelope.payload)
    if not any(checker.holds(signature, data) for _, signature in envelope.signatures):
        return Finding(name, Standing.DIFFERS, f"it is not signed with key {checker.keyid[:16]}")
    if not hmac.compare_digest(envelope.payload, payload):
        return Finding(name, Standing.DIFFERS, "what was signed is not what the bundle says")
    return Finding(name, Standing.MATCHES, f"signed with key {checker.keyid[:16]}")
