"""The help of a verb, with what is installed now: "[orchestrator.executors]" becomes the names of that group of entry points."""

import re
from typing import Any, Final

from typer.core import TyperCommand

NAMED: Final = re.compile(r"\[(orchestrator\.[a-z_]+)\]")


class Offering(TyperCommand):
    """A verb whose options tell what packages offer. They are looked up when its help is asked for, and not before."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - types of typer that differ from version to version
        """As typer does it."""
        for option in self.params:
            if "[orchestrator." in (told := getattr(option, "help", None) or ""):
                option.help = NAMED.sub(lambda found: _names(found[1]), told)  # type: ignore[attr-defined]
        super().format_options(ctx, formatter)


def _names(group: str) -> str:
    from orchestrator.extensions import names  # noqa: PLC0415 - only help needs it

    return ", ".join(names(group))
