"""Parameters of the verb about claims. Its implementation is imported when it is used, so `--help` stays fast."""

# ruff: noqa: PLC0415 - see above

from pathlib import Path
from typing import Annotated

from orchestrator.cli.declared import Argument, Option
from orchestrator.cli.options import STATE, JsonFormat, Output, State


def audit(  # noqa: PLR0913 - one parameter for each option
    file: Annotated[
        Path,
        Argument(metavar="FILE", help="A report or message: Markdown, HTML or plain text.", show_default=False),
    ],
    *,
    run: Annotated[
        str | None,
        Option(
            "--run",
            metavar="RUN|BUNDLE|REPORT",
            show_default=False,
            help="Compare the claims with a run (its id, or its beginning), a bundle, or a run's report kept as "
            "Markdown.",
        ),
    ] = None,
    plan: Annotated[
        Path | None,
        Option(
            "--plan", metavar="PLAN", help="Compare the goals in the text with this plan's targets.", show_default=False
        ),
    ] = None,
    root: Annotated[
        Path | None,
        Option(
            "--root",
            metavar="DIR",
            show_default=False,
            help="Where to look for the files that it names. Default: the checkout that holds FILE.",
        ),
    ] = None,
    style: Annotated[
        str, Option("-f", "--format", metavar="FORMAT", help="markdown, html, json or junit.")
    ] = "markdown",
    output: Output = None,
    junit: Annotated[
        Path | None,
        Option("--junit", metavar="FILE", help="Also write the claims to this file, as JUnit XML.", show_default=False),
    ] = None,
    json: JsonFormat = False,
    state: State = STATE,
) -> int:
    """Label every claim of a report or message.

    It compares each claim with the evidence of a run, with the files in the checkout, and with the text itself. A
    claim is measured, contradicted, inconsistent with the text itself, from constants or an estimate, a missing file,
    or without evidence. It guesses nothing and asks no model. The exit code is 1 if anything is contradicted or
    inconsistent.
    """
    from orchestrator.cli.audit import Against, Wanted, audit_file

    return audit_file(file, Against(run, plan, root, state), Wanted("json" if json else style, output, junit))
