import io
import json
import os
import subprocess
import sys
import threading

import pytest

from orchestrator.cli import streams
from orchestrator.cli.progress import Steadfast
from orchestrator.cli.streams import ESCAPED, SafeOutput, escaped, lost_output, make_safe


@pytest.fixture(autouse=True)
def _nothing_lost():
    streams._lost.clear()
    yield
    streams._lost.clear()


def test_a_full_disk_takes_all_it_is_given_and_is_noted_once():
    full = os.open("/dev/full", os.O_WRONLY)
    try:
        output = SafeOutput(full)
        assert [output.write(b"lost") for _ in range(3)] == [4, 4, 4]
        assert streams._lost[full].strerror == "No space left on device"
    finally:
        os.close(full)


def test_a_reader_that_went_away_is_no_loss(monkeypatch):
    reader, writer = os.pipe()
    os.close(reader)
    assert SafeOutput(writer).write(b"x") == 1
    monkeypatch.setitem(streams._lost, 1, streams._lost[writer])
    os.close(writer)
    assert lost_output() is None


def test_a_slow_reader_gets_everything_also_where_the_descriptor_does_not_wait():
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    content, read = os.urandom(1 << 20), bytearray()

    def take():
        while piece := os.read(reader, 1 << 16):
            read.extend(piece)

    thread = threading.Thread(target=take)
    thread.start()
    assert SafeOutput(writer).write(content) == len(content)
    os.close(writer)
    thread.join(60)
    os.close(reader)
    assert bytes(read) == content


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_what_a_stream_cannot_spell_is_escaped_so_that_json_stays_json(encoding):
    make_safe.__globals__["codecs"].register_error(ESCAPED, escaped)
    said = {"title": "Größe → klein 🎉 \udcff"}
    text = json.dumps(said, ensure_ascii=False)
    assert json.loads(text.encode(encoding, ESCAPED).decode(encoding)) == said


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_a_closed_descriptor_leads_nowhere_and_no_file_takes_its_place(closed, tmp_path):
    code = (
        "import sys; from orchestrator.cli.streams import make_safe; make_safe(); "
        f"file = open({str(tmp_path / 'file')!r}, 'w'); print('out'); print('err', file=sys.stderr); "
        "assert file.fileno() > 2 and sys.stdin.read() == ''; file.write('whole'); file.close()"
    )
    shut = " ".join(f"{number}{'<' if number == 0 else '>'}&-" for number in closed)
    script = f'{sys.executable} -c "$CODE" {shut}'
    done = subprocess.run(
        ("sh", "-c", script),
        env=os.environ | {"CODE": code},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, (tmp_path / "file").read_text()) == (0, "whole"), done.stderr
    assert done.stdout == ("" if 1 in closed else "out\n")
    assert done.stderr == ("" if 2 in closed else "err\n")


def test_a_display_that_breaks_is_told_once_and_the_run_goes_on(capsys):
    seen = []

    def listener(envelope):
        seen.append(envelope)
        raise ValueError("odd terminal")

    steadfast = Steadfast(listener)
    for number in range(3):
        steadfast(number)
    assert seen == [0, 1, 2]
    assert capsys.readouterr().err.count("odd terminal") == 1


def test_a_stream_is_made_safe_once(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BufferedWriter(SafeOutput(1))))
    before = sys.stdout
    make_safe()
    assert sys.stdout is before
