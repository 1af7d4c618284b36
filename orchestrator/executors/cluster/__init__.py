"""Attempts on the workers of a Dask cluster, for what one machine is not enough for. Needs the extra `[dask]`."""
