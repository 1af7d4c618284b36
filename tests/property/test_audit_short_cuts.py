"""Short cuts of the audit's reader: what a cheap sign lets through, and what a quick look reads, is as without them."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestrator.audit import figures, read, roles, shortcuts, spelled
from orchestrator.audit.words import hints

SLOW = {
    "estimates": (roles.ESTIMATE, roles.ESTIMATE_HINTS),
    "goals": (roles.SAID, roles.SAID_HINTS),
    "targets": (read.TARGETS, read.WISHED),
    "numbers as words": (spelled.SPELLED, spelled.SPELLED_HINTS),
}
PIECES = [
    "5", "49.6", "1,204", "12.5", "2026", "3/4", "1e5", "7k", "0.5", " ", " ", " ", "MB", "%", "x", "ms", "B",
    "k", "KB/s", "tests", "zero errors", "+", "-", "~", "<", ">=", "(", ")", ",", ".", "..", ";", ":", " to ",
    " - ", "\u2013", "\u00b1", "$", "USD ", "Python ", "phase ", "v", "#", "/", "\u00a0", "\u2212", "in 2024",
    "May 5", "of", "'", "m", "to", "a",
]  # fmt: skip


@pytest.mark.parametrize("name", SLOW)
def test_whatever_a_slow_pattern_finds_has_one_of_its_signs(name):
    pattern, some = SLOW[name]

    @given(st.from_regex(pattern))
    def check(text):
        assert hints(text, some)

    check()


@given(st.from_regex(figures.DATES))
def test_every_day_has_the_sign_of_one(text):
    assert hints(text, figures.MONTH_HINTS) or figures.YEAR.search(text)


@given(
    st.one_of(
        st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.from_regex(shortcuts.ALONE, fullmatch=True)
    )
)
@example("5 MB")
@example("< 45 MB")
@example("took 5% of 7 runs, 12.5 ms to 3 s")
def test_a_figure_is_the_same_whether_it_is_read_at_one_look_or_not(text):
    quick = figures.find_figures(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "lone_figure", lambda _text, **_: None)
        patch.setattr(figures, "plain_figure", lambda _text, _start, _end: None)
        slow = figures.find_figures(text)
    assert quick == slow
