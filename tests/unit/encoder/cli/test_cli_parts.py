from pathlib import Path

import pytest

from encoder.api import decode
from encoder.block.codec import BlockInfo, ColumnInfo
from encoder.cli import convert
from encoder.cli.bench import chosen, measure
from encoder.cli.convert import Destination, expanded, target_of
from encoder.cli.costs import Cost, bar_of, costs_of
from encoder.cli.files import whole_file
from encoder.cli.part import Part, part_of
from encoder.cli.reporting import UsageError, human_size, parse_size
from encoder.cli.stream_info import BlockLine, StreamInfo, column_costs
from encoder.container.format import StreamHeader, Totals
from encoder.container.random_access import Trailer
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
    ticks = iter([0, 1, 2, 10, 12, 13, 20, 22, 23])
    (result,) = measure(bytes(1_000_000), {"half": (lambda d: d[::2], lambda d: d + d)}, 3, lambda: next(ticks))
    assert (result.codec, result.ratio, result.encode_mb_s, result.decode_mb_s) == ("half", 2.0, 0.5, 1.0)


def test_a_bench_refuses_a_codec_that_loses_bytes():
    with pytest.raises(GlyphError, match="lossy did not give the bytes back"):
        measure(b"abc", {"lossy": (lambda d: d[1:], lambda d: d)}, 1)


def test_a_bench_times_a_slow_codec_once():
    ticks = iter([0, 3, 4, 10, 11])
    slow = {"slow": (lambda d: d, lambda d: d)}
    (result,) = measure(b"abc", slow, 3, lambda: next(ticks))
    assert result.rounds == 1


def test_a_bench_leaves_the_slow_codecs_out_unless_asked_and_knows_its_names():
    assert "brotli -11" not in chosen([], slow=False)
    assert "brotli -11" in chosen([], slow=True)
    assert list(chosen(["brotli -11", "glyph fast"], slow=False)) == ["brotli -11", "glyph fast"]
    with pytest.raises(UsageError, match="'zip' is not a codec here; give one of glyph fast"):
        chosen(["zip"], slow=False)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("1000:2000", Part((1000, 2000))),
        ("5:", Part((5, None))),
        (":10", Part((0, 10))),
        ("-10:", Part((-10, None))),
        ("7", Part((7, 8))),
        ("-1", Part((-1, None))),
        (":", Part((0, None))),
    ],
)
def test_ranges_of_records_are_read_as_slices(text, part):
    assert part_of(text, 0, None) == part


@pytest.mark.parametrize("text", ["", " ", "a", "1:2:3", "1-2", "--5", "1 2", "9" * 30])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(UsageError, match="is not a range of records"):
        part_of(text, 0, None)


def test_a_folder_stands_for_its_files_only_when_asked(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("b.log", "sub/a.log", "sub/a.log.glyph"):
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to(tmp_path / "b.log")
    folder = str(tmp_path)
    assert list(expanded([folder, "x"], recursive=False, decoding=False)) == [folder, "x"]
    assert list(expanded([folder, "x"], recursive=True, decoding=False)) == [
        f"{folder}/b.log",
        f"{folder}/sub/a.log",
        "x",
    ]
    assert list(expanded([folder], recursive=True, decoding=True)) == [f"{folder}/sub/a.log.glyph"]


@pytest.mark.parametrize(("share", "bar"), [(0, ""), (1, "█" * 24), (0.5, "█" * 12), (1 / 48, "▌")])
def test_a_bar_is_as_long_as_its_share(share, bar):
    assert bar_of(share, drawn=True) == bar
    assert set(bar_of(share, drawn=False)) <= {"#"}


def test_the_costs_of_a_file_add_up_to_its_size():
    columns = [ColumnInfo(f"log:0.{n}", "integers", 1, 9, 10 * n) for n in (3, 2, 1)]
    inside = BlockInfo(TreeType.LOG, False, BackEnd.ZSTD, 3, 1, 1, tuple(columns))
    plain = BlockInfo(TreeType.TEXT, False, BackEnd.ZSTD, 3, 0, 0, ())
    trailer = Trailer(StreamHeader(1024), (), Totals(200, 2, 0), 0)
    info = StreamInfo("x", 300, trailer, (BlockLine(0, 100, 80, 1, inside), BlockLine(0, 100, 90, 1, plain)))
    costs = costs_of(info, columns, 2)
    assert sum(cost.encoded_bytes for cost in costs) == 300
    assert [(cost.name, cost.encoded_bytes) for cost in costs] == [
        ("container and index", 130),
        ("blocks without columns", 90),
        ("log:0.3", 30),
        ("log:0.2", 20),
        ("templates, ids, lengths", 20),
        ("1 cheaper columns", 10),
    ]
    assert Cost("log:0.3", 30, columns[0]) in costs


def replaced(path):
    path.unlink()
    path.write_bytes(b"another\n")


def grown(path):
    with path.open("ab") as more:
        more.write(b"a line that came later\n")


def rewritten(path):
    path.write_bytes(path.read_bytes()[::-1])


@pytest.mark.parametrize("change", [grown, replaced, rewritten])
def test_an_input_that_changed_while_it_was_read_is_kept(tmp_path, monkeypatch, capsys, change):
    log, encode = tmp_path / "app.log", convert._encode
    log.write_bytes(b"a line\n" * 9)

    def slowly(*given):
        sizes = encode(*given)
        change(log)
        return sizes

    monkeypatch.setattr(convert, "_encode", slowly)
    removing = Destination(None, stdout=False, force=False, quiet=True, remove=True)
    with pytest.raises(SystemExit) as left:
        convert.encode_files([str(log)], removing, "fast", None)
    assert (left.value.code, log.exists()) == (1, True)
    assert "app.log: changed while it was read, so it is kept" in capsys.readouterr().err
    assert decode((tmp_path / "app.log.glyph").read_bytes()) == b"a line\n" * 9
