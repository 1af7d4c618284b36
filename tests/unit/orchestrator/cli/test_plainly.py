"""A command line that is read without typer means what it means to typer; whatever is not plain is left to typer."""

import functools
import shlex

import pytest
import typer

from orchestrator.cli import application
from orchestrator.cli.app import VERBS, function_of
from orchestrator.cli.plainly import arguments_of

PLAIN = [
    "run plan.yaml",
    "run --new -q plan.yaml -j 4 --no-page",
    "run plan.yaml --only A --only=B.t --set n=1 --set m=2 --fail-fast -k",
    "run --executor threads --durability=power --no-otlp plan.yaml --junit out.xml --force=*",
    "run -n --explain --accept-loosened --json --reports here plan.yaml --state there",
    "resume",
    "resume some-run --jobs 2 --notify SLACK --executor-set a=b",
    "cancel some-run --json",
    "status",
    "status -a --json some-run",
    "validate plan.yaml --set n=1",
    "history --metric m.value",
    "compare first second",
    "serve --port 0",
    "verify run.tar",
    "approve some-run A.t --as Ada --comment Read",
    "graph -f svg -o plan.svg plan.yaml",
]
NOT_PLAIN = [
    "run",
    "run --help",
    "run -qn plan.yaml",
    "run plan.yaml -j",
    "run plan.yaml -j 0",
    "run plan.yaml -j many",
    f"run plan.yaml -j {'9' * 5000}",
    "run plan.yaml -j4",
    "run plan.yaml --only --new",
    "run plan.yaml --only -x",
    "run plan.yaml --new=yes",
    "run plan.yaml --nwe",
    "run plan.yaml other.yaml",
    "run -- plan.yaml",
    "run ''",
    "logs A.t other",
    "cancel --wait 5",
    "compare",
]


def of(line):
    verb, *words = shlex.split(line)
    return function_of(verb), words


def recorded(monkeypatch):
    """What typer calls a verb with, from here on."""
    called = {}

    def recording(verb):
        function = function_of(verb)

        @functools.wraps(function)
        def record(**given):
            called.update(given)

        return record

    monkeypatch.setattr(application, "function_of", recording)
    return called


def by_typer(line, monkeypatch):
    """What typer calls the verb with."""
    called = recorded(monkeypatch)
    assert application.application()(shlex.split(line), standalone_mode=False) == 0
    return called


def with_defaults(function, given):
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    last = function.__defaults__ or ()
    return {
        **dict(zip(names[len(names) - len(last) :], last, strict=True)),
        **(function.__kwdefaults__ or {}),
        **given,
    }


def alike(given):
    """No values of a repeatable option are none, however that is said."""
    return {name: None if value == [] else value for name, value in given.items()}


@pytest.mark.parametrize("line", PLAIN)
def test_a_plain_line_is_read_as_typer_reads_it(line, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    function, words = of(line)
    plain = arguments_of(function, words)
    assert plain is not None
    assert alike(with_defaults(function, plain)) == alike(by_typer(line, monkeypatch))


@pytest.mark.parametrize("line", NOT_PLAIN)
def test_a_line_that_is_not_plain_is_left_to_typer(line):
    assert arguments_of(*of(line)) is None


def test_a_plan_that_may_not_be_read_is_left_to_typer(tmp_path, monkeypatch):
    plan = tmp_path / "plan.yaml"
    plan.touch()
    monkeypatch.setattr("os.access", lambda *_: False)  # root may read everything
    assert arguments_of(function_of("run"), [str(plan)]) is None


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_can_be_read_plainly_or_says_that_it_cannot(verb):
    assert arguments_of(function_of(verb), ["--no-such-option"]) is None


WORDS = """x 1 0 -1 007 +3 1_0 1.5 0.7 \u0663 \u00b2 - -- -x --json nan * ~ //x =x a=b
plan.yaml folder folder/ a/b/../c"""
VALUES = [*WORDS.split(), "", " 5", "a\nb", "na\u00efve", "\udcff", "9" * 5000]


def options_of(verb):
    """Each name that an option of the verb has."""
    hints = function_of(verb).__annotations__.values()
    declared = [names for hint in hints for each in getattr(hint, "__metadata__", ()) for names in each.names]
    return [name.strip() for names in declared for name in names.split("/") if name.strip()]


def lines_of(verb):
    """Lines that are plain, and lines that nearly are: each option alone, twice, with `=`, stuck to its value, cut."""
    needed = ["--text", "t"] if verb == "answer" else []
    for first in ([], ["plan.yaml"], ["x", "y"], ["x", "y", "z"]):
        base = [*first, *needed]
        yield base
        yield from ([*base, value] for value in VALUES)
        for option in options_of(verb):
            yield from ([*base, option], [option, *base], [*base, option, option], [*base, option[:-1], "5"])
            for value in VALUES:
                yield from ([*base, option, value], [option, value, *base], [*base, f"{option}={value}"])
                yield from ([*base, option, value, option, "5"], [*base, option + value], [option, value, "--", *base])


@pytest.mark.parametrize("verb", VERBS)
def test_no_line_that_is_read_plainly_means_something_else_to_typer(verb, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    called = recorded(monkeypatch)
    command = typer.main.get_command(application.application([verb]))
    function = function_of(verb)
    plain = 0
    for words in lines_of(verb):
        given = arguments_of(function, words)
        if given is None:
            continue
        plain += 1
        called.clear()
        assert command.main([verb, *words], prog_name="orchestrate", standalone_mode=False) == 0, words
        assert told(with_defaults(function, given)) == told(called), words
    assert plain, "no line of this verb is plain"


def told(given):
    """With the types: 30 is not 30.0 where it is printed."""
    return {name: (type(value), value) for name, value in alike(given).items()}
