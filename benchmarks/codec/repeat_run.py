"""Many small encodes in a process of its own: `python -m benchmarks.codec.repeat_run FILE TIMES`.

Encodes FILE with `StreamingEncoder` (default settings) so many times, and prints one JSON line: resident memory in MiB
after a tenth of them and after all. The heap's free pages are given back before each reading, so that only what is
still held counts.
"""

import gc
import json
import sys
from pathlib import Path

from benchmarks.codec.stream_run import Counter, memory
from encoder.stream.encoder import StreamingEncoder
from encoder.stream.malloc import give_back


def held() -> float:
    """MiB resident when what is free was given back."""
    gc.collect()
    give_back()
    return memory("VmRSS")


def main() -> None:
    """Encode, and print."""
    data, times = Path(sys.argv[1]).read_bytes(), int(sys.argv[2])
    early = 0.0
    for number in range(1, times + 1):
        with StreamingEncoder(Counter()) as stream:
            stream.write(data)
        if number == times // 10:
            early = held()
    print(json.dumps({"times": times, "early": early, "late": held()}))


if __name__ == "__main__":
    main()
