"""Attempts on the workers of a Dask cluster, if one machine is not enough. Needs the extra `[dask]`."""
