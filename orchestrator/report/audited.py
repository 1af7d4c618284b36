"""An audit as Markdown, as plain data and as JUnit XML. Pure; what a text says is escaped, whatever is in it."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final

from orchestrator.audit.model import ALARMING, Audit, Finding, Label
from orchestrator.report.markdown import code, escape, escape_all, number, one_line

MARKS: Final = {
    Label.CONTRADICTED: "❌",
    Label.INCONSISTENT: "❌",
    Label.MISSING: "❔",
    Label.ESTIMATE: "❔",
    Label.NONE: "❔",
    Label.MEASURED: "✅",
    Label.GOAL: "",
}
EXPLAINED: Final = {
    Label.CONTRADICTED: "Evidence says something else.",
    Label.INCONSISTENT: "The text contradicts itself.",
    Label.MISSING: "The text names files or tests that are not there.",
    Label.ESTIMATE: "The text itself says that these come from constants or are estimates.",
    Label.NONE: "Nothing that was measured speaks of these.",
    Label.MEASURED: "Each lies within what was measured, or is a file that is there.",
    Label.GOAL: "What was wished for; no claim.",
}
TOGETHER: Final = 1000
"""Claims that are escaped at once."""
ENOUGH: Final = 150
LOOSE: Final = 120
"""Characters of a claim's line in a table."""


def audit_markdown(found: Audit) -> str:
    """The whole audit: what was measured beside the claims, then every claim, the worst first."""
    parts = [f"# Claims of {escape(found.source)}", _summary(found)]
    parts += [_headline(found)] if found.headline else []
    rows: dict[Label, list[Finding]] = {label: [] for label in Label}
    for one in found.findings:
        rows[one.label].append(one)
    parts += [_section(label, told) for label, told in rows.items() if told]
    return "\n\n".join(parts) + "\n"


def summary_line(found: Audit) -> str:
    """How many claims there are of each label."""
    counts = ", ".join(f"{number} {label}" for label, number in found.counts.items() if number)
    return f"{len(found.findings)} claims: {counts}" if found.findings else "no claim found"


def _summary(found: Audit) -> str:
    held = (
        f" They are held against {code(found.against)}."
        if found.against
        else " No run was named, so nothing counts as measured but files."
    )
    verdict = "❌ Something is contradicted." if found.alarming else "Nothing is contradicted."
    return f"{verdict} {escape(summary_line(found))}.{held}"


def _headline(found: Audit) -> str:
    rows = ["## Said and measured", "", "| Measured | Value | Interval | Said |", "| --- | ---: | --- | --- |"]
    for one, findings in found.headline:
        said = "; ".join(
            f"{MARKS[each.label]} {escape(each.claim.text)} (line {each.claim.line})" for each in _distinct(findings)
        )
        interval = "point" if one.low == one.high else f"{number(one.low)} to {number(one.high)}"
        rows.append(
            f"| {code(one.metric)} {escape(one.source)} | {number(one.value)} {escape(one.unit)} | {interval} | "
            f"{said} |"
        )
    return "\n".join(rows)


def _distinct(findings: Sequence[Finding]) -> list[Finding]:
    """One finding for each text and label, the first."""
    found: dict[tuple[str, Label], Finding] = {}
    for one in findings:
        found.setdefault((one.claim.text, one.label), one)
    return [*found.values()]


def _section(label: Label, rows: Sequence[Finding]) -> str:
    told = [
        f"## {str(label).capitalize()} ({len(rows)})",
        "",
        EXPLAINED[label],
        "",
        "| Line | Claim | About | Why |",
        "| ---: | --- | --- | --- |",
    ]
    known: dict[str, str] = {}
    for start in range(0, len(rows), TOGETHER):
        part = rows[start : start + TOGETHER]
        claims = escape_all([one.claim.text[:LOOSE].strip(" ") for one in part])
        about = escape_all([_about(one, known) for one in part])
        whys = escape_all([one.why for one in part])
        told += [
            f"| {one.claim.line} | {code(one.claim.file) if one.claim.file else text} | {words} | {why}{_beside(one)} |"
            for one, text, words, why in zip(part, claims, about, whys, strict=True)
        ]
    return "\n".join(told)


def _about(one: Finding, known: dict[str, str]) -> str:
    """The words around a figure as far as they are shown. known: of those told before."""
    if one.claim.figure is None:
        return ""
    about = one.claim.about
    shown = known.get(about)
    if shown is None:
        flat = " ".join(about[:ENOUGH].split())  # many are longer, and no more is shown
        flat = flat if len(flat) > LOOSE or len(about) <= ENOUGH else " ".join(about.split())
        shown = known[about] = flat[:LOOSE].rstrip(" ")
    return shown


def _beside(one: Finding) -> str:
    return f" ({escape(one.beside)})" if one.beside and one.beside not in one.why else ""


def audit_data(found: Audit) -> dict[str, Any]:
    """The audit as plain data, for JSON."""
    return {
        "source": found.source,
        "against": found.against,
        "alarming": found.alarming,
        "counts": {str(label): number for label, number in found.counts.items()},
        "claims": [_data(one) for one in found.findings],
        "measured": [
            {
                "metric": one.metric, "value": one.value, "low": one.low, "high": one.high, "unit": one.unit,
                "target": one.target,
                "claims": [{"line": each.claim.line, "text": each.claim.text,
                "label": str(each.label)} for each in findings],
            }
            for one, findings in found.headline
        ],
    }  # fmt: skip


def _data(one: Finding) -> dict[str, Any]:
    figure = one.claim.figure
    kind = "figure" if figure is not None else "file" if one.claim.file else "statement"
    data: dict[str, Any] = {"line": one.claim.line, "kind": kind, "text": one.claim.text, "label": str(one.label)}
    if figure is not None:
        data |= {"value": float(figure.low), "unit": figure.unit or figure.noun, "role": str(one.claim.role)}
        data |= {"high": float(figure.high)} if figure.high != figure.low else {}
        data |= {"of": float(figure.whole)} if figure.whole is not None else {}
    return data | {"why": one.why, "beside": one.beside}


def audit_junit(found: Audit) -> str:
    """A suite for each label, a case for each claim; what is contradicted or inconsistent is a failure."""
    root = ET.Element("testsuites", {"name": _safe(f"claims of {found.source}")})
    ordered = sorted(found.findings, key=lambda one: list(Label).index(one.label))
    for label, group in groupby(ordered, key=lambda one: one.label):
        suite = ET.SubElement(root, "testsuite", {"name": str(label)})
        suite.extend(_cases(group))
        _count(suite)
    _count(root)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _cases(findings: Iterator[Finding]) -> Iterator[ET.Element]:
    for one in findings:
        case = ET.Element(
            "testcase", {"classname": "claims", "name": f"line {one.claim.line}: {_safe(one.claim.text)}"}
        )
        told = _safe(f"{one.label}: {one.why} {one.beside}".strip())
        if one.label in ALARMING:
            ET.SubElement(case, "failure", {"type": str(one.label), "message": told})
        else:
            ET.SubElement(case, "system-out").text = told
        yield case


def _count(element: ET.Element) -> None:
    element.set("tests", str(len(element.findall(".//testcase"))))
    element.set("failures", str(len(element.findall(".//failure"))))


def _safe(text: str) -> str:
    """One line without what XML 1.0 cannot hold."""
    return one_line(text.encode("utf-8", "replace").decode())
