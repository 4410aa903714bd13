"""Life expectancy by group and inequality between groups, computed again from the cells."""

import numpy as np
import polars as pl
import pytest

from runs import frame
from test_life_tables import remaining_years

TABLES = {
    "education": "cells",
    "occupation": "cells_occupation",
    "parents_education": "cells_parents_education",
    "municipality_group": "cells_municipality_group",
}
EDUCATION = ["compulsory", "upper_secondary", "tertiary_short", "tertiary_long"]
YEARS = [1970, 2024, 2060, 2100]


@pytest.fixture(scope="module")
def everybody(run):
    return frame(run, "cells_all")


@pytest.fixture(scope="module")
def cells(run):
    return frame(run, "cells")


@pytest.mark.parametrize("by", TABLES)
def test_groups_add_up_to_everybody(run, everybody, by):
    keys, counts = ["arm", "year", "sex", "age"], ["people", "deaths"]
    measures = ["person_years", "expected_deaths"]
    grouped = frame(run, TABLES[by]).group_by(keys).agg(pl.col(counts + measures).sum())
    lived = everybody.filter((pl.col("people") > 0) | (pl.col("person_years") > 0))
    both = lived.join(grouped, on=keys, how="left", suffix="_of_groups")
    assert both.height > 20_000
    for column in counts:
        assert (both[column] == both[f"{column}_of_groups"]).all(), column
    for column in measures:
        assert (both[column] - both[f"{column}_of_groups"]).abs().max() < 1e-6, column


@pytest.mark.parametrize("by", TABLES)
def test_the_same_people_are_in_every_grouping(run, cells, by):
    columns = ["people_at_end", "daily_smokers", "employed", "disabled", "upper_secondary_completed", "heavy_work"]
    keys = ["arm", "year", "sex", "age"]
    sums = [table.group_by(keys).agg(pl.col(columns).sum()).sort(keys) for table in (cells, frame(run, TABLES[by]))]
    # A cell may be left out of neither or of both.
    assert sums[0].equals(sums[1])


def rates_of(cells, everybody, group, year, sex, open_age, deaths):
    """Rates by age: everybody's below 30 and where the group has none."""

    def by_age(table):
        sexes = ["female", "male"] if sex == "both" else [sex]
        of_year = table.filter(pl.col("sex").is_in(sexes), arm="reference", year=year)
        sums = of_year.group_by(pl.min_horizontal("age", pl.lit(open_age)).alias("age")).agg(
            pl.col("person_years").sum(), pl.col(deaths).sum()
        )
        ages = pl.DataFrame({"age": range(open_age + 1)}, schema={"age": pl.Int32})
        filled = ages.join(sums, on="age", how="left").sort("age").fill_null(0)
        return filled["person_years"].to_numpy(), filled[deaths].to_numpy().astype(float)

    own_years, own_deaths = by_age(cells.filter(pl.col("education").is_in(group)))
    all_years, all_deaths = by_age(everybody)
    is_own = (np.arange(open_age + 1) >= 30) & (own_years > 1e-6)
    is_own[-1] &= own_deaths[-1] > 0
    years, dead = np.where(is_own, own_years, all_years), np.where(is_own, own_deaths, all_deaths)
    return np.divide(dead, years, out=np.zeros_like(years), where=years > 0)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("sex", ["female", "male", "both"])
@pytest.mark.parametrize(("deaths", "column"), [("deaths", "value"), ("expected_deaths", "expected_value")])
def test_life_expectancy_by_education_follows_from_the_cells(run, cells, everybody, year, sex, deaths, column):
    told = frame(run, "life_expectancy").filter(
        arm="reference", basis="period", measure="life_expectancy", year=year, sex=sex
    )
    tables = frame(run, "life_tables").filter(arm="reference", basis="period", by="all", year=year, sex=sex)
    groups = [("education", level, [level]) for level in EDUCATION]
    groups.append(("education3", "tertiary", EDUCATION[2:]))
    compared = 0
    for by, group, levels in groups:
        rows = told.filter(by=by, group=group).drop_nulls(column)
        if rows.height == 0:
            continue
        rates = rates_of(cells, everybody, levels, year, sex, tables["age"].max(), deaths)
        years = remaining_years(rates, sex)
        for age, value in rows.select("age", column).iter_rows():
            assert value == pytest.approx(years[age], abs=1e-6), (group, age)
            compared += 1
    assert compared > 0


def indices(weights, years, spreads):
    """All indices by their textbook formulas."""
    shares = weights / weights.sum()
    ranks = np.cumsum(shares) - shares / 2
    mean = shares @ years
    slope, level = np.polyfit(ranks, years, 1, w=np.sqrt(shares))
    return {
        "gap": years[-1] - years[0],
        "sii": slope,
        "rii": (level + slope) / level,
        "concentration_index": 2 / mean * (shares @ (years * ranks)) - 1,
        "between_group_variance": shares @ (years - mean) ** 2,
        "ede": np.prod(years**shares),
        "lifespan_sd": np.sqrt(shares @ (spreads**2 + (years - mean) ** 2)),
    }


@pytest.mark.parametrize("column", ["value", "expected_value"])
def test_gradients_follow_from_life_expectancy_and_people(run, cells, column):
    gradients = frame(run, "gradients").filter(pl.col("year").is_in(YEARS), by="education", membership="own")
    life = frame(run, "life_expectancy").filter(basis="period", by="education", membership="own")
    adults = cells.filter(pl.col("age") >= 30)
    compared = 0
    for (arm, year, sex, age), told in gradients.group_by(["arm", "year", "sex", "age"]):
        of_sex = adults if sex == "both" else adults.filter(sex=sex)
        people = of_sex.filter(arm=arm, year=year).group_by("education").agg(pl.col("people_at_end").sum())
        people = dict(people.iter_rows())
        of_age = life.filter(arm=arm, year=year, sex=sex, age=age)
        known = [level for level in EDUCATION if of_age.filter(group=level).height > 0]
        if known[0] != EDUCATION[0] or known[-1] != EDUCATION[-1]:
            continue

        def numbers(measure, of_age=of_age, known=known):
            return np.array([of_age.filter(group=level, measure=measure)[column].item() for level in known])

        years, spreads = numbers("life_expectancy"), numbers("lifespan_sd")
        by_hand = indices(np.array([people[level] for level in known], dtype=float), years, spreads)
        for index, value in told.select("index", column).iter_rows():
            assert value == pytest.approx(by_hand[index], abs=1e-8), (index, arm, year, sex, age)
            compared += 1
    assert compared > 0


@pytest.mark.parametrize(
    ("outcome", "by", "stock", "ages"),
    [
        ("daily_smoking", "education", "daily_smokers", (25, 74)),
        ("employment", "education", "employed", (20, 66)),
        ("disability", "occupation", "disabled", (18, 67)),
        ("upper_secondary_completed", "parents_education", "upper_secondary_completed", (25, 34)),
    ],
)
def test_shares_follow_from_the_cells(run, outcome, by, stock, ages):
    of_age = frame(run, TABLES[by]).filter(pl.col("age").is_between(*ages))
    sums = of_age.group_by("arm", "year", "sex", by).agg(pl.col(stock).sum(), pl.col("people_at_end").sum())
    by_hand = sums.filter(pl.col("people_at_end") > 0).with_columns(share=pl.col(stock) / pl.col("people_at_end"))
    told = frame(run, "outcomes").filter(pl.col("sex") != "both", by=by, outcome=outcome, membership="own")
    both = told.join(by_hand, left_on=["arm", "year", "sex", "group"], right_on=["arm", "year", "sex", by])
    assert both.height == told.height == by_hand.height > 0
    assert (both["value"] - both["share"]).abs().max() < 1e-12


def test_a_window_is_of_its_years_together(run, everybody):
    # Deaths and person-years of ten years, at ages from the youngest to the open one, by everybody.
    told = frame(run, "windows").filter(
        arm="reference", by="all", measure="life_expectancy", age=30, sex="female", to=2020
    )
    years = everybody.filter(pl.col("year").is_between(2011, 2020), arm="reference", sex="female")
    sums = years.group_by("age").agg(pl.col("person_years", "deaths").sum()).sort("age")
    above = sums.sort("age", descending=True).select(
        "age", years=pl.col("person_years").cum_sum(), deaths=pl.col("deaths").cum_sum()
    )
    open_age = above.filter((pl.col("years") >= 20) & (pl.col("deaths") >= 5))["age"].max()
    pooled = sums.group_by(pl.min_horizontal("age", pl.lit(open_age)).alias("age")).agg(
        pl.col("person_years", "deaths").sum()
    )
    pooled = pooled.sort("age")
    by_hand = remaining_years((pooled["deaths"] / pooled["person_years"]).to_numpy(), "female")
    assert told["value"].item() == pytest.approx(by_hand[30], abs=1e-6)


def test_errors_of_everybody_are_those_of_the_whole_jackknife(run):
    # Windows know the 64 groups by bands of age only; single years of everybody by single age. Their errors of ten years
    # together are about those of one year over the root of ten.
    year = frame(run, "life_expectancy").filter(
        arm="reference", basis="period", by="all", sex="both", measure="life_expectancy", age=30
    )
    of_years = year.filter(pl.col("year").is_between(2011, 2020))["se"]
    window = frame(run, "windows").filter(
        arm="reference", by="all", sex="both", measure="life_expectancy", age=30, to=2020
    )
    assert window["se"].item() * 10**0.5 == pytest.approx(of_years.mean(), rel=0.35)
