"""Lines that nobody writes: what they take grows with their length and with nothing else, and nothing raises."""

import time

import pytest

from orchestrator.audit.judge import Known, audit
from orchestrator.audit.model import Measured

KNOWN = Known((Measured("a.peak_memory", "Peak memory\nA", 1, 1, 1, "MB"),))
SMALL, LARGE = 700, 4_200
GROWTH = 2.5
"""How much more than six times may pass for six times: a busy machine is no finding, and a square would be six
times as much again.
"""


class Nothing:
    """No file is there."""

    def has(self, _path):
        return False

    def has_test(self, _path, _test):
        return False


PIECES = {
    "figures": "49.6% ", "arrows": "1 MB -> 2 MB 3% ", "pairs": "from 5 MB to 4 MB, 20% less ",
    "goals": "5 ms (target < 4 ms) ✅ ", "blanks": " ",
    "digits": "9", "dots": "1.", "dashes": "1-", "ratios": "1/2 ", "backticks": "`", "code": "`a1` ", "brackets": "[",
    "links": "[a](b) ", "stars": "*",
    "tags": "<td>", "open": "<", "entities": "&#x41;", "pipes": "|", "cells": "| 1 % ", "colons": "a: ",
    "slashes": "a/", "paths": "a/b.py ", "dotted": "a.",
    "words": "targets exceeded ", "nbsp": "1\u00a0000\u00a0", "drawn": "\u2500", "marks": "✅",
    "spelled": "zero errors ", "plus": "1+", "constant": "6 MB constant ",
    "estimates": "estimated 5 % ", "nested": "- ", "quotes": "> ", "hashes": "#", "k": "80 measurements ", "x": "5x",
    "minus": "-", "equals": "=", "under": "_", "money": "$40, ", "percent": "5% ", "true minus": "\u22125 % ",
    "no Latin": "\u6570\u636e 5 MB ", "numbers": "7 ", "bold": "**5 MB** ", "ranges": "10-15 ms, ", "label": "a: 5 MB ",
}  # fmt: skip


def spent(text):
    start = time.process_time()
    audit("x", text, Nothing(), KNOWN)
    return time.process_time() - start


@pytest.mark.parametrize("name", PIECES)
@pytest.mark.parametrize("end", ["", "\n"], ids=["one line", "lines"])
def test_time_grows_with_the_length_alone(name, end):
    piece = PIECES[name] + end
    for _ in range(5):  # a busy machine may spoil a reading; a square spoils them all
        small, large = (spent(piece * (size // len(piece))) for size in (SMALL, LARGE))
        if large < GROWTH * LARGE / SMALL * max(small, 0.001):
            return
    pytest.fail(f"{small:.4f} s for {SMALL} signs, {large:.4f} s for {LARGE}")


@pytest.mark.parametrize(
    "text",
    ["", "\n", "\0", "\ud800 5 %", "| 1\n|-\n| 2", "<table><td>5 %", "[x] ", "```\n5 %", "---\na: 5 %\n---\n5 %"],
)
def test_any_text_is_read(text):
    audit("x", text, Nothing(), KNOWN)


@pytest.mark.parametrize("sign", ["&#10;", "&NewLine;", "&#13;"])
def test_a_sign_for_a_new_line_is_none(sign):
    text = f"it took 5 ms{sign}\n\n| a |\n|---|\n| 7 MB |\n"
    told = audit("x", text, Nothing(), KNOWN)
    assert [(one.claim.line, one.claim.text) for one in told.findings] == [(1, "5 ms"), (5, "7 MB")]
