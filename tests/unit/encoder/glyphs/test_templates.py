import numpy as np
import pytest

from encoder.block.codec import warm

warm()

from encoder.glyphs.hashing import CROWDED, MAX_PROBES, SPREAD, find_or_add  # noqa: E402  after `warm`
from encoder.glyphs.templates import (  # noqa: E402  after `warm`, which compiles under a lock
    number_template,
    read_templates,
    write_templates,
)
from encoder.glyphs.tokenise import Found  # noqa: E402  as above


class Records:
    """Records whose variables are the runs of digits, all numbered under one and the same hash."""

    def __init__(self, data, variables, columns, *, room=64):
        self.data = np.frombuffer(data, np.uint8)
        keys, values = np.zeros(room, np.uint64), np.full(room, -1, np.int32)
        self.found = Found(
            records=np.zeros(0, np.int32),
            starts=np.array([start for start, _ in variables], np.int32),
            sizes=np.array([size for _, size in variables], np.int32),
            columns=np.array(columns, np.int32),
            templates=np.zeros((4, room // 2), np.int32),
            template_keys=keys, template_values=values, column_keys=keys, column_values=values,
        )  # fmt: skip
        self.known = 0

    def number(self, start, end, first, count):
        number = number_template(self.found, self.data, start, end, first, count, np.uint64(1), self.known)
        self.known += number == self.known
        return number


def test_two_templates_under_one_hash_stay_two():
    records = Records(b"a1b\na2b\na3c\n", [(1, 1), (5, 1), (9, 1)], [0, 0, 0])
    assert [records.number(4 * n, 4 * n + 4, n, 1) for n in range(3)] == [0, 0, 1]


def test_keys_made_to_collide_are_given_up_on_rather_than_searched_for():
    keys, values = np.zeros(8192, np.uint64), np.full(8192, -1, np.int32)
    undone = pow(int(SPREAD), -1, 1 << 64)  # key * SPREAD is then below 2**32, whose high half is 0: the first slot
    made = [np.uint64(n * undone % (1 << 64)) for n in range(1, MAX_PROBES + 2)]
    assert [find_or_add(keys, values, key, n) for n, key in enumerate(made)] == [*range(MAX_PROBES), CROWDED]
    assert find_or_add(keys, values, made[7], 9999) == 7


def test_too_many_templates_under_one_hash_are_given_up_on():
    data = b"".join(b"%04d" % n for n in range(MAX_PROBES + 1))
    records = Records(data, [(0, 1)], [0], room=4096)
    numbers = [records.number(4 * n, 4 * n + 4, 0, 0) for n in range(MAX_PROBES + 1)]
    assert numbers == [*range(MAX_PROBES), CROWDED]


def test_variables_of_another_size_are_the_same_template():
    records = Records(b"a1b\na2345b\n", [(1, 1), (5, 4)], [0, 0])
    assert [records.number(0, 4, 0, 1), records.number(4, 11, 1, 1)] == [0, 0]


@pytest.mark.parametrize(
    ("variables", "columns", "counts"),
    [
        ([(1, 1), (5, 1)], [0, 1], (1, 1)),
        ([(1, 1), (6, 1)], [0, 0], (1, 1)),
        ([(1, 1), (5, 1), (6, 1)], [0, 0, 0], (1, 2)),
    ],
    ids=["another column", "another place", "another number of variables"],
)
def test_a_template_is_its_variables_too(variables, columns, counts):
    records = Records(b"a1b\na11\n", variables, columns)
    assert records.number(0, 4, 0, counts[0]) == 0
    assert records.number(4, 8, 1, counts[1]) == 1


def test_templates_with_the_marks_as_literals_come_back():
    records = Records(b"\x00\x01\x02 9 \x02\nplain\n", [(4, 1)], [7])
    records.number(0, 8, 0, 1)
    records.number(8, 14, 1, 0)
    text, slots = np.empty(60, np.uint8), np.empty(1, np.int32)
    size, slot_count = write_templates(records.found, records.data, 2, text, slots)
    assert slot_count == 1
    assert slots.tolist() == [7]
    assert text[:size].tobytes() == b"\x01\x00\x01\x01\x01\x02 \x00 \x01\x02\n\x02plain\n\x02"
    literals, ends, first = np.empty(size, np.uint8), np.empty(3, np.int32), np.empty(3, np.int32)
    assert read_templates(text[:size], 2, 1, literals, ends, first) == 0
    assert first.tolist() == [0, 2, 3]
    assert [literals[: ends[n]].tobytes() for n in range(3)] == [
        b"\x00\x01\x02 ", b"\x00\x01\x02  \x02\n", b"\x00\x01\x02  \x02\nplain\n",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "count", "slots"),
    [
        (b"a", 1, 0),
        (b"a\x02b", 1, 0),
        (b"a\x02\x02", 1, 0),
        (b"\x00\x02", 1, 0),
        (b"\x02", 1, 1),
        (b"\x01", 0, 0),
        (b"x", 0, 0),
    ],
    ids=[
        "no end",
        "bytes after",
        "one too many",
        "a variable too many",
        "a variable too few",
        "escape at the end",
        "none",
    ],
)
def test_text_that_is_no_templates_is_refused(text, count, slots):
    data = np.frombuffer(text, np.uint8)
    ends, first = np.empty(count + slots, np.int32), np.empty(count + 1, np.int32)
    assert read_templates(data, count, slots, np.empty(len(text), np.uint8), ends, first) < 0
