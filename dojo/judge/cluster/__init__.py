"""Judging on several machines, through Dask."""
