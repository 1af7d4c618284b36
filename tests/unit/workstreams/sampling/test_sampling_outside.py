import hashlib

import pytest

import encoder
from workstreams.corpus import server_log
from workstreams.sampling import Job, SampleError, Spec, interleave, sample


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "in.log"
    path.write_bytes(server_log(2_500_000))
    return path


def test_a_sample_encodes_in_an_interpreter_of_its_own(tmp_path, source):
    spec = Spec(Job.ENCODE, str(source), str(tmp_path / "out"), "baseline", keep=True, settle=(0.01,))
    result = sample(spec, tmp_path)
    blob = (tmp_path / "out").read_bytes()
    assert encoder.decode(blob) == source.read_bytes()
    assert (result.bytes_in, result.bytes_out) == (source.stat().st_size, len(blob))
    assert result.digest == hashlib.sha256(blob).hexdigest()
    assert result.peak_rss >= result.rss_after > 0
    assert result.pipeline["pool"]["outstanding"] == 0
    assert len(result.settled) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.log", "out"]


def test_a_failing_child_tells_what_it_said(tmp_path):
    with pytest.raises(SampleError, match=r"exit code 1[\s\S]*FileNotFoundError"):
        sample(Spec(Job.ENCODE, str(tmp_path / "missing"), str(tmp_path / "out")), tmp_path)


def test_a_child_that_takes_too_long_is_ended(tmp_path):
    with pytest.raises(SampleError, match=r"more than 0\.05 s"):
        sample(Spec(Job.IMPORTS, timeout=0.05), tmp_path)


@pytest.mark.usefixtures("in_process")
def test_streaming_in_any_chunk_and_one_shot_write_the_same_bytes(tmp_path, source):
    target = str(tmp_path / "out")
    arms = {
        "stream": Spec(Job.ENCODE, str(source), target),
        "chunks": Spec(Job.ENCODE, str(source), target, read_size=1000),
        "one-shot": Spec(Job.ONE_SHOT, str(source), target),
    }
    taken = interleave(arms, 2, tmp_path)
    assert [len(results) for results in taken.values()] == [2, 2, 2]
    assert len({result.digest for results in taken.values() for result in results}) == 1


def test_decoding_gives_the_source_back(tmp_path, source, in_process):
    blob = tmp_path / "in.glyph"
    blob.write_bytes(encoder.encode(source.read_bytes()))
    result = in_process(Spec(Job.DECODE, str(blob), str(tmp_path / "out")), tmp_path)
    assert result.digest == hashlib.sha256(source.read_bytes()).hexdigest()


def test_repeating_looks_at_memory_after_every_encode(tmp_path, source, in_process):
    result = in_process(Spec(Job.REPEAT, str(source), str(tmp_path / "out"), repeats=3), tmp_path)
    assert len(result.rss_each) == 3
    assert result.bytes_in == 3 * source.stat().st_size
