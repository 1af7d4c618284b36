"""The codec's errors: one base class, and a subclass for each case that a caller handles differently."""


class GlyphError(Exception):
    """Base of every error that the encoder raises on purpose."""


class FormatError(GlyphError):
    """The bytes are not a glyph stream, or are damaged. Says what was wrong and at which byte."""


class TruncatedError(FormatError):
    """The stream ends before its trailer. Fetch the whole file again."""


class ChecksumError(FormatError):
    """A checksum does not match what was decoded: the stream is damaged and nothing of that block is returned."""


class VersionError(FormatError):
    """The stream needs a newer reader: its major version, or a reserved bit, is unknown here."""


class LimitError(GlyphError):
    """Decoding would exceed a limit that the caller set (`Limits`). Raise the limit if the source is trusted."""


class ProfileError(GlyphError):
    """A profile is not valid. Says which file, which key and the mend."""


class KernelsError(GlyphError):
    """There is nothing that kernels could run by: no library of them, and no numba to compile them. Says why, and
    the mend.
    """
