"""Commands: what they print, what they write as evidence, and how that can be wrong."""

import pytest

from orchestrator.evidence.measurement import Samples
from orchestrator.evidence.metric import Better, Metric
from orchestrator.executors.temporary import tmp_of
from orchestrator.state.failure import Cause

SPEED = Metric("attempt.speed", "ms", Better.LOWER)


def say(line):
    return f"echo '{line}' >> $ORCHESTRATE_EVIDENCE; "


def test_a_command_reports_measurements_by_appending_lines(attempts):
    script = say('{"kind": "measurement", "metric": "attempt.speed", "unit": "s", "values": [1, NaN]}')
    script += 'printf \'{"kind": "note", "text": "no newline"}\' >> $ORCHESTRATE_EVIDENCE'
    result = attempts.shell(script, metrics=(SPEED,))
    assert result.failure is None
    (measurement,) = result.evidence.measurements
    assert (measurement.unit, measurement.data.values[0]) == ("s", 1.0)
    assert isinstance(measurement.data, Samples)
    assert attempts.notes == ["no newline"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (say("hello"), "line 1: it is not JSON"),
        (say("[1]"), "not a JSON object"),
        (say('{"kind": "result"}'), "must be one of note"),
        (say('{"kind": "measurement", "metric": "x", "unit": "ms", "values": [1]}'), "'x' is not declared"),
        (say('{"kind": "measurement", "metric": "attempt.speed", "unit": "MiB", "values": [1]}'), "is in ms"),
        (say('{"kind": "measurement", "metric": "attempt.speed", "unit": "mss", "values": [1]}'), "mss"),
        (say('{"kind": "measurement", "metric": "attempt.speed", "unit": "ms", "values": [true]}'), "only numbers"),
        (say('{"kind": "measurement", "metric": "attempt.speed", "unit": "ms", "values": "1"}'), "list of numbers"),
        (say('{"kind": "measurement", "metric": "attempt.speed", "unit": "ms", "value": 1}'), "has no figures"),
        (say('{"kind": "measurement", "metric": "attempt.speed", "unit": "ms", "x": [1], "y": []}'), "'x_unit' is"),
        (say('{"kind": "note", "text": 1}') + say("{}"), "line 1: 'text' must be text"),
        (say('{"kind": "note", "text": "a"}') + "sleep 0.3; : > $ORCHESTRATE_EVIDENCE", "cut short"),
        ("head -c 5000000 /dev/zero >> $ORCHESTRATE_EVIDENCE", "a line is longer than 4 MiB"),
        ('yes "$(printf %100000s)" | head -c 70000000 >> $ORCHESTRATE_EVIDENCE', "larger than 64 MiB"),
        (say('{"kind": "artifact", "name": "../order.json"}'), "not inside the attempt"),
        (say('{"kind": "artifact", "name": "/etc/hostname"}'), "not inside the attempt"),
        ("ln -s /etc/passwd link; " + say('{"kind": "artifact", "name": "link"}'), "symbolic link"),
        ("ln -s /etc up; " + say('{"kind": "artifact", "name": "up/passwd"}'), "symbolic link"),
        ("mkfifo pipe; " + say('{"kind": "artifact", "name": "pipe"}'), "not a regular file"),
        ("mkdir made; " + say('{"kind": "artifact", "name": "made"}'), "not a regular file"),
    ],
)
def test_evidence_that_cannot_be_used_fails_the_attempt_with_a_mend(attempts, script, words):
    result = attempts.shell(script, metrics=(SPEED,))
    assert result.failure.cause is Cause.EVIDENCE
    assert words in result.failure.message


def test_an_exit_code_of_zero_without_the_demanded_file_is_a_failure(attempts):
    result = attempts.shell("true", artifacts=("report.txt",))
    assert result.failure.cause is Cause.EVIDENCE
    assert "'report.txt' was not left behind" in result.failure.message


def test_a_command_that_is_not_found_could_not_be_started(attempts):
    result = attempts.carry_out(attempts.order(command=("no-such-program",)))
    assert result.failure.cause is Cause.SPAWN
    assert "'no-such-program' could not be started" in result.failure.message


def test_output_beyond_the_cap_is_drained_and_counted(attempts):
    order = attempts.order(command=("sh", "-c", "head -c 64000000 /dev/zero; printf '\\377\\376' >&2"))
    result = attempts.carry_out(order, log_cap=1000)
    assert result.failure is None
    assert attempts.file("stdout.log") == bytes(1000) + b"\n[orchestrate: 63999000 more bytes were not kept]\n"
    assert attempts.file("stderr.log") == b"\xff\xfe"


def test_a_command_works_in_its_folder_and_knows_where_to_put_files(attempts):
    result = attempts.shell('pwd; echo "$TMPDIR|$XDG_CACHE_HOME|$PYTHONHASHSEED|$MINE"', env={"MINE": "yes"})
    assert result.failure is None
    folder, cache = attempts.order().folder, attempts.order().cache
    assert attempts.file("stdout.log").decode() == f"{folder}\n{tmp_of(folder)}|{cache}|0|yes\n"


def test_an_attempt_that_the_journal_has_forgotten_is_set_aside_and_done_again(attempts):
    figure = say('{"kind": "measurement", "metric": "attempt.speed", "unit": "ms", "values": [1]}')
    assert attempts.shell(figure, metrics=(SPEED,)).failure is None
    again = attempts.shell(figure, metrics=(SPEED,))
    assert again.failure is None
    assert len(again.evidence.measurements) == 1
    kept = sorted(path.name for path in (attempts.base / "runs" / "r-1" / "A.task").iterdir())
    assert [name.partition("-")[0] for name in kept] == ["1", "1.forgotten"]
