# The public names, once: type checkers read them here, and `__init__.py` finds by them what is asked for.

from encoder.api import decode as decode
from encoder.api import encode as encode
from encoder.api import open as open  # noqa: A004 - as in gzip: `encoder.open`
from encoder.detect.pattern import PatternDetector as PatternDetector
from encoder.detect.selector import AdaptiveCompressionSelector as AdaptiveCompressionSelector
from encoder.errors import ChecksumError as ChecksumError
from encoder.errors import FormatError as FormatError
from encoder.errors import GlyphError as GlyphError
from encoder.errors import LimitError as LimitError
from encoder.errors import ProfileError as ProfileError
from encoder.errors import TruncatedError as TruncatedError
from encoder.errors import VersionError as VersionError
from encoder.limits import Limits as Limits
from encoder.profile import PoolSettings as PoolSettings
from encoder.profile import Profile as Profile
from encoder.profile import load_profile as load_profile
from encoder.profile import parse_profile as parse_profile
from encoder.strategy import BackEnd as BackEnd
from encoder.strategy import Strategy as Strategy
from encoder.strategy import TreeType as TreeType
from encoder.stream.decoder import StreamingDecoder as StreamingDecoder
from encoder.stream.encoder import StreamingEncoder as StreamingEncoder
from encoder.stream.pool import GlyphBufferPool as GlyphBufferPool
from encoder.stream.pool import LeaseRecord as LeaseRecord
from encoder.stream.pool import PoolStatistics as PoolStatistics
from encoder.stream.record_range import iter_records as iter_records
from encoder.stream.salvage import Lost as Lost
from encoder.stream.salvage import salvage as salvage
from encoder.stream.statistics import PipelineStatistics as PipelineStatistics
