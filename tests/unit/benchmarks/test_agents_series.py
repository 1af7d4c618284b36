"""The series of benchmarks/agents can be started: what they take from the product is there."""

import importlib
from pathlib import Path

import pytest

pytest.importorskip("acp")
pytest.importorskip("aiohttp")
NAMES = sorted(path.stem for path in (Path(__file__).parents[3] / "benchmarks/agents").glob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_series_can_be_loaded(name):
    assert callable(importlib.import_module(f"benchmarks.agents.{name}").main)
