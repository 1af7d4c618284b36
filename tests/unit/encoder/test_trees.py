from typing import get_args

import pytest

from encoder.detect.features import measure
from encoder.glyphs.tokenisers import TOKENISERS
from encoder.strategy import TreeType
from encoder.trees import TREES, Tokeniser


def test_every_tree_type_has_its_row_and_a_code_of_its_own_that_fits_a_header():
    assert set(TREES) == set(TreeType)
    codes = [row.code for row in TREES.values()]
    assert len(set(codes)) == len(codes)
    assert all(0 <= code < 16 for code in codes)


def test_every_tokeniser_that_a_row_names_is_there_and_none_beside_them():
    named = {row.tokeniser for row in TREES.values() if row.tokeniser}
    assert named == set(TOKENISERS) == set(get_args(Tokeniser))


@pytest.mark.parametrize("tree", TreeType)
def test_a_type_is_plain_or_records_or_a_document_and_no_two_of_them(tree):
    row = TREES[tree]
    assert [row.plain, row.records, row.document].count(True) == 1


def test_only_text_has_no_score_and_every_score_is_a_share():
    assert [tree for tree, row in TREES.items() if row.score is None] == [TreeType.TEXT]
    for sample in (b"", b"a,b\n1,2\n" * 100, b'{"a": 1}\n' * 100, bytes(range(256)) * 9, b"<a><b/></a>" * 50):
        seen = measure(sample)
        assert all(0 <= row.score(seen) <= 1 for row in TREES.values() if row.score)
