import json

from workstreams.profiling.__main__ import main
from workstreams.profiling.framework import allocation_error, rss_error
from workstreams.profiling.recorder import Recorder

MIB = 1 << 20


def test_a_known_allocation_is_recorded_to_the_percent():
    assert allocation_error(16 * MIB) < 1


def test_touched_pages_show_in_the_series():
    error, recorder = rss_error(32 * MIB)

    assert error < 10
    assert recorder.to_csv().startswith("seconds,rss_bytes\n0.0")


def test_the_lines_that_hold_memory_are_named_with_their_file():
    with Recorder(allocations=True) as recorder:
        held = [bytearray(MIB) for _ in range(4)]
        top = recorder.top(1)

    assert len(held) == 4
    assert top[0].size >= 4 * MIB
    assert "test_profiling_recorder.py:" in top[0].place


def test_the_command_writes_the_same_bytes_with_profiling_on_and_off(tmp_path, capsys):
    source = tmp_path / "in.log"
    source.write_bytes(b"2025-12-13 10:00:00 INFO a line\n" * 1000)
    main([str(source), str(tmp_path / "on"), "--profile", "baseline", "--series", str(tmp_path / "series.csv")])
    facts = json.loads(capsys.readouterr().out)
    main([str(source), str(tmp_path / "off"), "--profile", "baseline", "--off"])

    assert facts["bytes"] == source.stat().st_size
    assert (tmp_path / "on").read_bytes() == (tmp_path / "off").read_bytes()
    assert (tmp_path / "series.csv").read_text().count("\n") > 2
