"""Programs that an instrument starts apart: nothing but the bytes of their streams is between one and the next."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import threading
import time

import pytest

from orchestrator.agents.caged import CALL, MEASURED
from orchestrator.agents.merging import carry_instrument
from orchestrator.executors.agentwork import Checkout
from orchestrator.executors.order import WorkOrder

with_bubblewrap = pytest.mark.skipif(not shutil.which("bwrap"), reason="bubblewrap is not installed")


@pytest.fixture
def instrument(repo):
    """Run a shell's text as an instrument of the base; its result, and what it wrote on both streams."""

    def go(text, kind="bubblewrap", **more):
        commit = repo.git("rev-parse", "main")
        order = WorkOrder(
            run="r",
            task="A.measure",
            attempt=1,
            folder=repo.state / "runs/r/A.measure/1",
            project=repo.folder,
            cache=repo.state / "cache",
            command=("sh", "-c", text, "sh", sys.executable),
            checkout=Checkout(repo.folder, commit, commit, (), repo.state / "work/r/A.measure/1/checkout", kind),
            **more,
        )
        result = carry_instrument(order, threading.Event(), lambda _told: None)
        logs = [order.folder / name for name in ("stdout.log", "stderr.log")]
        return result, *(log.read_text() if log.exists() else "" for log in logs)

    return go


@with_bubblewrap
def test_a_program_apart_gets_its_input_and_gives_its_output_and_exit_code(instrument):
    _, said, told = instrument('printf in | "$ORCHESTRATE_APART" sh -c "cat; echo out; echo err >&2; exit 3"; echo $?')
    assert (said, told) == ("inout\n3\n", "err\n")


@with_bubblewrap
def test_a_program_apart_reads_the_checkout_and_cannot_write_it(instrument):
    _, said, _ = instrument(
        'f="$ORCHESTRATE_CHECKOUT/src/pack.py"; "$ORCHESTRATE_APART" sh -c "cat $f; echo x > $f"; echo $?'
    )
    assert said.startswith("plain\n")
    assert said.splitlines()[-1] != "0"


KEPT = r"""
import os, sys
places = sys.argv[2:]
print([each for each in places if os.path.exists(each + "/left")])
for place in places:
    try:
        open(place + "/left", "w").write("x")
        os.setxattr(place, "user.left", b"x")
    except OSError:
        pass
"""


@with_bubblewrap
def test_what_a_program_apart_writes_is_gone_for_the_next_and_for_the_instrument(instrument):
    places = '"$HOME" "$TMPDIR" "$PWD" /tmp /var/tmp /dev/shm /run /root "$ORCHESTRATE_CHECKOUT" "$XDG_CACHE_HOME"'
    text = f'code=\'{KEPT}\'; a() {{ "$ORCHESTRATE_APART" "$1" -c "$code" x {places}; }}; a "$1"; a "$1"; '
    _, said, _ = instrument(text + f'"$1" -c "$code" x {places}')
    assert said == "[]\n" * 3


@with_bubblewrap
def test_a_program_apart_does_not_see_what_the_instrument_wrote(instrument):
    _, said, _ = instrument(
        'echo plain > "$TMPDIR/plain"; echo plain > here; "$ORCHESTRATE_APART" sh -c "ls -A \\$TMPDIR \\$PWD \\$HOME | '
        'grep -c plain"'
    )
    assert said == "0\n"


@with_bubblewrap
def test_a_process_that_is_left_ends_with_its_program_and_reaches_no_other(instrument):
    leave = "import socket, os, time; s = socket.socket(socket.AF_UNIX); s.bind(chr(0) + 'left'); s.listen(); "
    leave += "os.fork() or (os.setsid(), time.sleep(60))"
    find = "import socket; s = socket.socket(socket.AF_UNIX); print(s.connect_ex(chr(0) + 'left'))"
    began = time.monotonic()
    _, said, _ = instrument(f'"$ORCHESTRATE_APART" "$1" -c "{leave}"; "$ORCHESTRATE_APART" "$1" -c "{find}"')
    assert said.strip() not in {"", "0"}
    assert time.monotonic() - began < 50


KEY = r"""
import ctypes, os, sys
add, request, control = {"x86_64": (248, 249, 250)}.get(os.uname().machine, (217, 218, 219))
call = ctypes.CDLL(None).syscall
if sys.argv[1] == "leave":
    for ring in (-3, -4, -5):  # of the session, the user, the user's session
        call(add, b"user", b"left", b"x", ctypes.c_size_t(1), ctypes.c_long(ring))
elif sys.argv[1] == "find":
    print(call(request, b"user", b"left", None, ctypes.c_long(0)) > 0)
else:
    call(control, 1, None)
    os.execvp(sys.argv[1], sys.argv[1:])
"""


@with_bubblewrap
def test_a_key_in_a_ring_of_the_kernel_is_not_found_by_the_next(tmp_path):
    (tmp_path / "apart").mkdir()
    given = {"words": ["bwrap", "--ro-bind", "/", "/"], "tmp": "/tmp", "names": ["PATH"]}
    (tmp_path / "apart/words.json").write_text(json.dumps(given))
    (tmp_path / "key.py").write_text(KEY)
    key, call = [sys.executable, str(tmp_path / "key.py")], [sys.executable, "-I", "-S", CALL, str(tmp_path / "apart")]
    text = " && ".join(shlex.join([*call, *key, each]) for each in ("leave", "find"))
    measured = [sys.executable, "-I", "-S", MEASURED, str(tmp_path / "fifo"), str(tmp_path / "apart"), "sh", "-c", text]
    env = os.environ | {"ORCHESTRATE_EVIDENCE": str(tmp_path / "evidence")}
    (tmp_path / "evidence").touch()
    done = subprocess.run([*key, *measured], env=env, capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"


@with_bubblewrap
def test_a_program_apart_has_no_variable_of_the_instrument_but_the_usual(instrument):
    _, said, _ = instrument('NEW=new "$ORCHESTRATE_APART" env', env={"SECRET_OF_THE_PLAN": "x"})
    names = {line.partition("=")[0] for line in said.splitlines()}
    assert names - {"LANG", "LC_ALL", "TZ", "PWD"} == {
        "PATH",
        "HOME",
        "TMPDIR",
        "ORCHESTRATE_ATTEMPT",
        "ORCHESTRATE_OWNER",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHASHSEED",
    }


@with_bubblewrap
def test_a_program_apart_can_neither_record_nor_start_another(instrument):
    _, said, _ = instrument('"$ORCHESTRATE_APART" ls "$ORCHESTRATE_EVIDENCE" "$ORCHESTRATE_APART" 2>/dev/null; echo $?')
    assert said != "0\n"
    assert "evidence" not in said
    assert "apart" not in said


@with_bubblewrap
def test_what_is_built_into_a_named_folder_is_there_to_read_from_then_on(instrument):
    _, said, _ = instrument(
        '"$ORCHESTRATE_APART" --into build sh -c "echo built > it" && "$ORCHESTRATE_APART" --from build sh -c '
        '"cat it; echo x > it; echo x > that"; "$ORCHESTRATE_APART" --from build ls'
    )
    assert said == "built\nit\n"


@with_bubblewrap
def test_a_program_that_is_not_there_is_told_by_name(instrument):
    _, said, told = instrument('"$ORCHESTRATE_APART" no-such-program; echo $?')
    assert said == "125\n"
    assert "no-such-program" in told


@with_bubblewrap
@pytest.mark.parametrize("words", ["--into ../x true", "--from never true", "--into", "", "--into a --from a true"])
def test_words_that_mean_nothing_are_refused_with_the_mend(instrument, words):
    _, said, told = instrument(f'"$ORCHESTRATE_APART" {words}; echo $?')
    assert said == "125\n"
    assert "mend:" in told


@with_bubblewrap
def test_a_folder_that_was_read_from_is_not_built_into_any_more(instrument):
    _, said, told = instrument(
        'a() { "$ORCHESTRATE_APART" "$@"; }; a --into b true; a --from b true; a --into b touch left; echo $?'
    )
    assert said == "125\n"
    assert "mend:" in told


@with_bubblewrap
def test_a_folder_that_is_still_built_into_is_not_read_from(instrument):
    _, said, told = instrument(
        'a() { "$ORCHESTRATE_APART" "$@"; }; a --into b sh -c "touch begun; sleep 60" & '
        'while ! test -e "${ORCHESTRATE_APART%/run}/kept/b/begun"; do sleep 0.05; done; '
        "a --from b true; echo $?; kill $!; wait; a --into c true; a --from c true; echo $?"
    )
    assert said == "125\n0\n"
    assert "b is still built into; mend:" in told


HELD = """
import os, socket, subprocess, sys
os.chdir(os.path.dirname(os.environ["ORCHESTRATE_APART"]))
held = [socket.socket(socket.AF_UNIX) for _ in range(60)]
for each in held:
    each.connect("door")
call = [os.environ["ORCHESTRATE_APART"], "true"]
try:
    print(subprocess.run(call, timeout=3, cwd="/").returncode)
except subprocess.TimeoutExpired:
    print("waits")
for each in held:
    each.close()
print(subprocess.run(call, cwd="/").returncode)
"""


@with_bubblewrap
def test_calls_have_a_bound_so_that_nobody_starts_any_number_of_processes_outside(instrument):
    assert instrument(f"\"$1\" -c '{HELD}'")[1:] == ("waits\n0\n", "")


ENDLESS = """
import os, socket
os.chdir(os.path.dirname(os.environ["ORCHESTRATE_APART"]))
caller = socket.socket(socket.AF_UNIX)
caller.connect("door")
sent = 0
try:
    while sent < 2**25:
        sent += caller.send(b"x" * 2**16)
except OSError:
    print("refused")
"""


@with_bubblewrap
def test_a_call_of_endless_words_is_refused(instrument):
    assert instrument(f"\"$1\" -c '{ENDLESS}'")[1] == "refused\n"


@with_bubblewrap
def test_ending_the_call_ends_its_program(instrument):
    result, said, _ = instrument(
        'timeout -s KILL 1 "$ORCHESTRATE_APART" sleep 60; echo ended; "$ORCHESTRATE_APART" echo more', timeout=30
    )
    assert (result.failure, said) == (None, "ended\nmore\n")


@with_bubblewrap
def test_large_streams_pass_whole_whichever_side_waits(instrument):
    _, said, _ = instrument(
        'a() { "$ORCHESTRATE_APART" "$@"; }; head -c 3000000 /dev/zero | a cat | wc -c; '
        "a head -c 3000000 /dev/zero | wc -c; yes | a head -n 1"
    )
    assert said.split() == ["3000000", "3000000", "y"]


@with_bubblewrap
def test_output_that_was_cut_off_is_a_failure(instrument):
    _, said, told = instrument('"$ORCHESTRATE_APART" echo more > /dev/full; echo $?')
    assert said == "125\n"
    assert "cut off" in told


@pytest.mark.parametrize("kind", ["landlock", "none"])
def test_without_bubblewrap_nothing_is_run_apart_and_the_mend_is_told(instrument, kind):
    if kind == "landlock" and not pytest.importorskip("landlockpy").supported():
        pytest.skip("this kernel has no landlock")
    result, said, told = instrument('"$ORCHESTRATE_APART" echo ran', kind)
    assert "ran" not in said
    assert "exit code 125" in result.failure.message
    assert "bubblewrap" in told
