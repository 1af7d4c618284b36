"""The child of a sample: `python -m workstreams.sampling.child SPECS.json RESULTS.json` does its jobs in order and
ends.

The kernels are loaded before the clock starts, so that no figure includes a compilation.
"""

import ctypes
import gc
import hashlib
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from workstreams.sampling.spec import Job, SampleResult, Spec


def memory(key: str) -> int:
    """A figure of this process in bytes: "VmRSS" or "VmHWM" of /proc/self/status (proc(5)), which counts in kB
    of 1024.
    """
    for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name == key:
            return int(value.split()[0]) * 1024
    raise LookupError(f"/proc/self/status has no {key}; samples need Linux")


@dataclass(slots=True)
class Work:
    """What a job leaves for the result."""

    bytes_in: int = 0
    rss_each: list[int] = field(default_factory=list)
    pipeline: Mapping[str, Any] = field(default_factory=dict)


def encode_once(spec: Spec) -> Mapping[str, Any]:
    """Run the streaming encoder over the source. Returns the pipeline's statistics as a mapping."""
    from encoder.stream.encoder import StreamingEncoder  # noqa: PLC0415 - the import is part of what is measured

    source, target = Path(spec.source), Path(spec.target)
    with source.open("rb", buffering=0) as raw, target.open("wb") as sink:
        with StreamingEncoder(sink, spec.profile) as stream:
            if spec.read_size:
                while piece := raw.read(spec.read_size):
                    stream.write(piece)
            else:
                stream.encode_from(raw)
        return asdict(stream.statistics)


def encode_repeatedly(spec: Spec, work: Work) -> None:
    """The same encode repeatedly in one process, with the resident set after each.

    Before each reading, the C library gives back what it keeps free for later. So only memory that is still held
    counts. What the imports made is frozen (gc.freeze): it stays anyway, and looking through it each time takes longer
    than an encode.
    """
    gc.freeze()
    for _ in range(spec.repeats):
        work.pipeline = encode_once(spec)
        give_back_free_memory()
        work.rss_each.append(memory("VmRSS"))


def give_back_free_memory() -> None:
    """Collect garbage and let malloc return its free pages (malloc_trim(3)), if the C library can."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def encode_in_one_call(spec: Spec) -> None:
    """Encode without streams: read it all, encode it all, write it all."""
    from encoder import encode  # noqa: PLC0415 - as in `encode_once`

    Path(spec.target).write_bytes(encode(Path(spec.source).read_bytes(), spec.profile))


def decode_once(spec: Spec) -> None:
    """Run the streaming decoder over the source, a MiB at a time."""
    from encoder.stream.decoder import StreamingDecoder  # noqa: PLC0415 - as in `encode_once`

    with Path(spec.source).open("rb") as raw, Path(spec.target).open("wb") as sink, StreamingDecoder(raw) as stream:
        while piece := stream.read(1 << 20):
            sink.write(piece)


def do(spec: Spec) -> Work:
    """The job itself, between two readings of the clock."""
    work = Work(bytes_in=spec.repeats * Path(spec.source).stat().st_size if spec.source else 0)
    match spec.job:
        case Job.ENCODE:
            work.pipeline = encode_once(spec)
        case Job.REPEAT:
            encode_repeatedly(spec, work)
        case Job.ONE_SHOT:
            encode_in_one_call(spec)
        case Job.DECODE:
            decode_once(spec)
        case Job.IMPORTS:
            pass
    return work


def load() -> None:
    """Everything that a job imports, and the kernels."""
    import_module("encoder.api")
    import_module("encoder.detect.selector")
    from encoder.block.codec import warm  # noqa: PLC0415 - as in `encode_once`

    warm()


def take_sample(spec: Spec) -> SampleResult:
    """Load, do the job, and report what it took."""
    load()
    before, cpu, began = memory("VmRSS"), time.process_time(), time.perf_counter()
    work = do(spec)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    after, peak = memory("VmRSS"), memory("VmHWM")
    settled = tuple(_settle(time.perf_counter(), spec.settle))
    target = Path(spec.target) if spec.target else None
    result = SampleResult(
        seconds=seconds,
        cpu_seconds=cpu,
        peak_rss=peak,
        rss_before=before,
        rss_after=after,
        bytes_in=work.bytes_in,
        bytes_out=target.stat().st_size if target else 0,
        digest=file_digest(target) if target else "",
        rss_each=tuple(work.rss_each),
        settled=settled,
        pipeline=work.pipeline,
    )
    if target and not spec.keep:
        target.unlink()
    return result


def _settle(began: float, moments: tuple[float, ...]) -> list[int]:
    seen = []
    for moment in moments:
        time.sleep(max(0.0, began + moment - time.perf_counter()))
        seen.append(memory("VmRSS"))
    return seen


def file_digest(path: Path) -> str:
    """sha256 of a file, lower-case hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main(specs_path: str, results_path: str) -> None:
    """Read the specs, one a line; take the samples; write the results, one a line."""
    lines = Path(specs_path).read_text(encoding="utf-8").splitlines()
    results = [take_sample(Spec.from_json(line)).to_json() for line in lines]
    Path(results_path).write_text("\n".join(results), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
