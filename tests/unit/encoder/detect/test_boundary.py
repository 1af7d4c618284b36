import pytest

from encoder.detect.boundary import LEAST_PART, LEAST_WINDOW, PIECE, KindCutting, by_kind
from encoder.detect.records import cut_at

NEAR = 2 * PIECE


def repeated(sample, size):
    data = sample[2] * (size // len(sample[2]) + 1)
    return data[: data.index(b"\n", size) + 1]


@pytest.mark.parametrize("share", [0.2, 0.5, 0.85])
@pytest.mark.parametrize(
    "pair", [("a syslog", "CSV"), ("CSV", "JSON lines"), ("JSON lines", "a syslog"), ("prose", "CSV")]
)
def test_a_block_ends_where_records_of_another_kind_begin(samples, pair, share):
    first = repeated(samples[pair[0]], int(share * 2 * LEAST_WINDOW))
    second = repeated(samples[pair[1]], 2 * LEAST_WINDOW - len(first))
    cut = by_kind().full(memoryview(first + second))
    assert abs(cut - len(first)) <= NEAR
    assert (first + second)[cut - 1 : cut] == b"\n"
    assert by_kind().rest(memoryview(first + second)) == cut


@pytest.mark.parametrize("name", ["a syslog", "CSV", "JSON lines", "prose"])
def test_a_window_of_one_kind_is_cut_as_ever(samples, name):
    window = memoryview(repeated(samples[name], LEAST_WINDOW) + b"the beginning of a rec")
    assert KindCutting().change_in(window) == 0
    assert by_kind().full(window) == cut_at(window)
    assert by_kind().rest(window) == len(window)


def test_a_few_records_left_of_another_kind_do_not_hide_the_change(samples):
    left = repeated(samples["a syslog"], PIECE)
    rows = repeated(samples["CSV"], LEAST_WINDOW)
    cut = KindCutting().change_in(memoryview(left + rows + repeated(samples["JSON lines"], LEAST_WINDOW)))
    assert abs(cut - len(left + rows)) <= NEAR


def test_a_short_stretch_of_another_kind_is_no_reason_for_a_cut(samples):
    short = repeated(samples["CSV"], LEAST_PART // 2)
    long = repeated(samples["a syslog"], 2 * LEAST_WINDOW)
    assert KindCutting().change_in(memoryview(short + long)) == 0
    assert KindCutting().change_in(memoryview(long + short)) == 0
    assert KindCutting().change_in(memoryview(long[:LEAST_WINDOW] + short + long[LEAST_WINDOW:])) == 0


def test_documents_are_not_cut(samples):
    log = repeated(samples["a syslog"], LEAST_WINDOW)
    document = repeated(samples["an indented JSON document"], LEAST_WINDOW)
    assert KindCutting().change_in(memoryview(document + log)) == 0


def test_a_small_window_is_not_looked_at(samples):
    first = repeated(samples["a syslog"], LEAST_WINDOW // 4)
    assert KindCutting().change_in(memoryview(first + repeated(samples["CSV"], LEAST_WINDOW // 4))) == 0


def test_kinds_that_take_turns_are_told_apart_each_time(samples):
    cutting = KindCutting()
    log, rows = (repeated(samples[name], LEAST_WINDOW) for name in ("a syslog", "CSV"))
    for first, second in [(log, rows), (rows, log)] * 3:
        cut = cutting.change_in(memoryview(first + second))
        assert abs(cut - len(first)) <= NEAR


def test_a_change_within_one_kind_is_no_cut_however_often_it_comes():
    cutting = KindCutting()
    one, other = (b"Nov 23 15:09:01 host sshd[123]: " + word * 9 + b"\n" for word in (b"abcdef", b"UVWXYZ"))
    window = memoryview(one * (LEAST_WINDOW // len(one)) + other * (LEAST_WINDOW // len(other)))
    assert [cutting.change_in(window) for _ in range(3)] == [0, 0, 0]
