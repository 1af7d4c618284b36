"""The order of an attempt on disk, order.json: the child that runs a runner reads it."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from orchestrator.beneath import create_below
from orchestrator.evidence.metric import Better, Form, Metric
from orchestrator.executors.order import LateInputs, WorkOrder
from orchestrator.executors.results import (
    input_from_json,
    input_to_json,
    lines_from_json,
    lines_to_json,
    read_results,
)
from orchestrator.runner import TaskInput
from orchestrator.secrets import MASK, looks_secret
from orchestrator.strict_json import read_json


def order_to_json(order: WorkOrder) -> str:
    """The text of order.json.

    `order_from_json` is its inverse, except for environment values whose names look secret.
    """
    return json.dumps(
        {
            "run": order.run,
            "task": order.task,
            "attempt": order.attempt,
            "runner": order.runner,
            "command": order.command,
            "params": dict(order.params),
            "env": {name: MASK if looks_secret(name) else value for name, value in order.env.items()},
            "env_from": dict(order.env_from),
            "secret": order.secret,
            "folder": str(order.folder),
            "project": str(order.project),
            "cache": str(order.cache),
            "timeout": order.timeout,
            "grace": order.grace,
            "seed": order.seed,
            "metrics": [_metric_to_json(metric) for metric in order.metrics],
            "artifacts": order.artifacts,
            "inputs": _inputs_to_json(order.inputs),
            "offer": order.offer,
        }
    )


def order_from_json(text: str) -> WorkOrder:
    """Read what `order_to_json` wrote. It is our own file, so a mistake in it raises KeyError, TypeError or
    ValueError.
    """
    plain = read_json(text)
    return WorkOrder(
        **{
            **plain,
            "command": None if plain["command"] is None else tuple(plain["command"]),
            "folder": Path(plain["folder"]),
            "project": Path(plain["project"]),
            "cache": Path(plain["cache"]),
            "metrics": tuple(_metric_from_json(metric) for metric in plain["metrics"]),
            "artifacts": tuple(plain["artifacts"]),
            "secret": tuple(plain["secret"]),
            "inputs": _inputs_from_json(plain["inputs"]),
        }
    )


def write_order(order: WorkOrder) -> None:
    """Write order.json into the attempt's folder. Raises OSError.

    Nothing reads it before the attempt begins, so half of one is never read.
    """
    descriptor = create_below(order.folder, "order.json")
    try:
        text = order_to_json(order).encode("utf-8", "surrogateescape")
        while text:
            text = text[os.write(descriptor, text) :]
    finally:
        os.close(descriptor)


def _metric_to_json(metric: Metric) -> dict[str, Any]:
    return {
        "name": metric.name,
        "unit": metric.unit,
        "better": metric.better.value,
        "form": metric.form.value,
        "description": metric.description,
        "exact": metric.exact,
    }


def _metric_from_json(plain: Mapping[str, Any]) -> Metric:
    form, better = Form(plain["form"]), Better(plain["better"])
    return Metric(plain["name"], plain["unit"], better, form, plain["description"], plain["exact"])


def _inputs_to_json(inputs: Sequence[TaskInput]) -> list[dict[str, Any]] | dict[str, Any]:
    """By place in the run's file of results. In full if there is none, as on a worker of a cluster."""
    named = inputs.named() if isinstance(inputs, LateInputs) else None
    if named is None:
        return [input_to_json(given) for given in inputs]
    return {"file": named[0], "lines": lines_to_json(named[1])}


def _inputs_from_json(plain: Any) -> Sequence[TaskInput]:  # noqa: ANN401 - a list or an object
    if isinstance(plain, list):
        return tuple(input_from_json(given) for given in plain)
    return LateInputs(lambda: read_results(Path(plain["file"]), lines_from_json(plain["lines"])))
