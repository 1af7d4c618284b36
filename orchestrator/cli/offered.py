"""What packages add to the command line: names in the help of options, and verbs of their own (docs/guides/verbs.md).

An entry point of the group `orchestrator.verbs` names a function as typer takes it. It is imported only when it is
called, or when `orchestrate --help` lists it. A verb of ours hides one of the same name.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, Final, get_args

import typer
from typer.core import TyperCommand, TyperGroup

from orchestrator.cli.declared import Declared
from orchestrator.cli.faults import Left, UsageError, code_of
from orchestrator.extensions import names

VERBS: Final = "orchestrator.verbs"


class Offering(TyperCommand):
    """A verb whose options tell what is installed: "[orchestrator.executors]" becomes the names of that group."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - types of typer that differ from version to version
        """As typer does it."""
        for option in self.params:
            before, sign, rest = (getattr(option, "help", None) or "").partition("[orchestrator.")
            if sign:
                group, _, after = rest.partition("]")
                option.help = f"{before}{', '.join(names(f'orchestrator.{group}'))}{after}"  # type: ignore[attr-defined]
        super().format_options(ctx, formatter)


class Verbs(TyperGroup):
    """The command line with the verbs of packages behind ours."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - as above
        """In the order of `orchestrate --help`."""
        own = list(super().list_commands(ctx))
        return own + [name for name in names(VERBS) if name not in own]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """Ours, or else a package's; None if there is none."""
        own = super().get_command(ctx, cmd_name)
        return own or (_command(cmd_name) if cmd_name in names(VERBS) else None)


def reported(verb: Callable[..., int | None]) -> Callable[..., None]:
    """The verb as typer takes it: its return value is the exit code, and no exception leaves it but typer's own."""

    @functools.wraps(verb)
    def called(*args: Any, **kwargs: Any) -> int | None:  # noqa: ANN401 - whatever the verb takes
        try:
            return verb(*args, **kwargs)
        except typer.Abort as error:
            raise KeyboardInterrupt from error
        except typer.Exit as error:
            raise Left from error

    @functools.wraps(verb)
    def command(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as above
        try:
            code = code_of(called, *args, **kwargs)
        except Left as left:
            raise (left.__cause__ or left) from None
        raise typer.Exit(code)

    return _declared(command)


def _declared(command: Callable[..., None]) -> Callable[..., None]:
    """The same with typer's declarations in place of ours."""
    said = inspect.signature(command)
    parameters = [each.replace(annotation=_of_typer(each.annotation)) for each in said.parameters.values()]
    command.__signature__ = said.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


def _of_typer(hint: Any) -> Any:  # noqa: ANN401 - an annotation
    kind, *said = get_args(hint) if hasattr(hint, "__metadata__") else (hint,)
    ours = next((each for each in said if isinstance(each, Declared)), None)
    if ours is None:
        return hint
    how = dict(ours.how)
    if "autocompletion" in how:
        how["autocompletion"] = _completing(how["autocompletion"])
    made = typer.Option(*ours.names, **how) if ours.names else typer.Argument(**how)
    return Annotated[kind, made]


def _completing(complete: Callable[[typer.Context, str], list[str]]) -> Callable[[typer.Context, str], list[str]]:
    def completed(ctx: typer.Context, incomplete: str) -> list[str]:
        return complete(ctx, incomplete)

    return completed


def _command(name: str) -> TyperCommand:
    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command(name, cls=Offering)(reported(_verb(name)))
    command = typer.main.get_command(app)
    assert isinstance(command, TyperCommand), "an app of one verb is that verb"
    return command


def _verb(name: str) -> Callable[..., int | None]:
    """A package's verb. One that cannot be used says so when it is called, and keeps no other from its work."""
    from orchestrator.extensions import ExtensionPoint  # noqa: PLC0415 - few have any

    offered: ExtensionPoint[Callable[..., int | None]] = ExtensionPoint(
        VERBS, "verb", ("__call__", "__doc__"), UsageError
    )
    try:
        return offered.find(name)
    except UsageError as error:
        return _unusable(error)


def _unusable(error: UsageError) -> Callable[[], None]:
    def verb() -> None:
        raise error

    verb.__doc__ = str(error).split("\n", 1)[0]
    return verb
