"""The place at which an agent finds its workspace in every round."""

import os

import pytest

from orchestrator.agents.turn import same_place


@pytest.fixture
def turn(repo):
    made = repo.turn()
    made.workspace.mkdir(parents=True)
    (made.workspace / "mine").write_text("kept")
    return made


def test_a_workspace_stands_beside_the_home_within_a_turn_and_not_after_it(turn):
    with same_place(turn) as place:
        assert place.parent == turn.home.parent
        assert (place / "mine").read_text() == "kept"
    assert not os.path.lexists(place)
    assert (turn.workspace / "mine").exists()


def test_a_folder_that_an_agent_put_in_the_place_of_its_workspace_ends_no_turn(turn):
    with same_place(turn) as place:
        place.unlink()
        (place / "below").mkdir(parents=True)
    assert not os.path.lexists(place)


def test_a_folder_that_was_left_in_the_place_of_a_workspace_keeps_no_turn_from_beginning(turn):
    place = turn.home.with_name("workspace")
    (place / "below").mkdir(parents=True)
    with same_place(turn) as found:
        assert (found / "mine").read_text() == "kept"
    assert (turn.workspace / "mine").exists()
