import pytest

from orchestrator.cli.lines import describe
from orchestrator.cli.output import duration, one_line, plain, table, with_way_on
from orchestrator.evidence.measurement import Usage
from orchestrator.state.events import TaskFailed
from orchestrator.state.failure import Cause, Failure


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0.0s"), (0.44, "0.4s"), (9.96, "10s"), (59.6, "1m00s"), (185, "3m05s"), (7500, "2h05m"), (3599.6, "1h00m")],
)
def test_durations_are_told_in_two_figures_or_so(seconds, told):
    assert duration(seconds) == told


def test_control_characters_become_visible_and_lines_and_letters_stay():
    assert plain("größer\n\x1b[2J\x00\u202e") == "größer\n\\x1b[2J\\x00\\u202e"


def test_one_line_is_one_line_and_not_longer_than_asked():
    told = one_line("a\nb\r\nc\td" + "x" * 500, 20)
    assert told.startswith("a b c d")
    assert len(told) == 20
    assert told.endswith("…")


def test_a_table_lines_its_columns_up():
    assert table(("task", "time"), [("A.long-name", "1s"), ("B", "22s")]) == (
        "task         time\nA.long-name  1s\nB            22s"
    )


def test_the_way_on_stays_whole_behind_a_text_that_is_too_long():
    told = with_way_on("x" * 500, "(orchestrate logs A.b)", 60)
    assert len(told) == 60
    assert told.endswith("x… (orchestrate logs A.b)")
    assert with_way_on("short", "(that)", 60) == "short (that)"


def test_the_line_of_a_failed_task_ends_in_the_command_that_shows_more():
    line = describe(TaskFailed("A.b", 1, Failure(Cause.EXIT, "no " * 200), Usage(1.0, 1.0, 1, 1)))
    assert one_line(line).endswith(" (orchestrate logs A.b)")
