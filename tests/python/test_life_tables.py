"""Life tables computed again, from nothing but person-years and deaths.

The method is the protocol of the Human Mortality Database, version 6: deaths in the middle of the year of age, in
infancy at the mean age of Andreev & Kingkade (2015), and an open last age that lasts the inverse of its rate. Ages
above the open age of `life_tables.arrow` are pooled into it.
"""

import numpy as np
import polars as pl
import pytest

from runs import frame


def infant_years(sex, rate):
    """Years lived at age 0 by those who die there."""
    if sex == "both":
        return (infant_years("female", rate) + infant_years("male", rate)) / 2
    if sex == "female":
        pieces = [(0.01724, 0.14903, -2.05527), (0.06891, 0.04667, 3.88089), (np.inf, 0.31411, 0.0)]
    else:
        pieces = [(0.02300, 0.14929, -1.99545), (0.08307, 0.02832, 3.26021), (np.inf, 0.29915, 0.0)]
    start, slope = next((start, slope) for bound, start, slope in pieces if rate < bound)
    return start + slope * rate


def remaining_years(rates, sex):
    """e(x) at every age, from the rates of single ages, the last of them open."""
    lived = np.full(len(rates), 0.5)
    lived[0] = infant_years(sex, rates[0])
    dies = np.minimum(rates / (1 + (1 - lived) * rates), 1)
    dies[-1] = 1
    alive = np.concatenate([[1.0], np.cumprod(1 - dies)[:-1]])
    years = alive * (1 - dies * (1 - lived))
    years[-1] = alive[-1] / rates[-1]
    return np.cumsum(years[::-1])[::-1] / alive


@pytest.fixture(scope="module")
def tables(run):
    """Period life tables as written, and the cells of the same people with both sexes added."""

    cells = frame(run, "cells_all").select("arm", "year", "sex", "age", "person_years", "deaths", "expected_deaths")
    both = cells.group_by("arm", "year", "age").agg(pl.col("person_years", "deaths", "expected_deaths").sum())
    both = both.with_columns(sex=pl.lit("both")).select(cells.columns)
    period = (pl.col("basis") == "period") & (pl.col("by") == "all")
    return (
        pl.concat([cells, both]),
        frame(run, "life_tables").filter(period),
        frame(run, "life_expectancy").filter(period),
    )


def recomputed(tables, deaths):
    """Remaining years from the cells by arm, year and sex, at ages told; tables with an empty age are left out."""
    cells, written, _ = tables
    open_ages = written.group_by("arm", "year", "sex").agg(open=pl.col("age").max())
    pooled = (
        cells.join(open_ages, on=["arm", "year", "sex"])
        .group_by("arm", "year", "sex", pl.min_horizontal("age", "open").alias("age"))
        .agg(pl.col("person_years", deaths).sum())
        .sort("arm", "year", "sex", "age")
    )
    rows = []
    for (arm, year, sex), table in pooled.group_by(["arm", "year", "sex"], maintain_order=True):
        if table["person_years"].min() < 1e-6:
            continue
        years = remaining_years((table[deaths] / table["person_years"]).to_numpy(), sex)
        rows += [(arm, year, sex, age, years[age]) for age in (0, 30, 35, 40, 65, 80) if age < len(years)]
    return pl.DataFrame(rows, schema=["arm", "year", "sex", "age", "recomputed"], orient="row").cast(
        {"year": pl.Int32, "age": pl.Int32}
    )


@pytest.mark.parametrize(("deaths", "column"), [("deaths", "value"), ("expected_deaths", "expected_value")])
def test_life_expectancy_follows_from_person_years_and_deaths(tables, deaths, column):
    told = tables[2].filter(measure="life_expectancy")
    both = told.join(recomputed(tables, deaths), on=["arm", "year", "sex", "age"]).drop_nulls(column)
    # 151 years of the reference, 76 of the arm, three tables each, at six ages: nearly none has an empty age.
    assert both.height > 0.95 * (151 + 76) * 3 * 6
    # The same arithmetic on the same numbers, but for the order of summation.
    assert (both[column] - both["recomputed"]).abs().max() < 1e-6


def test_the_life_tables_hold_the_person_years_and_deaths_of_the_cells(tables):
    cells, written, _ = tables
    sums = [pl.col("person_years", "deaths", "expected_deaths").sum()]
    keys = ["arm", "year", "sex"]
    both = written.group_by(keys).agg(sums).join(cells.group_by(keys).agg(sums), on=keys)
    assert both.height == (151 + 76) * 3
    assert (both["deaths"] == both["deaths_right"]).all()
    assert (both["person_years"] / both["person_years_right"] - 1).abs().max() < 1e-9
    assert (both["expected_deaths"] / both["expected_deaths_right"] - 1).abs().max() < 1e-9


def test_the_open_age_is_the_same_in_the_arm_and_in_the_reference(tables):
    open_ages = tables[1].group_by("arm", "year", "sex").agg(open=pl.col("age").max())
    pairs = open_ages.filter(pl.col("arm") != "reference").join(
        open_ages.filter(arm="reference"), on=["year", "sex"], suffix="_reference"
    )
    assert pairs.height == 76 * 3
    assert (pairs["open"] == pairs["open_reference"]).all()


def test_survivors_and_years_lived_agree_within_each_table(tables):
    # e(0) is the sum of the years lived at all ages, of one person born.
    sums = tables[1].group_by("arm", "year", "sex").agg(pl.col("Lx").sum(), pl.col("ex").sort_by("age").first())
    assert (sums["Lx"] - sums["ex"]).abs().max() < 1e-9
