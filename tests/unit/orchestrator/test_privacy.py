from orchestrator.privacy import tighten


def modes(folder):
    return {path.name: path.lstat().st_mode & 0o777 for path in folder.iterdir()}


def test_a_folder_of_an_older_version_is_made_private_and_told(tmp_path):
    state = tmp_path / "state"
    (state / "runs").mkdir(parents=True)
    (state / "journal.sqlite").touch(0o644)
    state.chmod(0o755)
    (said,) = tighten(state)
    assert "mend: " in said
    assert state.stat().st_mode & 0o777 == 0o700
    assert modes(state)["journal.sqlite"] == 0o600
    assert list(tighten(state)) == []


def test_a_folder_that_holds_other_things_stays_open_and_ours_in_it_does_not(tmp_path):
    (tmp_path / "runs").mkdir()
    (tmp_path / "journal.sqlite").touch(0o644)
    (tmp_path / "README").touch(0o644)
    tmp_path.chmod(0o755)
    assert len(list(tighten(tmp_path))) == 1
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert modes(tmp_path) == {"runs": 0o700, "journal.sqlite": 0o600, "README": 0o644}


def test_a_link_in_the_place_of_our_file_is_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.touch(0o644)
    state = tmp_path / "state"
    state.mkdir()
    (state / "journal.sqlite").symlink_to(outside)
    list(tighten(state))
    assert outside.stat().st_mode & 0o777 == 0o644


def test_a_folder_that_is_not_there_is_nothing_to_tighten(tmp_path):
    assert list(tighten(tmp_path / "none")) == []
    assert list(tmp_path.iterdir()) == []
