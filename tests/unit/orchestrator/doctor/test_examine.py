"""The facts of this very machine, and of programs that answer badly or never."""

import os
import sys
import time

from orchestrator.doctor import examine as looks
from orchestrator.doctor.examine import examine
from orchestrator.doctor.greeting import greet


def program(folder, name, text):
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(0o755)
    return path


def test_this_machine_is_examined_without_making_the_state_folder(tmp_path):
    facts = examine(tmp_path / "deep" / "state")
    assert facts.python == sys.version_info[:3]
    assert facts.state_problem == ""
    assert facts.state_disk > 0
    assert facts.state_file_system
    assert not (tmp_path / "deep").exists()


def test_a_state_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "state").write_text("")
    assert "is not a folder" in examine(tmp_path / "state").state_problem


def test_a_program_that_fails_or_hangs_has_no_version(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(looks, "PATIENCE", 0.5)
    program(tmp_path, "fails", "raise SystemExit('no')")
    program(tmp_path, "hangs", "import time; time.sleep(60)")
    program(tmp_path, "answers", "print('answers 1.2')")
    assert [looks._version(name, "--version") for name in ("fails", "hangs", "absent", "answers")] == [
        "",
        "",
        "",
        "answers 1.2",
    ]


def test_an_agent_says_which_version_of_acp_it_speaks(tmp_path):
    script = tmp_path / "script.yaml"
    script.write_text("name: honest\nrounds:\n  - - say: Hello.\n")
    found = greet((sys.executable, "-m", "orchestrator", "agent-script", str(script)))
    assert found.protocol >= 1, found
    assert found.name.startswith("honest")


def test_a_program_that_does_not_speak_acp_is_told_and_ended(tmp_path, monkeypatch):
    monkeypatch.setattr("orchestrator.doctor.greeting.PATIENCE", 1.0)
    silent = program(tmp_path, "silent", "import time; time.sleep(60)")
    leaving = program(tmp_path, "leaving", "print('hello')")
    assert "did not answer" in greet((str(silent),)).why
    assert greet((str(leaving),)).why
    assert greet((str(tmp_path / "absent"),)).why


def test_a_clock_that_is_behind_the_journal_is_noticed(tmp_path):
    journal = tmp_path / "journal.sqlite"
    journal.touch()
    os.utime(journal, (time.time() + 7200, time.time() + 7200))
    assert 7000 < examine(tmp_path).clock_behind < 7300
    assert examine(tmp_path / "other").clock_behind < 60


def test_a_home_that_takes_no_keys_is_told(tmp_path, monkeypatch):
    (tmp_path / "config").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    assert "is not a folder" in examine(tmp_path / "state").keys_problem
