import pytest

from orchestrator.attempts import bring_home, found_folder, kept_folder, under_way, working_folder
from orchestrator.keys import user_keys

SECRET = b"s" * 32


@pytest.fixture
def run_folder(tmp_path):
    folder = tmp_path / "runs" / "r-1"
    folder.mkdir(0o700, parents=True)
    under_way(folder).mkdir(0o700, parents=True)
    return folder


def test_a_working_folder_depends_on_the_secret_and_on_the_attempt(run_folder):
    names = {
        working_folder(run_folder, "A.t", attempt, secret).parent.name
        for attempt in (1, 2)
        for secret in (SECRET, b"other")
    }
    assert len(names) == 4
    assert working_folder(run_folder, "A.t", 1, SECRET) == working_folder(run_folder, "A.t", 1, SECRET)


def test_a_folder_is_found_where_it_is_kept_and_while_it_is_under_way(run_folder, tmp_path):
    assert found_folder(tmp_path, "r-1", "A.t", 1) == kept_folder(tmp_path, "r-1", "A.t", 1)
    secret = user_keys().make("r-1")
    working = working_folder(run_folder, "A.t", 1, secret)
    working.mkdir(parents=True)
    under_way(run_folder).chmod(0o300)
    assert found_folder(tmp_path, "r-1", "A.t", 1) == working
    bring_home(run_folder)
    assert found_folder(tmp_path, "r-1", "A.t", 1) == kept_folder(tmp_path, "r-1", "A.t", 1)
    assert not under_way(run_folder).exists()


def test_what_was_cut_off_is_kept_but_replaces_nothing(run_folder):
    cut_off = working_folder(run_folder, "A.t", 1, SECRET)
    (cut_off / "sub").mkdir(parents=True)
    taken = working_folder(run_folder, "A.t", 2, SECRET)
    taken.mkdir(parents=True)
    (run_folder / "A.t" / "2" / "mine").mkdir(parents=True)
    (under_way(run_folder) / "strange").mkdir()
    bring_home(run_folder)
    assert (run_folder / "A.t" / "1" / "sub").is_dir()
    assert (run_folder / "A.t" / "2" / "mine").is_dir()
    assert taken.is_dir()
    bring_home(run_folder / "none")
