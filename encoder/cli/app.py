"""The verbs with their options and examples. Each verb has its own module."""

from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from encoder.cli.progress import waiting
from encoder.cli.reporting import reported
from encoder.cli.verb import Verb, Verbs


class LevelName(StrEnum):
    """The levels; each is a built-in profile."""

    FAST = "fast"
    BALANCED = "balanced"
    HIGH = "high"
    MAX = "max"


DISTRIBUTIONS = ("workstream-orchestrator", "workstream-orchestrator-encoder")
EXIT_CODES = (
    "Exit codes: 0 done, 1 damaged data, a limit or an i/o error, 2 usage, 129 hang-up, 130 interrupted, 141 the "
    "reader left, "
    "143 terminated."
)

app = typer.Typer(
    name="glyph",
    cls=Verbs,
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:  # noqa: FBT001 - typer's signature
    """Say it where it is asked for, before a verb is missed."""
    if asked:
        from encoder.container.format import MAJOR, MINOR  # noqa: PLC0415 - as above

        typer.echo(f"glyph {installed_version()} (writes format {MAJOR}.{MINOR}, reads {MAJOR}.0 to {MAJOR}.{MINOR})")
        raise typer.Exit


def installed_version() -> str:
    """The version of the distribution that brought the encoder; "0" in a checkout that was not installed."""
    from importlib import metadata  # noqa: PLC0415 - only `--version` needs it

    for name in DISTRIBUTIONS:
        with suppress(metadata.PackageNotFoundError):
            return metadata.version(name)
    return "0"


@app.callback()
def _glyph(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Lossless compression of logs, JSON, CSV and any other bytes, with every byte verified."""


def _profiles(incomplete: str) -> list[str]:
    return [level.value for level in LevelName if level.value.startswith(incomplete)]


Files = Annotated[list[str] | None, typer.Argument(metavar="FILE", help="Files; - or none is standard input.")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="Write to this file (for one input).")]
ToStdout = Annotated[bool, typer.Option("-c", "--stdout", help="Write to standard output.")]
Force = Annotated[bool, typer.Option("-f", "--force", help="Overwrite files; write binary to a terminal.")]
Remove = Annotated[
    bool, typer.Option("--rm/--keep", " /-k", help="Remove each input once its output is safe, or keep it (default).")
]
Recursive = Annotated[bool, typer.Option("-r", "--recursive", help="Take all files below the named folders.")]
Threads = Annotated[
    int | None, typer.Option("-T", "--threads", min=0, max=256, help="Threads; 0 is one for each core.")
]
Quiet = Annotated[bool, typer.Option("-q", "--quiet", help="No progress and no summary.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME|FILE",
        autocompletion=_profiles,
        help="A built-in profile's name, or a JSON file's path.",
    ),
]
Level = Annotated[LevelName, typer.Option("-l", "--level", help="From the fastest to the smallest output.")]
MaxOutput = Annotated[
    str | None, typer.Option("--max-output", metavar="SIZE", help="Refuse to decode more, for example 500M or 2G.")
]
MaxBlock = Annotated[
    str | None, typer.Option("--max-block", metavar="SIZE", help="Refuse larger blocks than this (64M).")
]
MaxMemory = Annotated[
    str | None, typer.Option("--max-memory", metavar="SIZE", help="Refuse a block whose decoding takes more (512M).")
]


@app.command(
    cls=Verb,
    epilog="Examples:\n\n"
    "  glyph encode app.log                  writes app.log.glyph\n\n"
    "  glyph encode -o all.glyph app.log     writes all.glyph\n\n"
    "  glyph encode -l max --rm -r logs/     smaller, and slower; each file by its own\n\n"
    "  tail -n 100000 app.log | glyph encode > tail.glyph",
)
@reported
def encode(  # noqa: PLR0913 - one parameter for each option
    files: Files = None,
    output: Output = None,
    *,
    stdout: ToStdout = False,
    force: Force = False,
    remove: Remove = False,
    recursive: Recursive = False,
    level: Level = LevelName.FAST,
    profile: ProfileName = None,
    threads: Threads = None,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Encode files, each into FILE.glyph beside it, with its mode and times."""
    from encoder.cli.convert import Destination, encode_files  # noqa: PLC0415 - so that --help stays fast

    destination = Destination(output, stdout, force, quiet, remove, recursive, json)
    encode_files(files or ["-"], destination, profile or level.value, threads)


@app.command(
    cls=Verb,
    epilog="Examples:\n\n"
    "  glyph decode app.log.glyph            writes app.log\n\n"
    "  glyph decode -o back.log app.log.glyph\n\n"
    "  glyph decode --salvage -o rest.log damaged.glyph\n\n"
    "  curl -s https://example.org/app.log.glyph | glyph decode --max-output 1G > app.log",
)
@reported
def decode(  # noqa: PLR0913 - one parameter for each option
    files: Files = None,
    output: Output = None,
    *,
    stdout: ToStdout = False,
    force: Force = False,
    remove: Remove = False,
    recursive: Recursive = False,
    threads: Threads = None,
    max_output: MaxOutput = None,
    max_block: MaxBlock = None,
    max_memory: MaxMemory = None,
    salvage: Annotated[
        bool, typer.Option("--salvage", help="Write the undamaged blocks of a damaged file, and say what is lost.")
    ] = False,
    json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Decode files, each FILE.glyph into FILE; a damaged one leaves nothing behind."""
    from encoder.cli.convert import Destination, decode_files, salvage_files  # noqa: PLC0415 - so that --help stays fast
    from encoder.cli.reporting import limits_of  # noqa: PLC0415 - as above

    destination = Destination(output, stdout, force, quiet, remove, recursive, json)
    limits = limits_of(max_output, max_block, max_memory)
    if salvage:
        salvage_files(files or ["-"], destination, limits)
    else:
        decode_files(files or ["-"], destination, limits, threads)


@app.command(
    cls=Verb,
    epilog="Examples:\n\n"
    "  glyph cat app.log.glyph | grep ERROR\n\n"
    "  glyph cat day1.glyph day2.glyph > both.log\n\n"
    "  glyph cat app.log.glyph --records 1000:2000      (or -10: for the last ten)\n\n"
    "  glyph cat app.log.glyph --from-byte 5000000 --length 200",
)
@reported
def cat(  # noqa: PLR0913 - one parameter for each option
    files: Files = None,
    *,
    records: Annotated[
        str | None, typer.Option("--records", metavar="FROM:TO", help="Only these records, from 0, as a slice.")
    ] = None,
    from_byte: Annotated[int, typer.Option("--from-byte", metavar="N", min=0, help="Skip this many bytes.")] = 0,
    length: Annotated[
        int | None, typer.Option("--length", metavar="N", min=0, help="Write at most this many bytes.")
    ] = None,
    threads: Threads = None,
    max_output: MaxOutput = None,
    max_block: MaxBlock = None,
    max_memory: MaxMemory = None,
) -> None:
    """Write what files decode to, one after the other, to standard output.

    A part of a file (not of a pipe) is found by the index at its end: only the blocks that hold it are decoded.
    """
    from encoder.cli.part import cat_waiting, part_of  # noqa: PLC0415 - so that --help stays fast
    from encoder.cli.reporting import limits_of  # noqa: PLC0415 - as above

    part = part_of(records, from_byte, length)
    cat_waiting(files or ["-"], part, limits_of(max_output, max_block, max_memory), threads)


@app.command(
    cls=Verb, epilog="Examples:\n\n  glyph info app.log.glyph\n\n  glyph info --json app.log.glyph | jq .ratio"
)
@reported
def info(  # noqa: PLR0913 - one parameter for each option
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Glyph files (not standard input).")],
    *,
    blocks: Annotated[bool, typer.Option("--blocks", help="One line for each block.")] = False,
    columns: Annotated[int, typer.Option("--columns", min=0, metavar="N", help="Show the N costliest columns.")] = 20,
    max_block: MaxBlock = None,
    max_memory: MaxMemory = None,
    json: Json = False,
) -> None:
    """Show what is in glyph files: sizes, blocks, tree types, back ends and what each column costs."""
    from encoder.cli.info import info_waiting  # noqa: PLC0415 - so that --help stays fast
    from encoder.cli.reporting import limits_of  # noqa: PLC0415 - as above

    info_waiting(files, limits_of(None, max_block, max_memory), blocks=blocks, most=columns, as_json=json)


@app.command(
    cls=Verb,
    epilog="Examples:\n\n"
    "  glyph bench app.log\n\n"
    "  glyph bench --slow --limit 64M --rounds 5 --json app.log data.csv\n\n"
    "  glyph bench --codec 'glyph fast' --codec 'zstd -19' app.log",
)
@reported
def bench(  # noqa: PLR0913 - one parameter for each option
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Your own data.")],
    *,
    rounds: Annotated[int, typer.Option("--rounds", min=1, max=100, help="Timed rounds; the median is shown.")] = 3,
    limit: Annotated[str, typer.Option("--limit", metavar="SIZE", help="Use the first SIZE of each file.")] = "8M",
    slow: Annotated[bool, typer.Option("--slow", help="Also run codecs that take a second for each megabyte.")] = False,
    codec: Annotated[
        list[str] | None, typer.Option("--codec", metavar="NAME", help="Run only this codec. Repeatable.")
    ] = None,
    json: Json = False,
) -> None:
    """Compare ratio and speed with zstd, xz, brotli and gzip on your own data, in memory and one thread each."""
    from encoder.cli.bench import show_bench  # noqa: PLC0415 - so that --help stays fast

    with waiting("measuring"):
        show_bench(files, rounds=rounds, limit=limit, slow=slow, only=codec or [], as_json=json)


@app.command(
    cls=Verb,
    epilog="Examples:\n\n  glyph warm                            once, where the package came without compiled kernels",
)
@reported
def warm(*, quiet: Quiet = False) -> None:
    """Load all kernels now, so that the first large encode or decode need not. Without a library of kernels, compile
    them.
    """
    from encoder.cli.warming import warm_kernels  # noqa: PLC0415 - so that --help stays fast

    with waiting("compiling kernels", quiet=quiet):
        warm_kernels(quiet=quiet)
