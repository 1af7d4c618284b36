"""What the facts about a machine mean: each lack is told with its mend, and only what breaks runs is bad."""

from dataclasses import replace

import pytest

from orchestrator.doctor.findings import EXTRAS, Agent, Facts, State, findings

GOOD = Facts(
    python=(3, 12, 1),
    git="git version 2.39.5",
    cores=2,
    memory=8 << 30,
    open_files=20_000,
    processes=None,
    state=".orchestrate",
    state_problem="",
    state_disk=50 << 30,
    state_file_system="ext4",
    temporary="/tmp",
    temporary_disk=50 << 30,
    bubblewrap="",
    landlock=False,
    chromium="Chromium 130",
    node="v20.1.0",
    clock_kept=True,
    modules=frozenset(module for module, _ in EXTRAS.values()),
    agents=(Agent("codex-acp", 1, "codex 2.6"),),
)


def lacks(facts):
    return {one.what: (one.state, one.mend) for one in findings(facts) if one.state is not State.GOOD}


def test_a_machine_that_has_everything_lacks_nothing():
    assert lacks(GOOD) == {}
    assert [one.said for one in findings(GOOD) if one.what == "agent codex-acp"] == ["codex 2.6 speaks ACP 1"]


@pytest.mark.parametrize(
    ("what", "change", "state"),
    [
        ("Python", {"python": (3, 10, 9)}, State.BAD),
        ("state folder", {"state_problem": "no permission to write to /x"}, State.BAD),
        ("state folder", {"state_file_system": "nfs4"}, State.BAD),
        ("disk of the state folder", {"state_disk": 0}, State.BAD),
        ("disk for temporary files", {"temporary_disk": 50 << 20}, State.LIMITED),
        ("disk for temporary files", {"temporary_disk": 5 << 20}, State.BAD),
        ("keys", {"keys_problem": "cannot be made in /root"}, State.LIMITED),
        ("clock", {"clock_behind": 3600.0}, State.LIMITED),
        ("agents", {"agents": ()}, State.LIMITED),
        ("machine", {"memory": 100 << 20}, State.LIMITED),
        ("limits", {"open_files": 128}, State.LIMITED),
        ("clock", {"clock_kept": False}, State.LIMITED),
        ("git", {"git": ""}, State.LIMITED),
        ("sandbox", {"bubblewrap": "bubblewrap is not installed"}, State.LIMITED),
        ("Chromium", {"chromium": ""}, State.LIMITED),
        ("extra dask", {"modules": GOOD.modules - {"distributed"}}, State.LIMITED),
        ("Node", {"node": ""}, State.LIMITED),
        ("Node", {"node": "v18.19.0"}, State.LIMITED),
        ("agent gemini", {"agents": (Agent("gemini", why="it did not answer"),)}, State.LIMITED),
    ],
)
def test_what_is_missing_is_told_alone_and_with_its_mend(what, change, state):
    (found,) = lacks(replace(GOOD, **change)).items()
    assert (found[0], found[1][0]) == (what, state)
    assert found[1][1]


def test_landlock_is_a_sandbox_where_bubblewrap_does_not_work():
    assert lacks(replace(GOOD, bubblewrap="bubblewrap is not installed", landlock=True)) == {}


def test_a_clock_that_nothing_is_known_of_is_no_lack():
    assert lacks(replace(GOOD, clock_kept=None)) == {}
