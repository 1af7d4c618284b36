import io

import pytest

from orchestrator.executors.artifacts import ArtifactError, check_name
from orchestrator.executors.checksum import PIECE, checksum
from orchestrator.executors.heed import PATIENCE, CutShort, heeding


class Stop:
    def __init__(self, value):
        self.is_set = lambda: value


def heed_at(seconds, *, stop=False, timeout=None):
    """Asks so many seconds after the attempt began; gathering began with it."""
    now = [0.0]
    heed = heeding(Stop(stop), 0.0, timeout, lambda: now[0])
    now[0] = seconds
    heed()


def test_gathering_is_not_cut_in_its_first_moments():
    heed_at(PATIENCE / 2, stop=True, timeout=0.0)


@pytest.mark.parametrize(("given", "by_time"), [({"stop": True}, False), ({"timeout": 2.0}, True)])
def test_gathering_is_cut_by_a_stop_and_by_the_timeout(given, by_time):
    with pytest.raises(CutShort) as cut:
        heed_at(PATIENCE + 2, **given)
    assert cut.value.timeout is by_time


def test_nothing_cuts_what_somebody_waits_for():
    heed_at(1e6)


def test_a_checksum_is_let_go_of_between_pieces():
    asked = []

    def heed():
        asked.append(1)
        if len(asked) == 2:
            raise CutShort(timeout=False)

    with pytest.raises(CutShort):
        checksum(io.BytesIO(bytes(5 * PIECE)), heed)
    assert len(asked) == 2


@pytest.mark.parametrize(
    "name", ["\udcff", "a\nb", "a\x1b[2Jb", "a\x7f", "a\u2028b", "a\u202eb", "x" * 256, "a/" + "é" * 128]
)
def test_a_name_that_cannot_be_shown_as_it_is_is_refused_in_plain_ascii(name):
    with pytest.raises(ArtifactError) as refused:
        check_name(name)
    assert str(refused.value).isascii() or "…" in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("name", ["a.txt", "b c/ü.csv", "日本語.json", "x" * 255, "-f", "a'b\"c"])
def test_an_ordinary_name_is_taken(name):
    check_name(name)
