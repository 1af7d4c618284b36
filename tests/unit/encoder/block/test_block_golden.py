import importlib.util
from pathlib import Path

import pytest

from encoder.block.codec import decode_block, describe_block

GOLDEN = Path(__file__).parents[3] / "golden" / "block"
_SPEC = importlib.util.spec_from_file_location("regenerate_block_golden", GOLDEN / "regenerate.py")
regenerate = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(regenerate)


@pytest.mark.parametrize("name", regenerate.CASES)
def test_a_body_that_an_earlier_release_wrote_still_decodes(name):
    tree, back_end, level = regenerate.CASES[name]
    body = (GOLDEN / f"{name}.body").read_bytes()
    expected = regenerate.raw(name)
    assert decode_block(body, len(expected)) == expected
    info = describe_block(body)
    assert (info.tree, info.fell_back, info.back_end, info.level) == (tree, False, back_end, level)


def test_every_golden_body_is_tested():
    assert {path.stem for path in GOLDEN.glob("*.body")} == set(regenerate.CASES)
