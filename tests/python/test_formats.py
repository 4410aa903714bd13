"""Every table opens in pyarrow, polars and duckdb, and its schema keeps the contract with its readers."""

import json

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from runs import load

TABLES = [
    "alignment", "cells", "cells_all", "cells_municipality_group", "cells_occupation", "cells_parents_education",
    "effects", "gradients", "hindcast", "life_expectancy", "life_tables", "lives", "outcomes", "reached", "validation",
    "window_gradients", "windows",
]  # fmt: skip

INT32, INT64, UINT64, FLOAT64, TEXT = pa.int32(), pa.int64(), pa.uint64(), pa.float64(), pa.utf8()
WORD = pa.dictionary(pa.int8(), pa.utf8(), ordered=True)

STOCKS = [
    "people_at_end", "daily_smokers", "former_smokers", "employed", "unemployed", "sick_long_term", "disabled", "retired",
    "in_education", "homemakers_and_other", "upper_secondary_started", "upper_secondary_completed", "heavy_work",
    "absent_full", "absent_graded",
]  # fmt: skip
SCHOOL = [
    "marks_sum", "marks_people", "started_general", "started_vocational", "completed_general", "completed_vocational",
]  # fmt: skip
CELLS = {
    "arm": TEXT, "year": INT32, "sex": WORD, "age": INT32, "people": INT64, "person_years": FLOAT64, "deaths": INT64,
    "expected_deaths": FLOAT64,
} | {stock: INT64 for stock in STOCKS}  # fmt: skip

# Tables may have more columns than these, never fewer.
CONTRACT = {
    "life_expectancy": {
        "arm": TEXT, "year": INT32, "basis": WORD, "sex": WORD, "by": TEXT, "group": TEXT, "membership": WORD,
        "age": INT32, "measure": WORD, "value": FLOAT64, "se": FLOAT64, "expected_value": FLOAT64,
        "expected_se": FLOAT64, "difference": FLOAT64, "difference_se": FLOAT64, "lower": FLOAT64, "upper": FLOAT64,
    },
    "life_tables": {
        "arm": TEXT, "year": INT32, "basis": WORD, "sex": WORD, "by": TEXT, "group": TEXT, "age": INT32,
        "person_years": FLOAT64, "deaths": INT64, "expected_deaths": FLOAT64, "mx": FLOAT64, "qx": FLOAT64,
        "lx": FLOAT64, "Lx": FLOAT64, "ex": FLOAT64,
    },
    "cells": CELLS | {"education": WORD},
    "cells_all": {column: CELLS[column] for column in list(CELLS)[:8]} | {"births": INT64, "expected_births": FLOAT64},
    "cells_occupation": CELLS | {"occupation": WORD},
    "cells_parents_education": CELLS | {"parents_education": WORD} | {column: INT64 for column in SCHOOL},
    "cells_municipality_group": CELLS | {"municipality_group": WORD},
    "gradients": {
        "arm": TEXT, "year": INT32, "basis": WORD, "sex": WORD, "by": TEXT, "membership": WORD, "age": INT32,
        "index": WORD, "value": FLOAT64, "se": FLOAT64, "expected_value": FLOAT64, "expected_se": FLOAT64,
        "difference": FLOAT64, "difference_se": FLOAT64, "share_of_reference": FLOAT64, "lower": FLOAT64,
        "upper": FLOAT64,
    },
    "effects": {
        "arm": TEXT, "from": INT32, "to": INT32, "sex": WORD, "by": TEXT, "group": TEXT, "generation": WORD,
        "years_gained": FLOAT64, "years_gained_se": FLOAT64, "quality_adjusted_years_gained": FLOAT64,
        "premature_deaths_avoided": FLOAT64, "premature_deaths_avoided_se": FLOAT64, "net_public_cost_nok": FLOAT64,
        "discount_rate": FLOAT64,
    },
    "reached": {
        "arm": TEXT, "year": INT32, "measure": TEXT, "by": WORD, "group": TEXT, "eligible": FLOAT64, "reached": FLOAT64,
        "reached_anew": FLOAT64, "cost_nok": FLOAT64,
    },
    "validation": {
        "set": TEXT, "indicator": TEXT, "sex": WORD, "by": TEXT, "group": TEXT, "simulated": FLOAT64, "recorded": FLOAT64,
        "tolerance": FLOAT64, "verdict": WORD, "role": WORD, "source": TEXT,
    },
    "windows": {
        "arm": TEXT, "from": INT32, "to": INT32, "sex": WORD, "by": TEXT, "group": TEXT, "membership": WORD,
        "age": INT32, "measure": WORD, "value": FLOAT64, "se": FLOAT64, "expected_value": FLOAT64,
        "expected_se": FLOAT64, "difference": FLOAT64, "difference_se": FLOAT64, "lower": FLOAT64, "upper": FLOAT64,
    },
    "window_gradients": {
        "arm": TEXT, "from": INT32, "to": INT32, "sex": WORD, "by": TEXT, "membership": WORD, "age": INT32,
        "index": WORD, "value": FLOAT64, "se": FLOAT64, "expected_value": FLOAT64, "difference": FLOAT64,
    },
    "hindcast": {
        "year": INT32, "sex": WORD, "age_from": INT32, "age_to": INT32, "indicator": WORD, "simulated": FLOAT64,
        "recorded": FLOAT64, "source": TEXT,
    },
    "outcomes": {
        "arm": TEXT, "year": INT32, "sex": WORD, "by": TEXT, "group": TEXT, "membership": WORD, "outcome": WORD,
        "unit": WORD, "value": FLOAT64, "se": FLOAT64, "difference": FLOAT64, "difference_se": FLOAT64,
        "lower": FLOAT64, "upper": FLOAT64,
    },
    "alignment": {
        "process": TEXT, "year": INT32, "sex": WORD, "age": INT32, "factor": FLOAT64, "recorded": FLOAT64,
        "simulated": FLOAT64,
    },
    "lives": {
        "arm": TEXT, "year": INT32, "id": UINT64, "sex": WORD, "age": INT32, "mother": UINT64, "father": UINT64,
        "partner": UINT64, "household": UINT64, "role": WORD, "municipality": INT32, "death.risk": FLOAT64,
    },
}  # fmt: skip

VOCABULARIES = {
    ("life_expectancy", "sex"): ["female", "male", "both"],
    ("life_expectancy", "basis"): ["period", "cohort"],
    ("life_expectancy", "membership"): ["own", "reference"],
    ("life_expectancy", "measure"): ["life_expectancy", "healthy_life_expectancy", "lifespan_sd"],
    ("cells", "sex"): ["female", "male"],
    ("cells", "education"): ["compulsory", "upper_secondary", "tertiary_short", "tertiary_long"],
    ("gradients", "index"): [
        "gap", "sii", "rii", "concentration_index", "between_group_variance", "ede", "lifespan_sd",
    ],
    ("outcomes", "sex"): ["female", "male", "both"],
    ("outcomes", "membership"): ["own", "reference"],
}


def test_a_run_writes_these_tables_and_no_others(run):
    assert sorted(path.stem for path in run.glob("*.arrow")) == TABLES


@pytest.mark.parametrize("name", TABLES)
def test_the_table_has_as_many_rows_in_pyarrow_polars_and_duckdb(run, name):
    loaded = load(run, name)
    in_polars = pl.read_ipc(run / f"{name}.arrow")
    in_duckdb = duckdb.sql("select count(*) from loaded").fetchall()[0][0]
    assert loaded.num_rows > 0
    assert (in_polars.height, in_duckdb) == (loaded.num_rows, loaded.num_rows)


@pytest.mark.parametrize("name", TABLES)
def test_polars_and_duckdb_read_the_values_that_pyarrow_reads(run, name):
    loaded = load(run, name)
    plain = [pa.field(field.name, TEXT if field.type == WORD else field.type) for field in loaded.schema]
    expected = pl.from_arrow(loaded.cast(pa.schema(plain)))
    in_polars = pl.read_ipc(run / f"{name}.arrow")
    assert in_polars.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)).equals(expected)
    # To SQL `lx` and `Lx` are one name, so duckdb calls the second `Lx_1`: columns are compared by position.
    in_duckdb = pl.from_arrow(duckdb.sql("select * from loaded").to_arrow_table().rename_columns(loaded.column_names))
    assert in_duckdb.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)).equals(expected)


@pytest.mark.parametrize("name", TABLES)
def test_the_columns_of_the_contract_are_there_with_their_types(run, name):
    schema = load(run, name).schema
    found = {column: schema.field(column).type for column in CONTRACT[name] if column in schema.names}
    assert found == CONTRACT[name]


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_of_a_type_that_the_contract_allows(run, name):
    for field in load(run, name).schema:
        assert field.type in (INT32, INT64, UINT64, FLOAT64, TEXT, WORD), field.name


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_description_and_a_unit(run, name):
    for field in load(run, name).schema:
        assert field.metadata and field.metadata[b"description"] and field.metadata[b"unit"], field.name


@pytest.mark.parametrize(("name", "column"), VOCABULARIES)
def test_a_closed_vocabulary_is_in_the_file_in_whole_and_in_order(run, name, column):
    chunk = load(run, name)[column].chunk(0)
    assert chunk.dictionary.to_pylist() == VOCABULARIES[name, column]


@pytest.mark.parametrize("name", TABLES)
def test_the_schema_says_where_the_table_comes_from(run, name):
    told = {key.decode(): value.decode() for key, value in load(run, name).schema.metadata.items()}
    assert set(told) >= {"model_version", "git_commit", "scenario_sha256", "weight"}
    assert (told["schema_version"], told["model"], told["seed"]) == ("2", "livslop", "1")
    # 5.6 million people of 2025, 20,000 simulated.
    assert 270 < float(told["weight"]) < 290


def test_tables_without_compression_hold_the_same_data(run, simulate):
    uncompressed = simulate("uncompressed", "five-percent", "--no-cache", "--compression", "none")
    for name in TABLES:
        first, second = load(run, name), load(uncompressed, name)
        assert first.schema.equals(second.schema, check_metadata=True), name
        assert first.equals(second), name


def bytes_of(run):
    return {path.name: path.read_bytes() for path in run.iterdir() if path.name != "manifest.json"}


def test_a_run_on_one_thread_gives_the_same_bytes(run, simulate):
    one_thread = bytes_of(simulate("one-thread", "five-percent", "--no-cache", "--threads", "1"))
    assert [name for name, data in bytes_of(run).items() if one_thread[name] != data] == []


def test_a_run_from_a_cached_history_gives_the_same_bytes(run, null_run, simulate):
    # The run before this one has kept the history, which is the same for all arms.
    cached = simulate("cached", "five-percent")
    assert json.loads((cached / "manifest.json").read_text(encoding="utf-8"))["history_from_cache"]
    assert [name for name, data in bytes_of(run).items() if bytes_of(cached)[name] != data] == []


def test_another_seed_gives_other_numbers_in_the_same_columns(run, simulate):
    other = simulate("seed-2", "five-percent", seed=2)
    first, second = load(run, "cells"), load(other, "cells")
    assert first.schema.equals(second.schema)
    assert not first["deaths"].equals(second["deaths"])
