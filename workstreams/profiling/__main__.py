"""Encode a file with memory profiling switched on: `python -m workstreams.profiling IN OUT [--profile P] [--series
CSV]`.

The output is the same to the byte as without it. Prints one JSON object: bytes, baseline and peak of the resident set.
"""

import argparse
import json
import sys
from pathlib import Path

from workstreams.profiling.recorder import Recorder


def encode(source: Path, target: Path, profile: str) -> int:
    """Encode `source` to `target`; returns the bytes read."""
    from encoder import StreamingEncoder  # noqa: PLC0415 - loaded where used, so that `--help` is quick

    with source.open("rb", buffering=0) as raw, target.open("wb") as sink, StreamingEncoder(sink, profile) as stream:
        return stream.encode_from(raw)


def main(argv: list[str] | None = None) -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m workstreams.profiling", description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--profile", default="tuned", help="a built-in profile's name, or a JSON file")
    parser.add_argument("--series", type=Path, help="where the resident set over time goes, as CSV")
    parser.add_argument("--off", action="store_true", help="do not profile: to see what profiling costs")
    chosen = parser.parse_args(argv)
    if chosen.off:
        encode(chosen.source, chosen.target, chosen.profile)
        return
    with Recorder() as recorder:
        taken = encode(chosen.source, chosen.target, chosen.profile)
    if chosen.series:
        chosen.series.write_text(recorder.to_csv(), encoding="utf-8")
    facts = {"bytes": taken, "baseline_rss": recorder.baseline, "peak_rss": recorder.peak}
    sys.stdout.write(json.dumps(facts) + "\n")


if __name__ == "__main__":
    main()
