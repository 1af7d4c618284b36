from dataclasses import replace
from itertools import chain, repeat

import pytest

from encoder.detect.lengthen import LEAST_ASKED, Lengthening
from encoder.detect.records import cut_blocks
from encoder.strategy import BackEnd, Strategy, TreeType

PLAIN = Strategy(TreeType.TEXT, BackEnd.ZSTD, 10)
LOG = Strategy(TreeType.LOG, BackEnd.ZSTD, 3)
STORED = Strategy(TreeType.OPAQUE, BackEnd.STORE, 0)
WINDOW = 10
LINES = b"abcd\n" * 40


class Scripted:
    """Selects one strategy after the other, the last one for ever, and keeps what it was shown."""

    def __init__(self, *choices):
        self._choices = chain(choices, repeat(choices[-1]))
        self.shown = []

    def select(self, block, /):
        self.shown.append(bytes(block))
        return next(self._choices)


def never(_window):
    return 0


def cut(data, selector, change_in=never, longest=4 * WINDOW):
    """Each block's length and strategy."""
    lengthening = Lengthening(selector, change_in, longest)
    blocks = cut_blocks(memoryview(data), WINDOW, lengthening.cutting)
    return [(len(block), lengthening.select(block)) for block in blocks]


def test_a_block_whose_bytes_stay_plain_goes_on_to_the_longest():
    assert cut(LINES[:100], Scripted(PLAIN)) == [(40, PLAIN), (40, PLAIN), (20, PLAIN)]


def test_a_block_that_is_taken_apart_has_one_window():
    assert cut(LINES[:30], Scripted(LOG)) == [(10, LOG)] * 3


def test_a_block_that_is_stored_has_one_window_as_it_gains_nothing():
    assert cut(LINES[:30], Scripted(STORED)) == [(10, STORED)] * 3


@pytest.mark.parametrize("other", [LOG, STORED])
def test_a_block_ends_before_a_window_of_another_kind(other):
    assert cut(LINES[:40], Scripted(PLAIN, PLAIN, other)) == [(20, PLAIN), (10, other), (10, other)]


def test_a_block_ends_where_that_of_the_level_below_does():
    below, apart = replace(PLAIN, below=PLAIN), replace(PLAIN, below=LOG)
    assert cut(LINES[:40], Scripted(below, below, apart)) == [(20, PLAIN), (10, PLAIN), (10, PLAIN)]


def test_each_window_is_shown_to_the_selector_once_where_all_stay_plain():
    selector = Scripted(PLAIN)
    cut(LINES[:40], selector)
    assert selector.shown == [LINES[:10]] * 4


def test_a_block_ends_where_the_kind_changes_to_one_that_is_taken_apart():
    changes = chain([0, 5], repeat(0))
    assert cut(LINES[:30], Scripted(PLAIN, PLAIN, LOG), lambda _window: next(changes))[0] == (15, PLAIN)


def test_a_change_at_the_end_of_the_longest_window_is_where_the_block_ends():
    changes = chain([0, 0, 0, 5], repeat(0))
    assert cut(LINES[:60], Scripted(PLAIN, PLAIN, PLAIN, PLAIN, LOG), lambda _window: next(changes))[0] == (35, PLAIN)


def test_a_few_records_behind_a_change_end_no_block_where_what_follows_is_plain():
    changes = chain([0, 5], repeat(0))
    selector = Scripted(PLAIN, PLAIN, LOG, PLAIN)
    assert cut(LINES[:40], selector, lambda _window: next(changes)) == [(40, PLAIN)]


def test_a_change_between_kinds_that_both_stay_plain_ends_nothing():
    changes = iter([5, 0, 0, 0])
    assert cut(LINES[:40], Scripted(PLAIN), lambda _window: next(changes)) == [(40, PLAIN)]


def test_a_few_bytes_at_the_end_go_with_the_block_before_unasked():
    selector = Scripted(PLAIN, LOG)
    assert cut(LINES[:15], selector) == [(15, PLAIN)]
    assert len(selector.shown) == 1


def test_a_long_end_is_asked_about():
    window = LEAST_ASKED * 2
    data = memoryview(LINES * (3 * LEAST_ASKED // len(LINES) + 1))[: 3 * LEAST_ASKED]
    lengthening = Lengthening(Scripted(PLAIN, LOG), never, 4 * window)
    blocks = cut_blocks(data, window, lengthening.cutting)
    assert [(len(block), lengthening.select(block)) for block in blocks] == [(window, PLAIN), (LEAST_ASKED, LOG)]
