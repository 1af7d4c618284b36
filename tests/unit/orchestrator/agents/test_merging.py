"""The merge queue on small repositories, without instruments; schedules with them are played by
benchmarks.agents.merges.
"""

import threading

import pytest

from orchestrator.agents import merging
from orchestrator.agents.merging import carry_merge
from orchestrator.executors.agentwork import Merge, ToJoin
from orchestrator.executors.order import WorkOrder
from orchestrator.state.rounds import HandIn, Talk


def given(repo, name, files, base="main"):
    """A hand-in on a branch of its own; the checkout stays where it was."""
    at = repo.git("rev-parse", base)
    repo.git("checkout", "-q", "--detach", at)
    commit = repo.commit(files, name)
    repo.git("branch", f"given/{name}")
    repo.git("checkout", "-q", "main")
    return ToJoin(f"A.{name}", HandIn(str(repo.folder), f"given/{name}", at, commit, tuple(files), Talk("acp")))


def join(repo, *queue, into="main"):
    order = WorkOrder(
        run="r", task="A.join", attempt=1, folder=repo.state / "join", project=repo.folder, cache=repo.state / "cache",
        merge=Merge(repo.folder, into, queue),
    )  # fmt: skip
    return carry_merge(order, threading.Event(), repo.notes.append)


def test_hand_ins_are_joined_in_order_and_the_checkout_shows_them(repo):
    one, two = given(repo, "one", {"src/one.py": "1\n"}), given(repo, "two", {"src/two.py": "2\n"})
    result = join(repo, one, two)
    assert [bool(each.commit) for each in result.joined] == [True, True]
    assert (repo.folder / "src/one.py").read_text() + (repo.folder / "src/two.py").read_text() == "1\n2\n"
    assert repo.git("status", "--porcelain") == ""


def test_a_clash_takes_no_side_names_the_file_and_lets_the_rest_go_on(repo):
    queue = [
        given(repo, name, {path: f"{name}\n"})
        for name, path in (("one", "src/pack.py"), ("two", "src/pack.py"), ("three", "src/x.py"))
    ]
    result = join(repo, *queue)
    assert [bool(each.commit) for each in result.joined] == [True, False, True]
    assert "it clashes with what is in already: src/pack.py" in result.joined[1].why
    assert repo.shown("main", "src/pack.py") == "one"
    assert repo.git("rev-parse", "given/two") == queue[1].hand_in.commit


def test_what_was_joined_before_is_found_again_and_not_joined_twice(repo):
    one = given(repo, "one", {"src/one.py": "1\n"})
    first, again = join(repo, one), join(repo, one)
    assert first.joined[0].commit == again.joined[0].commit == repo.git("rev-parse", "main")


def test_what_somebody_else_merged_is_measured_before_it_counts(repo, monkeypatch):
    one = given(repo, "one", {"src/one.py": "1\n"})
    repo.git("merge", "-q", "--no-ff", "-m", "by hand", "given/one")
    assert join(repo, one).joined[0].commit == repo.git("rev-parse", "main")
    monkeypatch.setattr(merging._Queue, "_measured", lambda *_args: ((), "it is too slow"))
    found = join(repo, one).joined[0]
    assert (found.commit, "somebody else merged it" in found.why, "it is too slow" in found.why) == ("", True, True)


def test_a_merge_that_was_killed_between_the_move_and_the_checkout_is_caught_up_with(repo, monkeypatch):
    one, two = given(repo, "one", {"src/one.py": "1\n"}), given(repo, "two", {"src/two.py": "2\n"})
    monkeypatch.setattr(merging, "_follow", lambda *_args: None)
    join(repo, one)
    assert repo.git("status", "--porcelain") != ""
    monkeypatch.undo()
    assert [bool(each.commit) for each in join(repo, one, two).joined] == [True, True]
    assert (repo.git("status", "--porcelain"), (repo.folder / "src/one.py").exists()) == ("", True)


def test_a_checkout_with_changes_stops_the_merge_and_keeps_them(repo):
    one = given(repo, "one", {"src/pack.py": "1\n"})
    (repo.folder / "src/pack.py").write_text("mine\n")
    result = join(repo, one)
    assert "changes that are not committed; mend: commit or stash" in result.failure.message.replace("\n", ";")
    assert ((repo.folder / "src/pack.py").read_text(), repo.shown("main", "src/pack.py")) == ("mine\n", "plain")


@pytest.mark.parametrize(("into", "detach"), [("nowhere", False), ("HEAD", True)])
def test_a_target_that_is_none_is_told_with_the_mend(repo, into, detach):
    one = given(repo, "one", {"src/one.py": "1\n"})
    if detach:
        repo.git("checkout", "-q", "--detach")
    assert "mend:" in join(repo, one, into=into).failure.message


def test_a_target_that_is_locked_is_a_clear_stop(repo):
    one = given(repo, "one", {"src/one.py": "1\n"})
    (repo.folder / ".git/refs/heads/main.lock").touch()
    result = join(repo, one)
    assert "main cannot be moved, though nobody moved it" in result.failure.message
    assert repo.shown("main", "src/one.py") == ""


def test_a_target_that_moves_meanwhile_is_joined_anew_on_what_it_is_now(repo, monkeypatch):
    one = given(repo, "one", {"src/one.py": "1\n"})
    repo.git("checkout", "-q", "--detach")
    moved = []

    def measured(_queue, _commit, _hand_ins):
        if not moved:
            moved.append(repo.commit({"src/theirs.py": "t\n"}, "theirs"))
            repo.git("update-ref", "refs/heads/main", moved[0])
        return (), ""

    monkeypatch.setattr(merging._Queue, "_measured", measured)
    found = join(repo, one).joined[0]
    assert repo.git("show", "-s", "--format=%P", found.commit).split() == [moved[0], one.hand_in.commit]
    assert (repo.shown("main", "src/theirs.py"), repo.shown("main", "src/one.py")) == ("t", "1")
