"""Boxes that no arrow joins stand where the layout library would put them."""

import pytest

from orchestrator.graph.drawing import Box, Drawing
from orchestrator.graph.layout import _column, _layered


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_boxes_without_arrows_stand_where_the_library_would_put_them(count):
    boxes = tuple(Box(f"A.{nth}", "A", ("a task",), critical=False, outcome="") for nth in range(count))
    drawing = Drawing("A plan", {"A": "A"}, boxes, ())
    assert _column(drawing) == _layered(drawing)
