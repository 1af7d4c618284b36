from pathlib import Path

import pytest

from encoder.block import BlockInfo, ColumnInfo
from encoder.cli.bench import measure
from encoder.cli.convert import Destination, target_of
from encoder.cli.files import whole_file
from encoder.cli.info import BlockLine, column_costs
from encoder.cli.reporting import UsageError, human_size, parse_size
from encoder.errors import GlyphError
from encoder.strategy import BackEnd, TreeType

NOWHERE = Destination(None, stdout=False, force=False, quiet=True)


@pytest.mark.parametrize(
    ("text", "size"),
    [("500", 500), ("64K", 65536), ("1.5M", 3 << 19), ("2GiB", 2 << 30), ("1tb", 1 << 40), (" 7 k ", 7168)],
)
def test_sizes_are_read_as_people_write_them(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "K", "-1", "1e9", "nan", "5X", "1" * 20])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(UsageError, match="is not a size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (3 << 20, "3.0 MiB"), (5 << 40, "5.0 TiB")]
)
def test_sizes_are_shown_in_their_unit(count, text):
    assert human_size(count) == text


@pytest.mark.parametrize(
    ("name", "decoding", "target"),
    [("a.log", False, Path("a.log.glyph")), ("d/a.glyph", True, Path("d/a")), ("-", False, None), ("-", True, None)],
)
def test_the_target_follows_from_the_name(name, decoding, target):
    assert target_of(name, NOWHERE, decoding=decoding) == target


def test_a_dash_as_output_is_standard_output():
    assert target_of("a", Destination(Path("-"), stdout=False, force=False, quiet=True), decoding=False) is None


def fail_halfway(target):
    with whole_file(target, force=False, like="-") as file:
        file.write(b"half")
        raise ZeroDivisionError


def test_a_file_whose_writing_fails_is_not_there(tmp_path):
    with pytest.raises(ZeroDivisionError):
        fail_halfway(tmp_path / "out")
    assert not list(tmp_path.iterdir())


def test_a_file_that_appeared_meanwhile_is_not_overwritten(tmp_path):
    target = tmp_path / "out"

    def race():
        with whole_file(target, force=False, like="-") as file:
            file.write(b"mine")
            target.write_bytes(b"theirs")

    with pytest.raises(UsageError, match="exists already"):
        race()
    assert target.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [target]


def test_columns_of_all_blocks_are_added_up_and_the_costliest_come_first():
    def block(*columns):
        return BlockLine(0, 10, 5, 1, BlockInfo(TreeType.LOG, False, BackEnd.ZSTD, 3, 1, 1, columns))

    cheap, dear = ColumnInfo("0.1", "integers", 10, 20, 3), ColumnInfo("0.2", "strings", 10, 40, 30)
    assert column_costs((block(cheap, dear), block(cheap))) == [
        ColumnInfo("log:0.2", "strings", 10, 40, 30),
        ColumnInfo("log:0.1", "integers", 20, 40, 6),
    ]


def test_a_bench_reports_medians_of_the_given_clock():
    ticks = iter([0, 1, 2, 10, 13, 14, 20, 22, 27])
    (result,) = measure(bytes(1 << 20), {"half": (lambda d: d[::2], lambda d: d + d)}, 3, lambda: next(ticks))
    assert (result.codec, result.ratio, result.encode_mib_s, result.decode_mib_s) == ("half", 2.0, 0.5, 1.0)


def test_a_bench_refuses_a_codec_that_loses_bytes():
    with pytest.raises(GlyphError, match="lossy did not give the bytes back"):
        measure(b"abc", {"lossy": (lambda d: d[1:], lambda d: d)}, 1)
