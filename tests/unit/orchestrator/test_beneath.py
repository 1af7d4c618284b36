import os

import pytest

from orchestrator import beneath
from orchestrator.beneath import create_below, digest_below, folder_below, open_below, private_folder, set_aside


@pytest.fixture(params=["openat2", "part by part"])
def below(request, tmp_path, monkeypatch):
    if request.param == "part by part":
        monkeypatch.setattr(beneath, "_opener", lambda: None)
    (tmp_path / "outside").write_text("secret")
    root = tmp_path / "root"
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "b" / "file").write_text("inside")
    return root


def test_a_file_below_is_read(below):
    with open_below(below, "a/b/file") as file:
        assert file.read() == b"inside"
    assert digest_below(below, "a/b/file").size == 6


@pytest.mark.parametrize(
    "path", ["a/b/link", "a/linked/file", "a/b/up", "../outside", "/etc/hostname", "", "a/b/../../../outside"]
)
def test_no_link_is_followed_and_nothing_outside_is_read(below, path):
    (below / "a" / "b" / "link").symlink_to(below.parent / "outside")
    (below / "a" / "b" / "up").symlink_to("file")
    (below / "a" / "linked").symlink_to("b")
    with pytest.raises(OSError):
        open_below(below, path)


def test_a_pipe_or_folder_in_the_place_of_a_file_is_refused_at_once(below):
    os.mkfifo(below / "pipe")
    for path in ("pipe", "a"):
        with pytest.raises(OSError, match="not a regular file"):
            open_below(below, path)


def test_a_hard_link_in_the_place_of_our_own_file_is_refused(below):
    os.link(below.parent / "outside", below / "hard")
    with pytest.raises(OSError, match="hard link"):
        open_below(below, "hard", sole=True)


def test_the_root_itself_may_be_reached_through_a_link(below):
    (below.parent / "way").symlink_to(below)
    with open_below(below.parent / "way", "a/b/file") as file:
        assert file.read() == b"inside"


def test_a_new_file_is_its_owners_alone_and_replaces_nothing(below):
    (below / "taken").symlink_to(below.parent / "outside")
    before = os.umask(0)
    try:
        os.close(create_below(below, "new"))
        private_folder(below / "deep" / "folder")
    finally:
        os.umask(before)
    assert (below / "new").stat().st_mode & 0o777 == 0o600
    assert (below / "deep" / "folder").stat().st_mode & 0o777 == 0o700
    with pytest.raises(FileExistsError):
        create_below(below, "taken")
    assert (below.parent / "outside").read_text() == "secret"


def test_what_is_in_the_way_is_kept_under_another_name(below):
    handle = folder_below(below, "a")
    try:
        aside = set_aside(handle, "b")
        assert set_aside(handle, "b") is None
    finally:
        os.close(handle)
    assert (below / "a" / aside / "file").read_text() == "inside"
