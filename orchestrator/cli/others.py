"""Verbs that packages bring: an entry point of the group `orchestrator.verbs` names a function as typer takes it (docs/verbs.md).

None is imported before it is asked for, by name or by `orchestrate --help`. Ours of the same name stands before it.
"""

from collections.abc import Callable
from typing import Any, ClassVar, Final

import typer
from typer.core import TyperCommand, TyperGroup

from orchestrator.cli.faults import reported
from orchestrator.cli.offered import Offering
from orchestrator.errors import OrchestratorError
from orchestrator.extensions import ExtensionPoint


class VerbError(OrchestratorError):
    """A verb of a package cannot be used. The message has the mend."""

    exit_code: ClassVar[int] = 2


VERBS: Final[ExtensionPoint[Callable[..., int | None]]] = ExtensionPoint(
    "orchestrator.verbs", "verb", ("__call__", "__doc__"), VerbError
)


class Verbs(TyperGroup):
    """The command line with the verbs of packages behind ours."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - types of typer that differ from version to version
        """In the order of `orchestrate --help`."""
        own = list(super().list_commands(ctx))
        return own + [name for name in VERBS.names() if name not in own]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - as above
        """Ours, or else a package's; None where there is none."""
        own = super().get_command(ctx, cmd_name)
        return own or (_command(cmd_name) if cmd_name in VERBS.names() else None)


def _command(name: str) -> TyperCommand:
    """A package's verb. One that cannot be used says so when it is called, and keeps no other from its work."""
    try:
        verb = VERBS.find(name)
    except VerbError as error:
        verb = _unusable(error)
    app = typer.Typer(
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.command(name, cls=Offering)(reported(verb))
    command = typer.main.get_command(app)
    assert isinstance(command, TyperCommand), "an app of one verb is that verb"
    return command


def _unusable(error: VerbError) -> Callable[[], None]:
    def verb() -> None:
        raise error

    verb.__doc__ = str(error).split("\n", 1)[0]
    return verb
