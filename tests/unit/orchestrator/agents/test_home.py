"""What lies in an agent's home when a turn begins."""

from pathlib import Path

import pytest

from orchestrator.agents.driver import DriverError
from orchestrator.agents.home import make_home
from orchestrator.executors.agentwork import Turn

BASES = {"openai": "http://127.0.0.1:7/openai/v1"}


def _turn(home, files):
    return Turn(
        "A",
        "acp",
        ("x",),
        (),
        None,
        "",
        "",
        home,
        "main",
        None,
        home,
        home,
        "b",
        (),
        (),
        (),
        False,
        "none",
        1.0,
        1,
        files=files,
    )


def test_files_stand_in_it_with_the_proxys_address(tmp_path):
    home = tmp_path / "home"
    make_home(_turn(home, {".codex/config.toml": 'url = "${proxy.openai}"', "note": "x"}), BASES)
    assert (home / ".codex/config.toml").read_text() == 'url = "http://127.0.0.1:7/openai/v1"'
    assert (home / "note").stat().st_mode & 0o777 == 0o600
    assert (home / "tmp").is_dir()


def test_they_are_written_again_and_the_rest_is_kept(tmp_path):
    for text in ("one", "two"):
        make_home(_turn(tmp_path, {"a/b": text}), {})
        (tmp_path / "a/own").write_text("kept")
    assert ((tmp_path / "a/b").read_text(), (tmp_path / "a/own").read_text()) == ("two", "kept")


@pytest.mark.parametrize("linked", ["a", "a/b", "a/b.orchestrate-new", "tmp"])
def test_a_link_that_the_agent_left_is_not_followed(tmp_path, linked):
    home, outside = tmp_path / "home", tmp_path / "outside"
    outside.mkdir()
    (outside / "b").write_text("ours")
    (home / linked).parent.mkdir(parents=True)
    (home / linked).symlink_to(outside / "b" if "/" in linked else outside)
    make_home(_turn(home, {"a/b": "new"}), {})
    assert [each.name for each in outside.iterdir()] == ["b"]
    assert (outside / "b").read_text() == "ours"
    assert (home / "a/b").read_text() == "new"
    assert not (home / "tmp").is_symlink()


def test_a_folder_in_the_place_of_a_file_gives_way(tmp_path):
    (tmp_path / "a/b/c").mkdir(parents=True)
    make_home(_turn(tmp_path, {"a/b": "new"}), {})
    assert (tmp_path / "a/b").read_text() == "new"


@pytest.mark.parametrize(("name", "mend"), [("openai", "OPENAI_API_KEY"), ("elsewhere", "anthropic")])
def test_a_proxy_that_the_agent_does_not_get_is_told_with_the_mend(tmp_path, name, mend):
    with pytest.raises(DriverError, match=mend):
        make_home(_turn(Path(tmp_path) / "home", {"a": f"${{proxy.{name}}}"}), {})
    assert not (tmp_path / "home").exists()
