"""The command line as typer has it: what it reads that is not plain, its help, and what a shell completes."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Final

import typer

from orchestrator.cli.app import VERBS, function_of
from orchestrator.cli.complaint import MEND, complaint
from orchestrator.cli.faults import DEBUG, Exit
from orchestrator.cli.offered import Offering, Verbs, reported
from orchestrator.cli.output import tell

HELP: Final = "Run a work breakdown written as YAML, and judge every success criterion only from measured evidence."
EXIT_CODES: Final = (
    "Exit codes: 0 every criterion PASS; 1 a task failed or a criterion FAILed; 2 invalid plan or usage; "
    "3 a criterion UNPROVEN; 4 journal or environment; 5 the run waits for people; 70 internal error; "
    "130 interrupted, or Ctrl-C; 143 SIGTERM while no run was under way."
)


def application(verbs: Iterable[str] = VERBS) -> typer.Typer:
    """The command line with these verbs of ours: one where it is known which is meant, since each takes time to
    make.
    """
    app = typer.Typer(
        name="orchestrate",
        cls=Verbs,
        help=HELP,
        epilog=EXIT_CODES,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_orchestrate)
    for verb in verbs:
        examples = "\n\n".join(f"  {line}" for line in VERBS[verb][1])
        app.command(verb, cls=Offering, epilog=f"Examples:\n\n{examples}")(reported(function_of(verb)))
    return app


def _version(asked: bool) -> None:  # noqa: FBT001 - typer's signature
    """Say it where it is asked for, before a verb is missed."""
    if asked:
        from orchestrator.environment import version  # noqa: PLC0415 - only this option needs it

        typer.echo(f"orchestrate {version()}")
        raise typer.Exit


def _orchestrate(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
    version: Annotated[  # noqa: ARG001 - its callback ends the program
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    DEBUG.set(debug)


def read_by_typer(arguments: Sequence[str]) -> int:
    """Carry out the command line; its exit code, unless typer ends the program itself."""
    verb = next((one for one in arguments if not one.startswith("-")), "")
    app = application([verb] if verb in VERBS else VERBS)
    return _as_data(app, arguments) if "--json" in arguments else app(arguments, prog_name="orchestrate")


def _as_data(app: typer.Typer, arguments: Sequence[str]) -> int:
    """As `app`, but a command line that makes no sense is one JSON object on standard error, as every other error
    is then.
    """
    try:
        return app(arguments, prog_name="orchestrate", standalone_mode=False) or Exit.PASS
    except Exception as error:
        if not hasattr(error, "format_message"):  # typer's own; where their class lies differs from version to version
            raise
        verb = next((f" {one}" for one in arguments if one in VERBS), "")
        mend = f"`orchestrate{verb} --help` shows what it takes"
        tell(complaint(error, f"{error.format_message().rstrip('.')}{MEND}{mend}", Exit.USAGE))
        return Exit.USAGE
