"""The evidence of one task as a JSON file for download from the page. Pure."""

import base64
import dataclasses
import json
import math
from collections.abc import Iterable
from typing import Any, Final

from orchestrator.evidence.measurement import Measurement
from orchestrator.report.model import Report, TaskRow

MOST: Final = 3_000
"""Samples of a task whose evidence a page holds in itself; the journal, a bundle and the parts of the report have
any.
"""


def evidence_text(report: Report, task: TaskRow) -> str:
    """What the task measured, with all samples, and the files that it left."""
    told = {
        "run": report.run,
        "plan_digest": report.plan_digest,
        "task": task.id,
        "measurements": [{"attempt": figure.attempt, **_measured(figure.measurement)} for figure in task.figures],
        "artifacts": [dataclasses.asdict(row.artifact) for row in report.files if row.task == task.id],
    }
    return json.dumps(told, ensure_ascii=False, indent=1)


def evidence_link(report: Report, task: TaskRow) -> str:
    """The same as an address that needs neither network nor script; "" where there is nothing, or too much to stand
    in a page.
    """
    if not task.figures or sum(figure.measurement.size for figure in task.figures) > MOST:
        return ""
    held = base64.b64encode(evidence_text(report, task).encode("utf-8", "backslashreplace")).decode()
    return f"data:application/json;base64,{held}"


def _measured(one: Measurement) -> dict[str, Any]:
    names = (field.name for field in dataclasses.fields(one) if field.name not in {"data", "negative"})
    told = {name: getattr(one, name) for name in names}
    told["data"] = {field.name: _plain(getattr(one.data, field.name)) for field in dataclasses.fields(one.data)}
    if one.negative is not None:
        told["negative"] = {"of": one.negative.of, "values": _plain(one.negative.values)}
    return told


def _plain(value: Any) -> Any:  # noqa: ANN401 - a field of a measurement
    """Numbers as JSON has them; those that it does not have, as words."""
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str) or not isinstance(value, Iterable):
        return value
    return [_plain(each) for each in value]
