"""Every bar of the codec in one run: `python -m benchmarks.codec.bars [PATH…] [--quick] [--json FILE]`.

For each file: ratio, encode and decode speed of our levels beside zstd -3, -9, -19, xz -9e, brotli 11 and what else is
installed, one thread, medians of interleaved rounds; then geometric means by kind and group, and each bar as a line:
met or missed, measured value, spread from the lowest to the highest file, noise of the rounds. Without PATH: generated
data and the machine's own files; incompressible data is always added.

    python -m benchmarks.codec.bars                          # about a quarter of an hour python -m
    benchmarks.codec.bars --quick                  # under a minute: few files, little of each, no slow process bars
    python -m benchmarks.codec.bars corpus/ --servers        # given files, and logs of real servers made on the spot
    python -m benchmarks.codec.bars --level fast --kind csv --kind log --processes none GLYPH_CORPUS=corpus/:more/
    python -m benchmarks.codec.bars --json bars.json

--kind takes kinds (log, jsonl, csv, json, xml, code, prose, opaque, binary) and groups (structured, documents, text).
  Speeds are judged on
--clock wall (the default; run it on a quiet machine) or cpu.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.codec.contenders import ABSENT, Contender, contenders
from benchmarks.codec.file_bars import Row
from benchmarks.codec.process_bars import judge_processes, judge_regret
from benchmarks.codec.report import Verdict, file_lines, group_lines, judge_files, write_json
from benchmarks.codec.samples import MIB, Sample, compressed, families, given, machine
from benchmarks.codec.servers import make_logs
from benchmarks.codec.timing import measure
from encoder.block.codec import warm
from encoder.profile import LEVEL_NAMES

QUICK_FILES = 2
"""Files of one kind that --quick looks at."""


def main() -> None:
    """Measures, prints a file as soon as it is done, judges."""
    arguments = _arguments()
    began = time.monotonic()
    warm()
    rivals = contenders(tuple(arguments.level or LEVEL_NAMES))
    samples = chosen(arguments)
    rows = [_row(sample, rivals, arguments) for sample in samples]
    print("\n".join(["", *group_lines(rows, arguments.clock), ""]) if rows else "no file of that kind")
    verdicts = [
        each for each in judge_files(rows, arguments.clock) if each.scope.split(",")[0] in {one.name for one in rivals}
    ]
    if any(sample.group != "opaque" for sample in samples):
        verdicts.append(judge_regret(samples))
    if arguments.processes != "none":
        verdicts += judge_processes(quick=arguments.processes == "quick")
    _print_verdicts(verdicts)
    if arguments.json:
        write_json(arguments.json, rows, verdicts, {name: str(value) for name, value in vars(arguments).items()})
    print(f"{time.monotonic() - began:.0f} s")


def chosen(arguments: argparse.Namespace) -> list[Sample]:
    """The samples that were asked for."""
    found = [
        sample
        for sample in collect(arguments)
        if not arguments.kind or {sample.kind, sample.group} & set(arguments.kind)
    ]
    if not arguments.quick:
        return found
    seen: dict[str, int] = {}
    kept = []
    for sample in found:
        seen[sample.kind] = seen.get(sample.kind, 0) + 1
        if seen[sample.kind] <= QUICK_FILES:
            kept.append(sample)
    return kept


def collect(arguments: argparse.Namespace) -> Iterator[Sample]:
    """Given files and server logs; where there are none, or with --own, the machine's files and generated data;
    always incompressible data.
    """
    cap = arguments.cap
    samples = list(given(arguments.paths, cap))
    if arguments.servers:
        with tempfile.TemporaryDirectory(prefix="glyph-servers-") as folder:
            for line in make_logs(Path(folder), cap):
                print(line)
            samples += given([Path(folder)], cap, "servers")
    if arguments.own or not samples:
        samples += [*machine(cap), *families(min(cap, MIB))]
    yield from samples
    material = b"".join(sample.data for sample in samples if sample.group != "opaque")
    yield from compressed(material[: 16 * cap], cap)


def _row(sample: Sample, rivals: Sequence[Contender], arguments: argparse.Namespace) -> Row:
    figures = measure(sample.data, rivals, arguments.rounds, arguments.budget)
    row = Row(sample.name, sample.kind, sample.group, sample.source, figures)
    print("\n".join(file_lines(row, arguments.clock)), flush=True)
    return row


def _print_verdicts(verdicts: Sequence[Verdict]) -> None:
    print("\n".join(verdict.line() for verdict in verdicts))
    met = sum(verdict.met is True for verdict in verdicts)
    print(f"{met} met, {sum(verdict.met is False for verdict in verdicts)} missed, of {len(verdicts)} bars")
    for name, why in ABSENT.items():
        print(f"absent: {name}: {why}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    corpus = [Path(part) for part in os.environ.get("GLYPH_CORPUS", "").split(os.pathsep) if part]
    parser.add_argument("paths", nargs="*", type=Path, help="files and folders (default: $GLYPH_CORPUS)")
    parser.add_argument(
        "--level", action="append", choices=LEVEL_NAMES, help="only this level of ours; may be repeated"
    )
    parser.add_argument("--kind", action="append", help="only this kind or group; may be repeated")
    parser.add_argument("--own", action="store_true", help="the machine's own files and generated data beside PATH")
    parser.add_argument("--servers", action="store_true", help="logs of real servers, made on the spot")
    parser.add_argument(
        "--cap", type=lambda text: int(float(text) * MIB), help="MiB of each file (default 4; quick: 0.5)"
    )
    parser.add_argument("--rounds", type=int, help="most rounds (default 5; quick: 2)")
    parser.add_argument(
        "--budget", type=float, help="seconds after which a contender needs no further round (default 1.5; quick: 0.1)"
    )
    parser.add_argument("--clock", choices=("wall", "cpu"), default="wall", help="which time bars are judged on")
    parser.add_argument("--quick", action="store_true", help="under a minute")
    parser.add_argument(
        "--processes", choices=("all", "quick", "none"), help="bars on whole processes (default all; quick: quick)"
    )
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    arguments = parser.parse_args()
    arguments.paths = arguments.paths or corpus
    arguments.cap = arguments.cap or (MIB // 2 if arguments.quick else 4 * MIB)
    arguments.rounds = arguments.rounds or (2 if arguments.quick else 5)
    arguments.budget = arguments.budget or (0.1 if arguments.quick else 1.5)
    arguments.processes = arguments.processes or ("quick" if arguments.quick else "all")
    return arguments


if __name__ == "__main__":
    main()
