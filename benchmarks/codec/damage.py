"""Damage to streams of every strategy, and what it costs: `python -m benchmarks.codec.damage [--corruptions 20000]
[--seed 1]`.

For every strategy of every built-in profile a small stream is made; every truncation of it is tried, and random
corruptions of its body with the frame's checksums made right again, so that the damage reaches the block decoder.
Printed for each: refusals, right answers (a byte that is for information may change), wrong answers, other exceptions,
the slowest answer in processor time and the most memory that one decode took (tracemalloc). Exit status 1 where an
answer was wrong, an exception was not ours, an answer took longer than a second, or memory exceeded the limit.
"""

import argparse
import random
import sys
import time
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xxhash import xxh3_64_intdigest

import encoder
from benchmarks.codec.generated import FAMILIES, Source
from encoder.container.format import FRAME_SIZE, HEADER_SIZE, short_check
from encoder.errors import GlyphError
from encoder.limits import Limits
from encoder.profile import BUILT_IN, load_profile
from encoder.strategy import BackEnd, Strategy, TreeType

FAMILY_OF = {
    TreeType.LOG: "application log",
    TreeType.JSON_LINES: "JSON lines, nested",
    TreeType.JSON: "JSON document, compact",
    TreeType.CSV: "CSV, orders",
    TreeType.XML: "XML, elements",
    TreeType.TEXT: "prose",
    TreeType.OPAQUE: "counters",
}
SIZE = 6000
LIMITS = Limits(max_output=1 << 20, max_block=1 << 20, max_memory=1 << 28)
SLOWEST = 1.0


@dataclass(slots=True)
class Tally:
    """What came of it. seconds: the slowest answer; memory: the most bytes of one."""

    refused: int = 0
    right: int = 0
    wrong: int = 0
    foreign: int = 0
    seconds: float = 0.0
    memory: int = 0

    @property
    def sound(self) -> bool:
        """Nothing wrong, nothing foreign, nothing slow, nothing large."""
        return not self.wrong and not self.foreign and self.seconds <= SLOWEST and self.memory <= LIMITS.max_memory

    def __str__(self) -> str:
        return (
            f"{self.refused} refused, {self.right} right, {self.wrong} wrong, {self.foreign} foreign, "
            f"slowest {self.seconds:.3f} s, most {self.memory / 1e6:.1f} MB"
        )


def strategies() -> dict[str, Strategy]:
    """Every strategy of every built-in profile, the first profile that has it naming it, and every tree type with
    nothing compressed behind it.
    """
    found: dict[Strategy, str] = {}
    for name in BUILT_IN:
        profile = load_profile(name)
        plans = [profile.strategy, *profile.strategies.values(), *([profile.small] if profile.small else [])]
        for plan in plans:
            found.setdefault(plan, f"{name} {plan.tree.value}")
    for tree in TreeType:
        found.setdefault(Strategy(tree, BackEnd.STORE, 0), f"stored {tree.value}")
    return {name: plan for plan, name in found.items()}


def stream_of(strategy: Strategy) -> tuple[bytes, bytes]:
    """(raw bytes, a stream of one block of them under the strategy)."""
    family = FAMILY_OF[strategy.tree]
    raw = FAMILIES[family](Source(random.Random(family)), SIZE)[:SIZE]
    fixed = replace(load_profile("baseline"), block_size=1 << 16, adaptive=False, strategy=strategy, workers=1)
    return raw, encoder.encode(raw, fixed)


def damaged_bodies(stream: bytes, rng: random.Random, times: int) -> Iterator[bytes]:
    """The stream with its only block's body damaged at random, its length kept, and the checksums before it made
    right.
    """
    size = int.from_bytes(stream[HEADER_SIZE + 8 : HEADER_SIZE + 12], "little")
    start = HEADER_SIZE + FRAME_SIZE
    for _ in range(times):
        out = bytearray(stream)
        body = bytearray(stream[start : start + size])
        for _ in range(rng.choice((1, 1, 2, 4))):
            _hurt(body, rng)
        out[start : start + size] = body
        yield checked(out)


def _hurt(body: bytearray, rng: random.Random) -> None:
    """One change that keeps the length: more often near the beginning, where headers and directories stand."""
    at = rng.randrange(len(body)) if rng.random() < 0.5 else rng.randrange(min(len(body), 64))
    end = min(len(body), at + rng.choice((1, 1, 2, 8)))
    kind = rng.randrange(4)
    if kind == 0:
        body[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        body[at:end] = rng.randbytes(end - at)
    elif kind == 2:
        body[at:end] = bytes([rng.choice((0, 1, 0x7F, 0x80, 0xFF))]) * (end - at)
    else:
        other = rng.randrange(len(body) - (end - at) + 1)
        body[at:end] = body[other : other + end - at]


def checked(out: bytearray) -> bytes:
    """The stream with the checksums of its first frame made right."""
    size = int.from_bytes(out[HEADER_SIZE + 8 : HEADER_SIZE + 12], "little")
    start = HEADER_SIZE + FRAME_SIZE
    out[HEADER_SIZE + 24 : HEADER_SIZE + 32] = xxh3_64_intdigest(out[start : start + size]).to_bytes(8, "little")
    out[HEADER_SIZE + 32 : start] = short_check(out[HEADER_SIZE : HEADER_SIZE + 32]).to_bytes(4, "little")
    return bytes(out)


def truncations(stream: bytes) -> Iterator[bytes]:
    """Every beginning of the stream that is not all of it."""
    return (stream[:size] for size in range(len(stream)))


def try_all(raw: bytes, streams: Iterator[bytes], *, traced: bool) -> Tally:
    """Decode each; traced: memory is followed, which is slow."""
    tally = Tally()
    for stream in streams:
        if traced:
            tracemalloc.start()
        began = time.thread_time()
        try:
            if encoder.decode(stream, LIMITS) == raw:
                tally.right += 1
            else:
                tally.wrong += 1
        except GlyphError:
            tally.refused += 1
        except Exception as error:  # noqa: BLE001 - any other is a finding
            print(f"{type(error).__name__}: {error}: {stream.hex()}")
            tally.foreign += 1
        if traced:
            tally.memory = max(tally.memory, tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
        else:
            tally.seconds = max(tally.seconds, time.thread_time() - began)
    return tally


def main() -> int:
    """Try everything, print a line for each strategy."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corruptions", type=int, default=20_000, help="of all strategies together (default 20000)")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    plans = strategies()
    each, sound = -(-arguments.corruptions // len(plans)), True
    for name, plan in plans.items():
        raw, stream = stream_of(plan)
        encoder.decode(stream)
        cut = try_all(raw, truncations(stream), traced=False)
        hurt = try_all(raw, damaged_bodies(stream, random.Random(arguments.seed), each), traced=False)
        traced = try_all(raw, damaged_bodies(stream, random.Random(arguments.seed + 1), each // 20), traced=True)
        hurt.memory = traced.memory
        sound = sound and cut.refused == len(stream) and hurt.sound and traced.sound
        print(
            f"{name:18} {plan.back_end.value:6} {plan.level:3}  {len(stream):5} bytes; {hurt}; cut: {cut.refused} of "
            f"{len(stream)} refused",
            flush=True,
        )
    print("sound" if sound else "UNSOUND")
    return int(not sound)


if __name__ == "__main__":
    sys.exit(main())
