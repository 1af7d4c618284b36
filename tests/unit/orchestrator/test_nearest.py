from itertools import count

from orchestrator.nearest import nearest


def test_a_slip_is_recognised_and_a_stranger_is_not():
    assert nearest("markdwon", ["junit", "markdown"]) == "markdown"
    assert nearest("zebra", ["junit", "markdown"]) is None


def test_neither_long_words_nor_endless_names_take_long():
    assert nearest("a" * 10**6, (f"name{n}" for n in count())) is None
