import subprocess
import sys

import fsspec
import pandas as pd
import pytest

import encoder
import encoder.fsspec_codec

ROWS = pd.DataFrame(
    {"n": range(5000), "name": [f"user{n % 7}" for n in range(5000)], "x": [n / 8 for n in range(5000)]}
)
CSV = ROWS.to_csv(index=False).encode()


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv.glyph"
    path.write_bytes(encoder.encode(CSV))
    return path


def test_pandas_reads_a_glyph_file_through_fsspec(table):
    options = {"compression": "glyph"}
    frame = pd.read_csv(f"local://{table}", storage_options=options, compression=None)
    pd.testing.assert_frame_equal(frame, ROWS)


def test_pandas_reads_an_open_glyph_file_and_writes_one(table, tmp_path):
    with encoder.open(table) as file:
        pd.testing.assert_frame_equal(pd.read_csv(file), ROWS)
    with encoder.open(tmp_path / "out.glyph", "wt", newline="") as file:
        ROWS.to_csv(file, index=False)
    assert encoder.decode((tmp_path / "out.glyph").read_bytes()) == CSV


def test_pandas_writes_a_glyph_file_through_fsspec(tmp_path):
    path = tmp_path / "out.csv.glyph"
    ROWS.to_csv(f"local://{path}", storage_options={"compression": "glyph"}, compression=None, index=False)
    assert encoder.decode(path.read_bytes()) == CSV


def test_the_ending_names_the_compression(table):
    with fsspec.open(str(table), "rt", compression="infer", newline="") as file:
        assert file.read().encode() == CSV


def test_pandas_reads_json_lines_in_chunks(tmp_path):
    path = tmp_path / "rows.ndjson.glyph"
    path.write_bytes(encoder.encode(ROWS.to_json(orient="records", lines=True).encode()))
    with encoder.open(path) as file, pd.read_json(file, lines=True, chunksize=700) as chunks:
        assert sum(len(chunk) for chunk in chunks) == len(ROWS)


def test_dask_reads_and_writes_glyph_files(tmp_path):
    dask = pytest.importorskip("dask")
    frames = pytest.importorskip("dask.dataframe")
    with dask.config.set(scheduler="synchronous"):
        parts = frames.from_pandas(ROWS, npartitions=3)
        names = parts.to_csv(str(tmp_path / "part-*.csv.glyph"), compression="glyph", index=False)
        assert len(names) == 3
        read = frames.read_csv(str(tmp_path / "part-*.csv.glyph"), compression="glyph", blocksize=None).compute()
    assert read["n"].tolist() == ROWS["n"].tolist()


@pytest.mark.parametrize("imports", ["import fsspec, encoder", "import encoder.fsspec_codec, fsspec"])
def test_importing_the_encoder_registers_it(imports):
    code = f"{imports}; print('glyph' in fsspec.available_compressions())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"True\n"


def test_the_encoder_alone_does_not_load_fsspec():
    code = "import encoder, sys; print('fsspec' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout == b"False\n"
