"""Coverage-guided fuzzing with atheris: `python -m benchmarks.codec.fuzz TARGET [--seconds 60] [--corpus FOLDER]
[--replay FILE…]`.

    body     any bytes as a block's body, asked for any size: a GlyphError, or exactly that many bytes
    stream   any bytes as a stream, its checksums made right so that damage gets past them: a GlyphError, or bytes
    encode   any bytes under any strategy: the same bytes come back
    numbers  any bytes as a stream of back end 6: a GlyphError, or exactly so many bytes; as numbers: they come back
    filters  the same of back end 7, with branches and columns

Any other exception, an answer that takes longer than a second, or memory over 1 GiB is a finding; libFuzzer writes its
input to the working directory as crash-…, and --replay runs such files again. Coverage is that of Python code; kernels
run compiled, but with bounds checks (their own cache folder, compiled anew once: half a minute), so that a step outside
an array is an IndexError. Needs atheris (PyPI).
"""

import argparse
import contextlib
import importlib
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

KERNELS = ("@kernel", "@part", "@inlined", "@instruction", "njit")
"""What a module's source holds when its functions are compiled and so cannot be instrumented."""
SLOWEST = 1.0
MOST_MEMORY = 1024
"""MiB resident, over which libFuzzer stops."""
LONGEST = 1 << 15
STREAM_LIMITS = {"max_output": 1 << 22, "max_block": 1 << 24, "max_memory": 1 << 27}
"""A stream says how long its blocks may be. Under a smaller limit than the levels' own every one would be refused."""
CODEBOOK = b'2026-03-01 00:00:00 INFO {"id": 1, "name": "what blocks before said"}\n' * 8
ENVIRONMENT = {
    "ENCODER_KERNELS": "jit",
    "NUMBA_BOUNDSCHECK": "1",
    "NUMBA_CACHE_DIR": str(Path(tempfile.gettempdir()) / "glyph-fuzz-kernels"),
}


class TooSlowError(Exception):
    """An input took longer than `SLOWEST` seconds."""


def modules(*, compiled: bool) -> Iterator[str]:
    """The encoder's modules that hold kernels, or those that hold none; not the command line's."""
    root = Path(importlib.import_module("encoder").__file__ or "").parent
    for file in sorted(root.rglob("*.py")):
        name = ".".join(("encoder", *file.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")
        text = file.read_text(encoding="utf-8")
        if "cli" not in file.parts and file.name != "__main__.py" and compiled == any(word in text for word in KERNELS):
            yield name


def fuzz_body(data: bytes) -> None:
    """The first three bytes say how many bytes are asked for."""
    from encoder.block.codec import decode_block, describe_block  # noqa: PLC0415 - loaded instrumented
    from encoder.errors import GlyphError  # noqa: PLC0415 - as above
    from encoder.limits import Limits  # noqa: PLC0415 - as above

    size, body, limits = int.from_bytes(data[:3], "little"), data[3:], Limits(max_block=1 << 20, max_memory=1 << 27)
    for codebook in (b"", CODEBOOK):
        with contextlib.suppress(GlyphError):
            describe_block(body, limits, codebook)
        with contextlib.suppress(GlyphError):
            assert len(decode_block(body, size, limits, codebook)) == size


def fuzz_stream(data: bytes) -> None:
    """Decoded front to back, and from the end."""
    import io  # noqa: PLC0415 - as above

    from encoder.api import decode  # noqa: PLC0415 - as above
    from encoder.errors import GlyphError  # noqa: PLC0415 - as above
    from encoder.limits import Limits  # noqa: PLC0415 - as above
    from encoder.stream.decoder import StreamingDecoder  # noqa: PLC0415 - as above

    limits, blob = Limits(**STREAM_LIMITS), repaired(data)
    with contextlib.suppress(GlyphError):
        decode(blob, limits)
    with contextlib.suppress(GlyphError):
        decoder = StreamingDecoder(io.BytesIO(blob), limits)
        decoder.seek(len(data) % 4096)
        decoder.read(100)


def repaired(data: bytes) -> bytes:
    """The stream with the checksums of its header, its first frames and its end frame made right where they stand."""
    from xxhash import xxh3_64_intdigest  # noqa: PLC0415 - as above

    from encoder.container.format import (  # noqa: PLC0415 - as above
        END_CHECK,
        FOOTER,
        FRAME_SIZE,
        HEADER_SIZE,
        SIZES,
        FrameKind,
        short_check,
    )
    from encoder.container.short_end import MARK, SHORT_END, pack_short_end  # noqa: PLC0415 - as above

    out = bytearray(data)
    if len(out) < HEADER_SIZE + FOOTER.size:
        return bytes(out)
    out[16:20] = short_check(out[:16]).to_bytes(4, "little")
    at, raw_offset = HEADER_SIZE, 0
    while at + FRAME_SIZE <= len(out) and out[at] not in (FrameKind.END, FrameKind.SHORT_END):
        raw_size, body_size = SIZES.unpack_from(out, at + 4)[:2]
        if at + FRAME_SIZE + body_size > len(out):
            break
        body = out[at + FRAME_SIZE : at + FRAME_SIZE + body_size]
        out[at + 24 : at + 32] = xxh3_64_intdigest(body).to_bytes(8, "little")
        out[at + 32 : at + 36] = short_check(out[at : at + 32], raw_offset).to_bytes(4, "little")
        at, raw_offset = at + FRAME_SIZE + body_size, raw_offset + raw_size
    end = len(out) - FOOTER.size - END_CHECK.size
    if out[at : at + 1] == MARK[:1] and at == len(out) - SHORT_END.size:
        out[at:] = pack_short_end(out[: min(at, HEADER_SIZE + FRAME_SIZE)])
    elif at < end:
        out[end : end + END_CHECK.size] = END_CHECK.pack(xxh3_64_intdigest(out[at:end]))
    return bytes(out)


def fuzz_encode(data: bytes) -> None:
    """The first two bytes choose the strategy."""
    from encoder.block.codec import decode_block, encode_block  # noqa: PLC0415 - as above

    choices = strategies()
    strategy = choices[int.from_bytes(data[:2], "little") % len(choices)]
    body = encode_block(data[2:], strategy)
    assert decode_block(body, len(data[2:]), codebook=strategy.codebook) == data[2:]


def fuzz_numbers(data: bytes) -> None:
    """The first two bytes say how many bytes are asked for."""
    from encoder.block.backends import compress, decompress  # noqa: PLC0415 - as above
    from encoder.errors import GlyphError  # noqa: PLC0415 - as above
    from encoder.strategy import BackEnd  # noqa: PLC0415 - as above

    size, stream = int.from_bytes(data[:2], "little"), data[2:]
    with contextlib.suppress(GlyphError):
        assert len(decompress(BackEnd.NUMBERS, memoryview(stream), size)) == size
    used, packed = compress(BackEnd.NUMBERS, stream, 1, text=False)
    assert decompress(used, memoryview(packed), len(stream)) == stream


def fuzz_filters(data: bytes) -> None:
    """The first two bytes say how many bytes are asked for."""
    from encoder.block.backends import compress, decompress, memory_of  # noqa: PLC0415 - as above
    from encoder.errors import GlyphError  # noqa: PLC0415 - as above
    from encoder.strategy import BackEnd  # noqa: PLC0415 - as above

    size, stream = int.from_bytes(data[:2], "little"), data[2:]
    with contextlib.suppress(GlyphError):
        memory_of(BackEnd.FILTERED, memoryview(stream), size)
        assert len(decompress(BackEnd.FILTERED, memoryview(stream), size)) == size
    used, packed = compress(BackEnd.FILTERED, stream, 1, text=False)
    assert decompress(used, memoryview(packed), len(stream)) == stream


def strategies() -> list[Any]:
    """Every strategy of every built-in profile, every tree type before every back end, and before zstd with a
    codebook; and those that are held against a level below.
    """
    from dataclasses import replace  # noqa: PLC0415 - as above

    from encoder.profile import BUILT_IN, LEVELS, load_profile  # noqa: PLC0415 - as above
    from encoder.strategy import BackEnd, Strategy, TreeType  # noqa: PLC0415 - as above

    found = [plan for name in BUILT_IN for plan in load_profile(name).strategies.values()]
    found += [Strategy(tree, back_end, 1 if back_end != "store" else 0) for tree in TreeType for back_end in LEVELS]
    found += [Strategy(tree, BackEnd.ZSTD, 3, codebook=CODEBOOK) for tree in TreeType]
    found += [
        replace(plan, separator=separator) for plan in found if plan.tree is TreeType.CSV for separator in b';\t\n"'
    ]
    profiles = [load_profile(name) for name in BUILT_IN]
    above = [(profile, load_profile(profile.below)) for profile in profiles if profile.below]
    held = [replace(one, below=below.strategies[tree]) for top, below in above for tree, one in top.strategies.items()]
    return [*dict.fromkeys(found), *held]  # what is below counts not where they are compared


TARGETS: dict[str, Callable[[bytes], None]] = {
    "body": fuzz_body,
    "stream": fuzz_stream,
    "encode": fuzz_encode,
    "numbers": fuzz_numbers,
    "filters": fuzz_filters,
}


def seeds(target: str) -> Iterator[bytes]:
    """Small valid inputs: every strategy on a little of every generated family of records; of numbers, one of every
    layout.
    """
    if target == "numbers":
        yield from number_seeds()
        return
    if target == "filters":
        yield from filter_seeds()
        return
    from benchmarks.codec.generated import FAMILIES, Source  # noqa: PLC0415 - as above
    from encoder.api import encode  # noqa: PLC0415 - as above
    from encoder.block.codec import encode_block  # noqa: PLC0415 - as above

    pieces = [build(Source(random.Random(name)), 3000)[:6000] for name, build in FAMILIES.items()]
    plans = strategies()
    for number, piece in enumerate(pieces):
        if target == "stream":
            yield from (encode(piece, level) for level in ("fast", "balanced", "high", "max"))
        elif target == "encode":
            yield number.to_bytes(2, "little") + piece
        else:
            yield from (len(piece).to_bytes(3, "little") + encode_block(piece, plan) for plan in plans[number % 5 :: 5])


def number_seeds() -> Iterator[bytes]:
    """A wave as streams of back end 6, in numbers of every width and order."""
    from itertools import product  # noqa: PLC0415 - as above

    from encoder.block.lzma_stream import PLANES_SHAPE, shaped_lzma  # noqa: PLC0415 - as above
    from encoder.block.numbers import WIDTHS, Layout  # noqa: PLC0415 - as above

    planes = bytes((n * n >> 6) & 0xFF for n in range(1003))
    packed = shaped_lzma(planes, 1, PLANES_SHAPE)
    for width, channels, order, big in product(WIDTHS, (1, 2, 3, 255), range(4), (False, True)):
        head = Layout(width, channels, order, big).to_bytes()
        yield len(planes).to_bytes(2, "little") + head + packed


def filter_seeds() -> Iterator[bytes]:
    """Calls and records as streams of back end 7, before every back end that is a library's."""
    from encoder.block.backends import compress, filtered_stream  # noqa: PLC0415 - as above
    from encoder.block.filters import Branches, Columns  # noqa: PLC0415 - as above
    from encoder.strategy import BackEnd  # noqa: PLC0415 - as above

    data = b"".join(b"\x48\xe8" + (4096 - 11 * n).to_bytes(4, "little") + bytes((n % 7, 0, n % 256)) for n in range(99))
    for by in (Branches(), Columns(9, (False,) * 8 + (True,)), Columns(255, (True, False, False) * 85)):
        for back_end in (BackEnd.STORE, BackEnd.ZSTD, BackEnd.LZMA, BackEnd.BROTLI, BackEnd.NUMBERS):
            used, inner = compress(back_end, by.apply(data), 1, text=False)
            yield len(data).to_bytes(2, "little") + filtered_stream(by.to_bytes(), used, inner)


def watched(run: Callable[[bytes], None]) -> Callable[[bytes], None]:
    """`run`, but an error where it takes too long."""

    def once(data: bytes) -> None:
        began = time.thread_time()
        run(data)
        if time.thread_time() - began > SLOWEST:
            raise TooSlowError(f"{time.thread_time() - began:.2f} s for {len(data)} bytes")

    return once


def main() -> None:
    """Fuzz, or replay; libFuzzer ends the process itself."""
    arguments = _arguments()
    if any(os.environ.get(name) != value for name, value in ENVIRONMENT.items()):
        os.environ.update(ENVIRONMENT)
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.codec.fuzz", *sys.argv[1:]])
    run = watched(TARGETS[arguments.target])
    if arguments.replay:
        _load()
        for file in arguments.replay:
            run(file.read_bytes())
            print(f"{file}: no finding")
        return
    import atheris  # noqa: PLC0415 - only where it is installed

    with atheris.instrument_imports(["encoder"], exclude=list(modules(compiled=True))):
        _load()
    with tempfile.TemporaryDirectory(prefix="glyph-fuzz-") as scratch:
        corpus = arguments.corpus or Path(scratch)
        corpus.mkdir(parents=True, exist_ok=True)
        for number, seed in enumerate(seeds(arguments.target)):
            (corpus / f"seed-{number}").write_bytes(seed[:LONGEST])
        options = [
            f"-max_total_time={arguments.seconds}",
            f"-max_len={LONGEST}",
            f"-rss_limit_mb={MOST_MEMORY}",
            "-timeout=20",
        ]
        atheris.Setup([sys.argv[0], str(corpus), *options], run)
        atheris.Fuzz()


def _load() -> None:
    """Everything that a target runs, kernels compiled, before the first input's time is taken."""
    from encoder.block.codec import warm  # noqa: PLC0415 - as above
    from encoder.mixing.loading import load_mixing  # noqa: PLC0415 - as above

    for module in modules(compiled=False):
        importlib.import_module(module)
    warm()
    load_mixing()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--corpus", type=Path, help="a folder of inputs to start from and to add to")
    parser.add_argument("--replay", nargs="*", type=Path, help="run these inputs only")
    return parser.parse_args()


if __name__ == "__main__":
    main()
