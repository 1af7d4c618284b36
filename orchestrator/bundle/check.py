"""Check a bundle without anything else: every verdict, every hash, every byte.

Each file has a witness besides SHA256SUMS. Every line of events has a checksum. What follows from the events is made
again. The events hold the artifacts' hashes. So where a file and its sum differ, the witness says which of the two
changed.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Final

from orchestrator.bundle.archive import BundleError, Opened
from orchestrator.bundle.contents import (
    ABOUT,
    ARTIFACTS,
    EVENTS,
    SUMS,
    artifacts_of,
    derived,
    plan_in,
    sha256,
    sums,
)
from orchestrator.bundle.dsse import Checker, check_signatures, is_signature
from orchestrator.bundle.lines import Text, read_events
from orchestrator.engine.contract import judge_under_contract
from orchestrator.engine.exit_code import exit_code
from orchestrator.errors import OrchestratorError
from orchestrator.evidence.metric import Metric
from orchestrator.report.build import build_report
from orchestrator.report.model import Report
from orchestrator.report.verify import STANDS, Finding, Standing, compared
from orchestrator.state.events import Envelope
from orchestrator.state.fold import fold
from orchestrator.state.run import RunState, metrics_known

MOST_TEXT: Final = 1 << 30
MOST_SMALL: Final = 64 << 20


@dataclass(frozen=True, slots=True)
class Checked:
    """What a bundle comes to. exit_code: what a run with these verdicts has, or 3 where something does not match."""

    run: str
    exit_code: int
    findings: tuple[Finding, ...]

    @property
    def stands(self) -> bool:
        """Whether everything matches."""
        return all(one.standing in STANDS for one in self.findings)


def check_bundle(
    path: Path, metrics: Mapping[str, Metric] = MappingProxyType({}), checker: Checker | None = None
) -> Checked:
    """Check the bundle. metrics: declarations for journals that do not hold them; checker: by whom it must be
    signed. Raises BundleError for what is no bundle.
    """
    opened = Opened(path)
    try:
        return _check(opened, metrics, checker)
    finally:
        opened.close()


def report_in(path: Path) -> Report:
    """The report of the run in a bundle that is as it was written. Raises BundleError for any other."""
    checked = check_bundle(path)
    wrong = next((one for one in checked.findings if one.standing not in STANDS), None)
    if wrong is not None:
        raise BundleError(
            f"{path}: {wrong.subject} {wrong.standing}\n  mend: get the bundle again; `orchestrate verify` says what "
            f"is wrong"
        )
    opened = Opened(path)
    try:
        _, envelopes, _ = _events(opened, opened.text(EVENTS, MOST_TEXT))
    finally:
        opened.close()
    loaded = plan_in(envelopes)
    return build_report(loaded.plan, loaded.graph, envelopes)


def _check(opened: Opened, metrics: Mapping[str, Metric], checker: Checker | None) -> Checked:
    if EVENTS not in opened.names:
        raise BundleError(
            f"{opened.path}: no {EVENTS} in it\n  mend: get the bundle again; `orchestrate export` writes one"
        )
    run, envelopes, damaged = _events(opened, opened.text(EVENTS, MOST_TEXT))
    if damaged or not envelopes:
        lines = [Finding(f"{EVENTS}, event {n}", Standing.DIFFERS, "not what was written") for n in damaged]
        return Checked(run, 3, tuple(lines) or (Finding(EVENTS, Standing.MISSING, "it holds no event"),))
    try:
        return _judge_again(opened, envelopes, metrics, checker)
    except OrchestratorError as error:
        return Checked(run, 3, (Finding(EVENTS, Standing.DIFFERS, f"the events contradict themselves: {error}"),))


def _judge_again(
    opened: Opened, envelopes: Sequence[Envelope], metrics: Mapping[str, Metric], checker: Checker | None
) -> Checked:
    state, loaded = fold(envelopes), plan_in(envelopes)
    there = {name: _digest(opened, name) for name in opened.names}
    known = {**metrics, **metrics_known(state)}

    def digest(path: str) -> str | None:
        return there.get(f"{ARTIFACTS}{path}")

    made = derived(envelopes, _said(opened, b'"version": "'), there[EVENTS])
    files = {
        **{name: sha256(content) for name, content in made.items()},
        EVENTS: there[EVENTS],
    }  # each line has its own checksum
    judged = judge_under_contract(loaded.plan, loaded.graph, state, known, digest)
    findings = [*_compared(files, there), *compared(loaded.plan, loaded.graph, state, judged, digest)]
    findings += _unknown({*there} - {*files}, state)
    findings += _signed(opened, state.run, made, there, checker)
    if all(one.standing is Standing.MATCHES for one in findings):
        findings += chain(_sums(opened, there), _bytes(opened))
    stands = all(one.standing is Standing.MATCHES for one in findings)
    code = exit_code(state.tasks.values(), judged.verdicts, accepted=judged.accepted)
    return Checked(state.run, code if stands else code or 3, tuple(findings))


def _unknown(names: set[str], state: RunState) -> Iterator[Finding]:
    kept = {f"{ARTIFACTS}{path}" for path in artifacts_of(state)}
    for name in sorted(names - kept - {SUMS}):
        if not is_signature(name):
            yield Finding(name, Standing.DIFFERS, "no event knows this file")


def _signed(
    opened: Opened, run: str, made: Mapping[str, bytes], there: Mapping[str, str], checker: Checker | None
) -> Iterator[Finding]:
    hashed = {name: digest for name, digest in there.items() if name != SUMS and not is_signature(name)}
    found = {name: opened.read(name, MOST_SMALL) for name in there if is_signature(name)}
    return check_signatures(run, made, hashed, found, checker)


def _events(opened: Opened, text: Text) -> tuple[str, tuple[Envelope, ...], tuple[int, ...]]:
    """The run, its events and the damaged ones. The first event and bundle.json both name the run: the one that
    fits counts.
    """
    names = dict.fromkeys((_between(_first_line(text), b'"run":"'), _said(opened, b'"run": "')))
    readings = [(run, *read_events(run, text)) for run in names]
    return max(readings, key=lambda reading: len(reading[1]))


def _first_line(text: Text) -> bytes:
    line = b""
    for piece in text.between(0, min(text.size, MOST_SMALL)):
        begun, end, _ = piece.partition(b"\n")
        line += begun
        if end:
            break
    return line


def _said(opened: Opened, key: bytes) -> str:
    """What bundle.json says under the key, as far as it is there; the whole file is compared later."""
    return _between(opened.read(ABOUT, MOST_SMALL) if ABOUT in opened.names else b"", key)


def _between(text: bytes, key: bytes) -> str:
    start = text.find(key)
    end = text.find(b'"', start + len(key))
    return text[start + len(key) : end].decode("utf-8", "replace") if 0 <= start < end else ""


def _digest(opened: Opened, name: str) -> str:
    digest = hashlib.sha256()
    for piece in opened.pieces(name):
        digest.update(piece)
    return digest.hexdigest()


def _compared(files: Mapping[str, str], there: Mapping[str, str]) -> Iterator[Finding]:
    """Every file that follows from the events, made again. files, there: sha256 by name."""
    for name, digest in sorted(files.items()):
        if name not in there:
            yield Finding(name, Standing.MISSING, "it is not in the bundle")
        elif there[name] == digest:
            yield Finding(name, Standing.MATCHES, f"made again, sha256 {digest[:12]}")
        else:
            yield Finding(name, Standing.DIFFERS, "it is not what the events give, by this version of the program")


def _sums(opened: Opened, there: Mapping[str, str]) -> Iterator[Finding]:
    if SUMS not in there:
        yield Finding(SUMS, Standing.MISSING, "it is not in the bundle")
        return
    expected = sums({name: digest for name, digest in there.items() if name != SUMS})
    if sha256(expected) == there[SUMS]:
        yield Finding(SUMS, Standing.MATCHES, f"{len(there) - 1} files")
        return
    lines = zip(expected.splitlines(), opened.read(SUMS, MOST_SMALL).splitlines(), strict=False)
    at = next((number for number, (one, other) in enumerate(lines, 1) if one != other), 0)
    yield Finding(
        SUMS,
        Standing.DIFFERS,
        f"line {at} is wrong; the files themselves match" if at else "it is too long or too short",
    )


def _bytes(opened: Opened) -> Iterator[Finding]:
    """The archive's own bytes, which hold nothing but its files."""
    with opened.path.open("rb") as file:
        at = 0
        for name, piece in opened.rebuilt():
            found = file.read(len(piece))
            if found != piece:
                off = next(
                    (n for n, (one, other) in enumerate(zip(found, piece, strict=False)) if one != other), len(found)
                )
                yield Finding("archive", Standing.DIFFERS, f"byte {at + off}, beside {name}, is not what was written")
                return
            at += len(piece)
        rest = len(file.read(1))
    if rest:
        yield Finding("archive", Standing.DIFFERS, f"something follows its end at byte {at}")
    else:
        yield Finding("archive", Standing.MATCHES, f"{at} bytes")
