"""What one sample does, and what it found: plain data that goes to the child and back as JSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

MIB: Final = 1 << 20


class Job(StrEnum):
    """What a sample does between the two readings of the clock.

    IMPORTS: nothing; its peak is what the interpreter, the imports and the loaded kernels take by themselves.
    ENCODE: the streaming encoder from `source` to `target`. REPEAT: the same, `repeats` times in one process.
    ONE_SHOT: read the whole source, `encoder.encode`, write the target. DECODE: the streaming decoder.
    """

    IMPORTS = "imports"
    ENCODE = "encode"
    REPEAT = "repeat"
    ONE_SHOT = "one_shot"
    DECODE = "decode"


@dataclass(frozen=True, slots=True)
class Spec:
    """One sample. source, target: absolute paths. profile: a built-in name or a JSON file's path.

    read_size: bytes per read of the source, given to `write`. 0 gives the file to `encode_from`, which reads straight
    into the pool's buffers. keep: do not remove the target. settle: seconds after the work at which the resident set
    is read again. timeout: seconds until the child is killed.
    """

    job: Job
    source: str = ""
    target: str = ""
    profile: str = "tuned"
    repeats: int = 1
    read_size: int = 0
    keep: bool = False
    settle: tuple[float, ...] = ()
    timeout: float = 300.0

    def to_json(self) -> str:
        """Inverse of `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A spec from `to_json`'s text."""
        document = json.loads(text)
        return cls(**document | {"job": Job(document["job"]), "settle": tuple(document["settle"])})


@dataclass(frozen=True, slots=True)
class SampleResult:
    """What a child found. Memory in bytes, of its whole process; seconds of the work alone.

    peak_rss: VmHWM after the work, which a new program starts at zero. rss_before: after the imports and the loading of
    the kernels; rss_after: right after the work. rss_each: after every encode of REPEAT. settled: after each of the
    spec's `settle` seconds. digest: sha256 of the target. cpu_seconds: user and system, of the work.
    pipeline: PipelineStatistics as a mapping, with `pool` inside it, empty for jobs without a pipeline.
    """

    seconds: float
    cpu_seconds: float
    peak_rss: int
    rss_before: int
    rss_after: int
    bytes_in: int
    bytes_out: int
    digest: str
    rss_each: tuple[int, ...] = ()
    settled: tuple[int, ...] = ()
    pipeline: Mapping[str, Any] = field(default_factory=dict)

    @property
    def peak_mib(self) -> float:
        """`peak_rss` in MiB."""
        return self.peak_rss / MIB

    @property
    def megabytes_per_second(self) -> float:
        """Input bytes over the work's seconds, in MB/s."""
        return self.bytes_in / self.seconds / 1e6 if self.seconds else 0.0

    def to_json(self) -> str:
        """Inverse of `from_json`."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """A result from `to_json`'s text."""
        document = json.loads(text)
        return cls(**document | {"rss_each": tuple(document["rss_each"]), "settled": tuple(document["settled"])})
