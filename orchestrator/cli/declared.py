"""What a verb takes, declared as for typer, and kept as it was said: `typer.Option(…)` would load typer at once.

`offered` makes typer's own declarations of these, and `plainly` reads a plain command line by them.
"""

from typing import TYPE_CHECKING, Any

__all__ = ["Argument", "Declared", "Option"]


class Declared:
    """names: of an option, as typer takes them; none of an argument. how: all else that was said of it."""

    def __init__(self, *names: str, **how: Any) -> None:  # noqa: ANN401 - as typer takes it
        self.names = names
        self.how = how


if TYPE_CHECKING:
    from typer import Argument, Option
else:
    Argument = Option = Declared
