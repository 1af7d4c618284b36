import typer

from orchestrator.cli.faults import DEBUG, Exit, explain
from orchestrator.cli.offered import reported
from orchestrator.errors import OrchestratorError


def code_of(command, **kwargs):
    try:
        command(**kwargs)
    except typer.Exit as leave:
        return leave.exit_code
    return None


def test_a_defect_of_ours_ends_with_70_and_leaves_its_traceback_in_the_state_folder(tmp_path, capsys):
    def verb(*, state):
        raise ZeroDivisionError(f"in {state.name}")

    assert code_of(reported(verb), state=tmp_path) == Exit.DEFECT
    said = capsys.readouterr().err
    assert "internal error: ZeroDivisionError" in said
    assert "Traceback" not in said
    assert "Traceback" in next(tmp_path.glob("crash-*.txt")).read_text()


def test_without_a_state_folder_the_traceback_is_said(tmp_path, capsys):
    assert explain(ValueError("odd"), tmp_path / "missing") == Exit.DEFECT
    assert capsys.readouterr().err.count("ValueError: odd") == 2
    assert not (tmp_path / "missing").exists()


def test_an_error_on_purpose_is_its_message_and_its_exit_code(capsys):
    class WrongError(OrchestratorError):
        exit_code = 2

    assert explain(WrongError("plan.yaml:1:1: wrong\x1b[2J"), None) == 2
    assert capsys.readouterr().err == "plan.yaml:1:1: wrong\\x1b[2J\n"


def test_debugging_shows_the_traceback_of_any_error(capsys):
    token = DEBUG.set(True)
    try:
        assert explain(OrchestratorError("wrong"), None) == Exit.FAULT
    finally:
        DEBUG.reset(token)
    assert "OrchestratorError: wrong" in capsys.readouterr().err


def test_a_full_disk_is_a_fault_with_a_mend(capsys):
    assert explain(OSError(28, "No space left on device", "reports/x.md"), None) == Exit.FAULT
    said = capsys.readouterr().err
    assert "reports/x.md: No space left on device" in said
    assert "free space" in said


def test_ctrl_c_ends_with_130():
    assert explain(KeyboardInterrupt(), None) == Exit.INTERRUPTED
