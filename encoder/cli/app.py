"""The verbs with their options and examples; what each does stands in a module of its own."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from encoder.cli.reporting import reported


class LevelName(StrEnum):
    """The levels; each is a built-in profile."""

    FAST = "fast"
    BALANCED = "balanced"
    HIGH = "high"
    MAX = "max"


app = typer.Typer(
    name="glyph",
    help="Lossless compression of logs, JSON, CSV and any other bytes, with every byte verified.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Files = Annotated[list[str] | None, typer.Argument(metavar="FILE", help="Files; - or none is standard input.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file (for one input).")]
ToStdout = Annotated[bool, typer.Option("-c", "--stdout", help="Write to standard output.")]
Force = Annotated[bool, typer.Option("-f", "--force", help="Overwrite files; write binary to a terminal.")]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ProfileName = Annotated[
    str | None, typer.Option("--profile", metavar="NAME|FILE", help="A built-in profile's name, or a JSON file's path.")
]
Level = Annotated[LevelName, typer.Option("-l", "--level", help="From the fastest to the smallest output.")]
MaxOutput = Annotated[
    str | None, typer.Option("--max-output", metavar="SIZE", help="Refuse to decode more, for example 500M or 2G.")
]


@app.command(
    epilog="Examples:\n\n"
    "  glyph encode app.log                  writes app.log.glyph\n\n"
    "  glyph encode -o all.glyph app.log     writes all.glyph\n\n"
    "  glyph encode -l max app.log           smaller, and slower\n\n"
    "  tail -n 100000 app.log | glyph encode > tail.glyph"
)
@reported
def encode(  # noqa: PLR0913 - one parameter for each option
    files: Files = None,
    output: Output = None,
    *,
    stdout: ToStdout = False,
    force: Force = False,
    level: Level = LevelName.FAST,
    profile: ProfileName = None,
    quiet: Quiet = False,
) -> None:
    """Encode files, each into FILE.glyph beside it; the originals stay."""
    from encoder.cli.convert import Destination, encode_files  # noqa: PLC0415 - so that --help stays fast

    encode_files(files or ["-"], Destination(output, stdout, force, quiet), profile or level.value)


@app.command(
    epilog="Examples:\n\n"
    "  glyph decode app.log.glyph            writes app.log\n\n"
    "  glyph decode -o back.log app.log.glyph\n\n"
    "  curl -s https://example.org/app.log.glyph | glyph decode --max-output 1G > app.log"
)
@reported
def decode(  # noqa: PLR0913 - one parameter for each option
    files: Files = None,
    output: Output = None,
    *,
    stdout: ToStdout = False,
    force: Force = False,
    max_output: MaxOutput = None,
    quiet: Quiet = False,
) -> None:
    """Decode files, each FILE.glyph into FILE; a damaged one leaves nothing behind."""
    from encoder.cli.convert import Destination, decode_files  # noqa: PLC0415 - so that --help stays fast

    decode_files(files or ["-"], Destination(output, stdout, force, quiet), max_output)


@app.command(
    epilog="Examples:\n\n  glyph cat app.log.glyph | grep ERROR\n\n  glyph cat day1.glyph day2.glyph > both.log"
)
@reported
def cat(files: Files = None, *, max_output: MaxOutput = None) -> None:
    """Write what files decode to, one after the other, to standard output."""
    from encoder.cli.convert import Destination, decode_files  # noqa: PLC0415 - so that --help stays fast

    decode_files(files or ["-"], Destination(None, stdout=True, force=True, quiet=True), max_output)


@app.command(epilog="Examples:\n\n  glyph info app.log.glyph\n\n  glyph info --json app.log.glyph | jq .ratio")
@reported
def info(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Glyph files (not standard input).")],
    *,
    blocks: Annotated[bool, typer.Option("--blocks", help="One line for each block.")] = False,
    json: Json = False,
) -> None:
    """Show what is in glyph files: sizes, blocks, tree types, back ends and what the columns cost."""
    from encoder.cli.info import show_info  # noqa: PLC0415 - so that --help stays fast

    show_info(files, blocks=blocks, as_json=json)


@app.command(
    epilog="Examples:\n\n  glyph bench app.log\n\n  glyph bench --limit 64M --rounds 5 --json app.log data.csv"
)
@reported
def bench(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Your own data.")],
    *,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=100, help="Timed rounds; the median is shown.")] = 3,
    limit: Annotated[str, typer.Option("--limit", metavar="SIZE", help="Use the first SIZE of each file.")] = "8M",
    json: Json = False,
) -> None:
    """Compare ratio and speed with zstd, xz, brotli and gzip, in memory and one thread each."""
    from encoder.cli.bench import show_bench  # noqa: PLC0415 - so that --help stays fast

    show_bench(files, rounds=rounds, limit=limit, as_json=json)
