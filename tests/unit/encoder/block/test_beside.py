import random
import threading

import pytest

from encoder.block import codec, smallest
from encoder.block.beside import lending
from encoder.block.codec import decode_block, encode_block
from encoder.block.layout import FORM, ROWS, read_header
from encoder.errors import FormatError
from encoder.mixing.loading import prepare_mixing
from encoder.strategy import BackEnd, Strategy, TreeType
from encoder.varint import Reader

MAX = Strategy(TreeType.TEXT, BackEnd.MIXING, 2, verify=True)


def words(size):
    chance = random.Random(5)
    known = ["".join(chance.choices("etaoinshrdlu", k=chance.randrange(2, 9))) for _ in range(900)]
    return " ".join(chance.choices(known, k=size // 5)).encode()[:size]


def records(count):
    chance = random.Random(7)
    users = words(400).decode().split()
    return b"".join(
        b"2026-11-29 10:%02d:%02d host sshd[%d]: session of %s from 10.0.%d.%d\n"
        % (n // 60 % 60, n % 60, 300 + n, chance.choice(users).encode(), chance.randrange(4), chance.randrange(256))
        for n in range(count)
    )


class Threads:
    """Lends as many threads as are asked for, and keeps them in mind."""

    def __init__(self):
        self.begun = []

    def __call__(self, run):
        self.begun.append(threading.Thread(target=run, daemon=True))
        self.begun[-1].start()
        return self.begun[-1]


def decoded_here(monkeypatch):
    """The sizes of the blocks that the test's own thread decodes again."""
    here, real, sizes = threading.current_thread(), codec.decode_block, []

    def noted(body, size, *rest):
        if threading.current_thread() is here:
            sizes.append(size)
        return real(body, size, *rest)

    monkeypatch.setattr(codec, "decode_block", noted)
    return sizes


def test_mixed_text_is_decoded_again_beside_its_encoder_and_not_once_more(monkeypatch):
    data, sizes, lent = words(300_000), decoded_here(monkeypatch), Threads()
    with lending(lent):
        body = encode_block(data, MAX)
    assert len(lent.begun) == 1
    assert not lent.begun[0].is_alive()
    assert sizes == []
    assert body == encode_block(data, MAX)
    assert sizes == [len(data)]
    assert decode_block(body, len(data)) == data


def test_rows_are_decoded_again_while_their_plain_bytes_are_tried(monkeypatch):
    data, sizes, lent = records(2000), decoded_here(monkeypatch), Threads()
    monkeypatch.setattr(smallest, "_mixed_body", lambda view, strategy, _: (smallest._row_body(view, strategy), None))
    monkeypatch.setattr(smallest, "_mixed_clearly_pays", lambda *_: False)
    monkeypatch.setattr(smallest, "plain_body", lambda view, *_, **__: bytes(len(view)))
    rows = Strategy(TreeType.CSV, BackEnd.MIXING, 2, verify=True)
    with lending(lent):
        body = encode_block(data, rows)
    assert body[0] & FORM == ROWS
    assert len(lent.begun) == 1
    assert sizes == []
    assert body == encode_block(data, rows)
    assert decode_block(body, len(data)) == data


def test_a_thread_that_fails_leaves_the_check_to_the_encoders_own(monkeypatch):
    prepare_mixing()
    data, sizes = words(300_000), decoded_here(monkeypatch)
    monkeypatch.setattr("encoder.mixing.stream._Following.run", lambda _: 1 // 0)
    with lending(Threads()):
        body = encode_block(data, MAX)
    assert sizes == [len(data)]
    assert decode_block(body, len(data)) == data


def test_a_block_whose_body_cannot_be_decoded_is_encoded_anew(monkeypatch, caplog):
    data, real = words(300_000), codec.decode_block

    def fails(*_):
        raise FormatError("the stream does not end where it should")

    monkeypatch.setattr(codec, "decode_block", fails)
    monkeypatch.setattr("encoder.mixing.stream._Following.run", lambda _: None)
    with lending(Threads()):
        body = encode_block(data, MAX)
    assert read_header(Reader(body)).back_end is BackEnd.ZSTD
    assert real(body, len(data)) == data
    assert "encoded anew" in caplog.text


def test_a_lack_of_memory_for_the_check_is_no_reason_to_encode_anew(monkeypatch):
    def fails(*_):
        raise MemoryError

    monkeypatch.setattr(codec, "decode_block", fails)
    with pytest.raises(MemoryError):
        encode_block(words(30_000), MAX)


def test_where_no_thread_is_lent_a_block_is_decoded_at_its_end(monkeypatch):
    data, sizes = words(300_000), decoded_here(monkeypatch)
    with lending(lambda _: None):
        encode_block(data, MAX)
    assert sizes == [len(data)]


@pytest.fixture
def mixed():
    """A stream, made beside nothing, and what would have followed it."""
    prepare_mixing()
    from encoder.mixing.stream import compress

    data, followers = words(300_000), []
    return compress(data, 6, None, followers.append), followers[0]


def test_what_follows_a_stream_returns_it_if_it_decodes(mixed):
    stream, follow = mixed
    assert follow() == stream


@pytest.mark.parametrize("place", [0, 0.3, 0.999])
def test_what_follows_a_stream_that_does_not_decode_returns_nothing(mixed, place):
    stream, follow = mixed
    follow.__self__._coded[int(place * (len(stream) - 1))] ^= 1
    assert follow() is None


def test_what_follows_a_stream_ends_where_its_encoder_is_interrupted_before_the_first_part():
    prepare_mixing()
    from encoder.mixing.stream import compress

    threads = Threads()

    def interrupted(run):
        threads(run)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compress(words(300_000), 6, None, interrupted)
    threads.begun[0].join(20)
    assert not threads.begun[0].is_alive()


def test_what_follows_a_stream_that_was_given_up_ends():
    prepare_mixing()
    from encoder.mixing.stream import compress

    followers = []
    assert compress(words(300_000), 6, 1000, followers.append) is None
    assert followers[0]() is None
