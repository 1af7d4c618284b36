import subprocess
import sys
from enum import StrEnum
from pathlib import Path

import pytest

from encoder.cli.verb import UNKNOWN, _Simple, simple, whole


class Level(StrEnum):
    FAST = "fast"


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (str, "text", "text"),
        (Path, "a/b", Path("a/b")),
        (Path, Path("a"), Path("a")),
        (Level, "fast", Level.FAST),
        (Level, Level.FAST, Level.FAST),
        (list[str], ("a", "b"), ["a", "b"]),
        (list[Path], ["a"], [Path("a")]),
        (int, 3, 3),
    ],
)
def test_a_simple_value_is_taken_as_it_is(kind, given, value):
    found = simple(kind, given)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("kind", "given"), [(int, "3"), (Level, "slow"), (list[int], ["1"]), (bool, "yes")])
def test_what_takes_more_than_a_look_is_left_to_typer(kind, given):
    assert simple(kind, given) is UNKNOWN


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("256", 256), ("257", UNKNOWN), ("-1", UNKNOWN), ("1.5", UNKNOWN)]
)
def test_digits_within_the_bounds_are_a_number(text, number):
    assert whole(text, 0, 256) is number or whole(text, 0, 256) == number


def test_a_level_that_there_is_not_is_refused_with_those_that_there_are():
    command = (sys.executable, "-m", "encoder", "encode", "-l", "slow", "x")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "balanced" in done.stderr


def test_encoding_a_file_loads_no_library_of_validation(tmp_path):
    (tmp_path / "a.log").write_bytes(b"x" * 100)
    told = (
        "import sys, atexit; from encoder.cli.start import main; "
        "atexit.register(lambda: print(*sorted({name.split('.')[0] for name in sys.modules}))); main()"
    )
    arguments = ("encode", "-f", "-T", "2", "-l", "fast", "-o", "b.glyph", "a.log")
    done = subprocess.run(
        (sys.executable, "-c", told, *arguments), cwd=tmp_path, capture_output=True, text=True, check=True
    )
    loaded = done.stdout.split()
    assert "encoder" in loaded
    assert not {"pydantic", "rich", "orchestrator"} & set(loaded)


def test_a_version_of_typer_whose_insides_are_elsewhere_does_it_all_by_itself():
    class Option:
        """One of a later version."""

        def get_runtime_param(self):
            return self

        def coerce(self, value, **_):
            return ("by typer", value)

    assert _Simple(Option()).coerce("7", param=object(), ctx=None) == ("by typer", "7")
    assert _Simple(Option()).coerce(None, param=object(), ctx=None) == ("by typer", None)
