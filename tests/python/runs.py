"""Where things are, and how a table of a run is read."""

from pathlib import Path

import polars as pl
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]


def load(run, name):
    """A table of a run, as pyarrow reads it."""
    with pa.OSFile(str(run / f"{name}.arrow")) as file:
        return pa.ipc.open_file(file).read_all()


def frame(run, name):
    """A table of a run for calculations, with words as plain text."""
    return pl.from_arrow(load(run, name)).with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
