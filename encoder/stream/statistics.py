"""Statistics of the pipeline's stages, to rank bottlenecks."""

from dataclasses import dataclass

from encoder.strategy import TreeType
from encoder.stream.pool import PoolStatistics


@dataclass(frozen=True, slots=True)
class PipelineStatistics:
    """A snapshot of what every stage did. Bytes, and wall seconds summed over the threads of a stage.

    read: filling buffers (for `encode_from`, including the source's own time); detect: selecting strategies; encode:
    counting records, checksum and block encoding; write: the container and the sink. lease_wait: the reader waited for
    a buffer; idle: workers waited for a block; turn_wait: the writer waited for the next block in order. trees: blocks
    by the tree type selected for them.
    """

    blocks: int
    records: int
    bytes_in: int
    bytes_out: int
    read_seconds: float
    detect_seconds: float
    encode_seconds: float
    write_seconds: float
    lease_wait_seconds: float
    idle_seconds: float
    turn_wait_seconds: float
    trees: tuple[tuple[TreeType, int], ...]
    pool: PoolStatistics


@dataclass(slots=True)
class StageClocks:
    """Seconds by stage; each is touched under the pipeline's lock or by one thread only."""

    read: float = 0.0
    detect: float = 0.0
    encode: float = 0.0
    write: float = 0.0
    lease_wait: float = 0.0
    idle: float = 0.0
    turn_wait: float = 0.0
