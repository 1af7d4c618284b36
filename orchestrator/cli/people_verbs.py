"""Parameters of the verbs with which people answer. Their implementations are imported on use, so `--help`
stays fast.
"""

# ruff: noqa: PLC0415 - see above

from typing import Annotated

from orchestrator.cli.declared import Argument, Option
from orchestrator.cli.options import STATE, Json, State

WaitingRun = Annotated[str, Argument(metavar="RUN", help="A run's id, or its beginning.", show_default=False)]
WaitingTask = Annotated[str, Argument(metavar="TASK", help="A task as GROUP.task.", show_default=False)]
Comment = Annotated[
    str, Option("--comment", metavar="TEXT", help="A comment to keep with the answer.", show_default=False)
]
As = Annotated[str, Option("--as", metavar="NAME", help="Who answers. Default: your user's name.", show_default=False)]


def inbox(
    run: Annotated[
        str | None,
        Argument(metavar="RUN", help="A run's id, or its beginning. Default: all runs.", show_default=False),
    ] = None,
    *,
    json: Json = False,
    state: State = STATE,
) -> None:
    """List what waits for people, and what agents ask while they work.

    Each question shows who is asked, since when, until when, and the commands that answer it.
    """
    from orchestrator.cli.people import show_inbox

    show_inbox(state, run, as_data=json)


def approve(  # noqa: PLR0913 - one parameter for each option
    run: WaitingRun, task: WaitingTask, *, comment: Comment = "", as_: As = "", json: Json = False, state: State = STATE
) -> None:
    """Say yes to what a gate asks.

    The yes holds for the commit, the plan, its criteria and the agents' files as they are now. It becomes void when
    one of them changes.
    """
    from orchestrator.cli.people import answer
    from orchestrator.desk import Said
    from orchestrator.state.people import Word

    answer(state, run, task, Said(Word.APPROVED, "cli", comment, as_), as_data=json)


def reject(  # noqa: PLR0913 - one parameter for each option
    run: WaitingRun, task: WaitingTask, *, comment: Comment = "", as_: As = "", json: Json = False, state: State = STATE
) -> None:
    """Say no to what a gate asks, or that a task cannot be done.

    Where agents did what is rejected, the comment goes to them as another round.
    """
    from orchestrator.cli.people import answer
    from orchestrator.desk import Said
    from orchestrator.state.people import Word

    answer(state, run, task, Said(Word.REJECTED, "cli", comment, as_), as_data=json)


def done(  # noqa: PLR0913 - one parameter for each option
    run: WaitingRun, task: WaitingTask, *, comment: Comment = "", as_: As = "", json: Json = False, state: State = STATE
) -> None:
    """Say that a task which waits for a person is done."""
    from orchestrator.cli.people import answer
    from orchestrator.desk import Said
    from orchestrator.state.people import Word

    answer(state, run, task, Said(Word.DONE, "cli", comment, as_), as_data=json)


def answer(  # noqa: PLR0913 - one parameter for each option
    run: WaitingRun,
    question: Annotated[str, Argument(metavar="QUESTION", help="A question as GROUP.task/NUMBER.", show_default=False)],
    *,
    text: Annotated[str, Option("--text", metavar="TEXT", help="The answer to the agent.", show_default=False)],
    as_: As = "",
    json: Json = False,
    state: State = STATE,
) -> None:
    """Answer what an agent asked while it worked.

    The agent finds it when it looks, and in its next brief. It is no approval, and no evidence.
    """
    from orchestrator.cli.people import reply

    reply(state, run, question, text, as_, as_data=json)
