"""`orchestrate` ends as any Python program does: whoever waits for that goes on."""

import subprocess
import sys

CALLED = """
import sys
{load}
def called():
    try:
        {call}
    except SystemExit as ended:
        print("ended with", ended.code)
sys.argv = ["orchestrate", "schema", "-o", "/dev/null"]
called()
"""
RUNNERS = """
from orchestrator.runner import Runner
LEFT = open("left.txt", "w")

def run(context):
    LEFT.write("all of it")

RUNNERS = (Runner("acme.left", run=run),)
"""


def python(*words, **more):
    return subprocess.run((sys.executable, *words), capture_output=True, text=True, timeout=120, check=False, **more)


def test_a_profiler_gets_what_it_profiled(tmp_path):
    done = python("-m", "cProfile", "-o", tmp_path / "out", "-m", "orchestrator", "schema", "-o", "/dev/null")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "out").stat().st_size > 1000


def test_a_program_that_calls_the_command_goes_on():
    for load, call in (
        ("from orchestrator.cli.start import main", "main()"),
        ("import runpy", "runpy.run_module('orchestrator', run_name='__main__', alter_sys=True)"),
    ):
        assert python("-c", CALLED.format(load=load, call=call)).stdout == "ended with 0\n"


def test_a_script_of_another_name_goes_on(tmp_path):
    (tmp_path / "mine.py").write_text(
        "from orchestrator.cli.start import main\ntry:\n    main()\nfinally:\n    print('mine')\n"
    )
    assert python(tmp_path / "mine.py", "schema", "-o", "/dev/null").stdout == "mine\n"


def test_a_file_that_a_runner_in_this_process_left_open_is_whole(shell):
    (shell.folder / "acme_left.py").write_text(RUNNERS)
    shell.env |= {"ORCHESTRATE_RUNNERS": "acme_left:RUNNERS", "PYTHONPATH": f".:{shell.env['PYTHONPATH']}"}
    shell.plan([{"id": "a", "run": "acme.left"}])
    done = shell("run", "-q", "--executor", "inline", "plan.yaml")
    assert done.returncode == 0, done.stderr
    assert shell.lines("left.txt") == ["all of it"]
