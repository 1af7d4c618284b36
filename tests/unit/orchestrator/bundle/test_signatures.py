"""A bundle that was forged consistently is caught by its signature, and only by that."""

import base64
import json
from dataclasses import replace

import pytest

from orchestrator.bundle.archive import Opened, chunks
from orchestrator.bundle.check import check_bundle
from orchestrator.bundle.contents import SUMS, sha256, sums
from orchestrator.bundle.dsse import PAYLOAD, encoded, is_signature, opened
from orchestrator.bundle.keys import KeyFileError, PrivateKey, PublicKey
from orchestrator.bundle.write import export
from orchestrator.evidence.criterion import Candidate, judge
from orchestrator.evidence.demand import demand_of
from orchestrator.evidence.measurement import Samples
from orchestrator.evidence.metric import Better, Metric
from orchestrator.graph.load import load_text
from orchestrator.report.verify import Standing
from orchestrator.state.events import CriterionJudged, TaskSucceeded

serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
SLOW, FAST = (9.0, 9.1, 8.9), (1.0, 1.1, 0.9)
TIME = Metric("m.time", "ms", Better.LOWER)


@pytest.fixture
def keys(tmp_path):
    """The paths of two private keys and of the first one's public key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    for name in ("own", "other"):
        key = Ed25519PrivateKey.generate()
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
        (tmp_path / f"{name}.pem").write_bytes(private)
        public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
        (tmp_path / f"{name}.pub").write_bytes(public)
    return tmp_path


def with_values(events, values):
    """The journal of a run that measured these values, its verdicts judged anew: nothing in it contradicts itself."""
    loaded = load_text(events[0].event.plan_text, "demo.yaml")
    changed = []
    for one in events:
        event = one.event
        if isinstance(event, TaskSucceeded):
            measured = replace(event.evidence.measurements[0], data=Samples(values))
            event = replace(event, evidence=replace(event.evidence, measurements=(measured,)))
        elif isinstance(event, CriterionJudged) and event.metric is not None:
            demand = demand_of("A.fast", loaded.plan.criteria["A.fast"], TIME)
            event = replace(event, verdict=judge(demand, [Candidate("A.time", 1, measured)]))
        changed.append(replace(one, event=event))
    return tuple(changed)


def files_of(path):
    whole = Opened(path)
    try:
        return {name: whole.read(name, 1 << 24) for name in whole.names}
    finally:
        whole.close()


def written(path, files):
    """An archive of these files, with their sums hashed anew."""
    files = {name: content for name, content in files.items() if name != SUMS}
    files[SUMS] = sums({name: sha256(content) for name, content in files.items()})
    path.write_bytes(b"".join(piece for _, piece in chunks(files)))
    return path


def wrong(path, checker=None):
    return {
        one.subject: one.detail
        for one in check_bundle(path, {}, checker).findings
        if one.standing is not Standing.MATCHES
    }


@pytest.fixture
def signed(events, folder, keys):
    """A signed bundle of a run that failed its criterion."""
    done = export(with_values(events, SLOW), folder, keys / "signed.tar", "1.2.3", PrivateKey(keys / "own.pem"))
    assert done.signed == PublicKey(keys / "own.pub").keyid
    return done.path


def test_a_signed_bundle_stands_with_its_key_and_says_so(signed, keys):
    checked = check_bundle(signed, {}, PublicKey(keys / "own.pub"))
    assert checked.stands
    told = {one.subject: one.detail for one in checked.findings}
    assert told["bundle.dsse.json"].startswith("signed with key ")
    assert "statements/A.fast.dsse.json" in told


def test_without_a_key_it_stands_too_and_says_that_nobody_checked_who_signed(signed):
    checked = check_bundle(signed, {})
    assert checked.stands
    assert any("not checked, as no key was named" in one.detail for one in checked.findings)


def test_a_forged_run_stands_without_the_key_and_falls_with_it(events, folder, signed, keys):
    forged = export(with_values(events, FAST), folder, keys / "forged.tar", "1.2.3").path
    assert wrong(forged) == {}
    assert wrong(forged, PublicKey(keys / "own.pub"))["bundle.dsse.json"] == "it is not signed"
    stolen = {name: content for name, content in files_of(signed).items() if is_signature(name)}
    pasted = written(keys / "pasted.tar", files_of(forged) | stolen)
    assert wrong(pasted) == {}
    told = wrong(pasted, PublicKey(keys / "own.pub"))
    assert told["bundle.dsse.json"] == "what was signed is not what the bundle says"
    assert told["statements/A.fast.dsse.json"] == "what was signed is not what the bundle says"


def test_another_key_and_another_signature_are_refused(signed, keys):
    other = PublicKey(keys / "other.pub")
    assert set(wrong(signed, other)) == {
        "bundle.dsse.json", "statements/A.fast.dsse.json", "statements/A.other.dsse.json",
    }  # fmt: skip
    files = files_of(signed)
    envelope = json.loads(files["bundle.dsse.json"])
    envelope["signatures"][0]["sig"] = base64.b64encode(b"\0" * 64).decode()
    files["bundle.dsse.json"] = json.dumps(envelope).encode()
    told = wrong(written(keys / "broken.tar", files), PublicKey(keys / "own.pub"))
    assert told["bundle.dsse.json"].startswith("it is not signed with key")


@pytest.mark.parametrize("text", [b"", b"[]", b'{"payload": "!", "payloadType": "x", "signatures": []}', b"{" * 9000])
def test_what_is_no_envelope_is_told_and_raises_nothing(signed, keys, text):
    assert opened(text) is None
    files = files_of(signed) | {"bundle.dsse.json": text}
    told = wrong(written(keys / "odd.tar", files), PublicKey(keys / "own.pub"))
    assert told["bundle.dsse.json"] == "it is not an envelope of a statement"


def test_what_is_signed_is_laid_out_as_dsse_says():
    assert (
        encoded("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )
    assert PAYLOAD == "application/vnd.in-toto+json"


def test_a_file_that_is_no_ed25519_key_is_refused_with_a_mend(keys):
    (keys / "odd.pem").write_text("no key")
    for path in (keys / "odd.pem", keys / "gone.pem", keys / "own.pub"):
        with pytest.raises(KeyFileError, match="mend: openssl genpkey"):
            PrivateKey(path)
    assert PublicKey(keys / "own.pem").keyid == PublicKey(keys / "own.pub").keyid
