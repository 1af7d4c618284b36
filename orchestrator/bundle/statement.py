"""One in-toto statement for each criterion, with the predicate of test results.

Statement: https://in-toto.io/Statement/v1. Predicate: https://in-toto.io/attestation/test-result/v0.1
(in-toto/attestation, spec/predicates/test-result.md). It knows PASSED, WARNED and FAILED. UNPROVEN becomes FAILED
there, so no policy takes it for a success. The annotations of the configuration hold the verdict itself, with its
figures.
"""

import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from orchestrator.evidence.verdict import Outcome, Verdict
from orchestrator.journal.codec import plain

STATEMENT: Final = "https://in-toto.io/Statement/v1"
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
PREDICATE: Final = "https://in-toto.io/attestation/test-result/v0.1"


def statement(
    verdict: Verdict,
    subjects: Sequence[tuple[str, str]],
    configuration: Mapping[str, str],
    commits: Mapping[str, str] = NOTHING,
) -> bytes:
    """The statement on one criterion. subjects: name and sha256 of what was tested; configuration: of what it was
    tested by.

    commits: hand-ins that were measured, by the task that left each (https://github.com/in-toto/attestation,
    spec/v1/digest_set.md: gitCommit).
    """
    passed = verdict.outcome is Outcome.PASS
    document = {
        "_type": STATEMENT,
        "subject": [
            *(_described(name, digest) for name, digest in subjects),
            *({"name": name, "digest": {"gitCommit": commit}} for name, commit in commits.items()),
        ],
        "predicateType": PREDICATE,
        "predicate": {
            "result": "PASSED" if passed else "FAILED",
            "configuration": [
                {**_described(name, digest), "annotations": {"verdict": plain(verdict)}}
                for name, digest in configuration.items()
            ],
            "passedTests" if passed else "failedTests": [verdict.criterion],
        },
    }
    return json_text(document)


def _described(name: str, digest: str) -> dict[str, Any]:
    return {"name": name, "digest": {"sha256": digest}}


def json_text(document: Any) -> bytes:  # noqa: ANN401 - anything made of plain data
    """Indented JSON that always comes out the same; NaN and infinities as in the journal."""
    return (json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode("utf-8", "replace")
