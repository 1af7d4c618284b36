"""Glyph files for fsspec, and so for pandas and dask: importing this registers `compression="glyph"` and the ending
`.glyph`.

    import encoder.fsspec_codec
    with fsspec.open("app.csv.glyph", "rt", compression="infer") as file:
        frame = pandas.read_csv(file)
    frame = pandas.read_csv("local:///data/app.csv.glyph", storage_options={"compression": "glyph"}, compression=None)
    frame = dask.dataframe.read_csv("/data/*.csv.glyph", compression="glyph", blocksize=None)

`import encoder` does so too if fsspec is already imported. Workers in other processes need the import as well. Source
of the callback's form: `fsspec.compression.register_compression`. Needs the extra `fsspec`.
"""

from typing import IO, Final

from fsspec.compression import register_compression

from encoder.limits import DEFAULT_LIMITS, Limits
from encoder.profile import DEFAULT, Profile
from encoder.stream.decoder import StreamingDecoder
from encoder.stream.encoder import StreamingEncoder

NAME: Final = "glyph"


def glyph_file(
    infile: IO[bytes], mode: str = "r", *, profile: str | Profile = DEFAULT, limits: Limits = DEFAULT_LIMITS
) -> StreamingDecoder | StreamingEncoder:
    """The stream over an open file, which stays open: decoding for a mode with "r", else encoding."""
    return StreamingDecoder(infile, limits) if "r" in mode else StreamingEncoder(infile, profile)


register_compression(NAME, glyph_file, NAME, force=True)
