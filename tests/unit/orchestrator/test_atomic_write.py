"""Outputs of `orchestrate` that are no regular file."""

import errno
import os
import resource
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from orchestrator.atomic_write import require_file, require_writable, write_all, write_whole
from orchestrator.specialfile import is_special


def test_a_file_and_what_leads_to_one_are_not_special(tmp_path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "circle").symlink_to("circle")
    assert not any(map(is_special, [*tmp_path.iterdir(), tmp_path, tmp_path / "absent" / "far"]))


@pytest.mark.parametrize("linked", [False, True])
def test_a_pipe_is_written_to_and_stays(tmp_path, linked):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    (tmp_path / "link").symlink_to(pipe)
    require_writable(pipe)
    with ThreadPoolExecutor(1) as reader:
        taken = reader.submit(pipe.read_text)
        write_whole(tmp_path / "link" if linked else pipe, "text")
        assert taken.result(30) == "text"
    assert pipe.is_fifo()
    assert (tmp_path / "link").is_symlink()


def test_a_device_is_written_to_and_stays():
    before = Path("/dev/null").stat()
    require_writable(Path("/dev/null"))
    write_whole(Path("/dev/null"), "text")
    after = Path("/dev/null").stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


@pytest.mark.parametrize("name", ["/proc/self/fd/1", "link", "/dev/stdout"])
@pytest.mark.parametrize("redirected", ["> out", "| cat > out"])
@pytest.mark.parametrize("verb", ["schema", "graph {plan}", "import {plan}"])
def test_every_verb_writes_to_a_name_of_standard_output(tmp_path, name, redirected, verb):
    (tmp_path / "link").symlink_to("/proc/self/fd/1")
    (tmp_path / "plan.md").write_text("# A plan\n\n## A\n\n- [ ] do it\n")
    (tmp_path / "plan.yaml").write_text(
        "schema: 1\nid: p\ntitle: P\nagents: {ME: {specialty: x, driver: command}}\n"
        "workstreams: {A: {title: A, lead: ME, tasks: [{id: a, title: a, command: [ls]}]}}\n"
    )
    plan = "plan.md" if verb.startswith("import") else "plan.yaml"
    said = f'"{sys.executable}" -m orchestrator {verb.format(plan=plan)} -o {name} {redirected}'
    done = subprocess.run(("sh", "-c", said), cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out").stat().st_size > 20
    assert (tmp_path / "link").readlink() == Path("/proc/self/fd/1")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "out", "plan.md", "plan.yaml"]


def test_a_device_without_room_is_told_and_stays():
    with pytest.raises(OSError, match="No space left"):
        write_whole(Path("/dev/full"), "too much")
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_what_is_read_again_later_needs_a_file(tmp_path):
    require_file(tmp_path / "run.tar")
    with pytest.raises(OSError, match="no file"):
        require_file(Path("/dev/null"))


def test_of_several_files_each_is_synced_and_their_folder_once_after_them(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").resolve()))
    write_all([(tmp_path / "a" / name, name) for name in ("one", "two")])
    assert [each.name.split(".")[1] for each in synced[:2]] == ["one", "two"]
    assert synced[2:] == [tmp_path / "a"]
    assert [(tmp_path / "a" / name).read_text() for name in ("one", "two")] == ["one", "two"]


def written(*files):
    """What write_all raises."""
    with pytest.raises(OSError, match=r"Errno") as raised:
        write_all(files)
    return raised.value


@pytest.fixture
def small_disk():
    """No file takes more than some bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_disk")
@pytest.mark.parametrize("size", [2000, 200_000])
def test_of_several_files_the_one_without_room_is_told_and_nothing_of_it_is_left(tmp_path, size):
    first, large = tmp_path / "first.md", tmp_path / "large.md"
    large.write_text("as it was")
    error = written((first, "1"), (large, "x" * size), (tmp_path / "third.md", "3"))
    assert (error.errno, error.filename) == (errno.EFBIG, str(large))
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"first.md": "1", "large.md": "as it was"}


def test_of_several_files_the_one_whose_name_a_folder_has_is_told_and_nothing_of_it_is_left(tmp_path):
    (tmp_path / "taken").mkdir()
    error = written((tmp_path / "first", "1"), (tmp_path / "taken", "2"))
    assert (error.errno, error.filename, error.filename2) == (errno.EISDIR, str(tmp_path / "taken"), None)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["first", "taken"]


def test_a_device_without_room_is_told_by_its_name():
    assert written((Path("/dev/full"), "too much")).filename == "/dev/full"


def test_what_was_written_before_a_failure_is_synced_with_its_folder(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").resolve()))
    (tmp_path / "b").touch()
    written((tmp_path / "a" / "one", "1"), (tmp_path / "b" / "two", "2"))
    assert synced[-1] == tmp_path / "a"
