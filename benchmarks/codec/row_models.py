"""Size and speed of the models of token rows, beside the first one named: the tokens alone, CPU time of one thread.

    python -m benchmarks.codec.row_models PATH... [--models 6 7] [--megabytes 0.75] [--rounds 3]

Every file is split once by its tree (see `mixing_speed`; .tsv is CSV here). Then its tokens are coded and decoded
with each model in turn. The speed is the median of all rounds, of the bytes of the file.
"""

import argparse
from pathlib import Path
from statistics import median

from benchmarks.codec.mixing_speed import TREES, mean, separator_of, timed
from encoder.limits import Limits
from encoder.mixing.loading import ROWS, prepare_mixing
from encoder.mixing.row_body import EncodedRows, check_memory, decode_rows, encode_rows, plan_rows
from encoder.strategy import TreeType

KNOWN = TREES | {".tsv": TreeType.CSV}
LIMITS = Limits(max_memory=1 << 30)
Result = tuple[int, float, float]


def encoded(data: bytes, tree: TreeType, model: int) -> EncodedRows:
    """The file as rows. Raises ValueError if it cannot be."""
    rows = encode_rows(memoryview(data), tree, separator_of(data), model)
    if rows is None:
        raise ValueError("no rows shrink here")
    return rows


def decoded(rows: EncodedRows, size: int, model: int) -> bytes:
    """The file again."""
    metadata, templates, planes, tail = rows.streams
    plan = plan_rows(metadata, size, LIMITS)
    check_memory(plan, model, LIMITS)
    return decode_rows(plan, templates, planes, tail, memoryview(rows.mixed))


def measure(path: Path, models: list[int], size: int, rounds: int) -> list[Result]:
    """Bytes of the tokens, and MB/s of encoding and of decoding, by model."""
    data = path.read_bytes()[:size]
    tree = KNOWN.get(path.suffix, TreeType.LOG)
    sizes = dict.fromkeys(models, 0)
    times: dict[int, list[tuple[float, float]]] = {model: [] for model in models}
    for _ in range(rounds):
        for model in models:
            rows, encoding = timed(lambda model=model: encoded(data, tree, model))
            again, decoding = timed(lambda rows=rows, model=model: decoded(rows, len(data), model))
            assert again == data, path
            sizes[model] = len(rows.mixed)
            times[model].append((encoding, decoding))
    megabytes = len(data) / 1e6
    results = []
    for model in models:
        encoding, decoding = (median(pair[nth] for pair in times[model]) for nth in range(2))
        results.append((sizes[model], megabytes / encoding, megabytes / decoding))
    return results


def main() -> None:
    """Prints a line for each file and model, then the geometric means of each model's figures over the first's."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--models", nargs="+", type=int, default=[6, 7], choices=sorted(ROWS))
    parser.add_argument("--megabytes", type=float, default=0.75)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    for model in arguments.models:  # kernels are compiled or loaded before anything is timed
        prepare_mixing(ROWS[model])
        rows = encoded(b"one line, 1\n" * 1000, TreeType.LOG, model)
        decoded(rows, 12000, model)
    every: list[list[Result]] = []
    print(f"{'file':28} {'model':>5} {'bytes':>9} {'enc MB/s':>9} {'dec MB/s':>9}")
    for path in arguments.paths:
        every.append(measure(path, arguments.models, int(arguments.megabytes * (1 << 20)), arguments.rounds))
        for model, (size, encoding, decoding) in zip(arguments.models, every[-1], strict=True):
            print(f"{path.name[:28]:28} {model:5} {size:9} {encoding:9.2f} {decoding:9.2f}", flush=True)
    for nth, model in enumerate(arguments.models):
        ratios = [mean([results[nth][figure] / results[0][figure] for results in every]) for figure in range(3)]
        print(f"{'mean, over the first':28} {model:5} {ratios[0]:9.4f} {ratios[1]:9.3f} {ratios[2]:9.3f}")


if __name__ == "__main__":
    main()
