"""Outcomes are the ratios of the counts in the cells."""

import polars as pl
import pytest

from runs import frame

PEOPLE = pl.sum_horizontal(f"children_{number}" for number in range(5))


@pytest.fixture(scope="module")
def outcomes(run):
    return frame(run, "outcomes")


@pytest.fixture(scope="module")
def cells(run):
    return frame(run, "cells_all").with_columns(alive=PEOPLE)


def test_the_share_of_married_women_is_that_of_the_cells(outcomes, cells):
    in_thirties = cells.filter(pl.col("age").is_between(30, 34), arm="reference", sex="female")
    by_hand = in_thirties.group_by("year").agg(share=pl.col("married").sum() / pl.col("alive").sum())
    told = outcomes.filter(arm="reference", sex="female", outcome="married", group="30-34")
    both = told.join(by_hand, on="year")
    assert both.height == 151
    assert (both["value"] - both["share"]).abs().max() < 1e-12


def test_women_by_children_add_up_to_all_women(outcomes):
    classes = outcomes.filter(pl.col("outcome").str.contains(r"^children_\d$"), sex="female", group="40-44")
    sums = classes.group_by("arm", "year").agg(pl.col("value").sum(), pl.len())
    assert sums["len"].unique().to_list() == [5]
    assert (sums["value"] - 1).abs().max() < 1e-12


def test_counties_and_municipalities_hold_everybody(outcomes, cells, run):
    people = outcomes.filter(arm="reference", outcome="population", year=2024).group_by("by").agg(pl.col("value").sum())
    by = dict(people.iter_rows())
    assert set(by) == {"county", "municipality"}
    assert by["county"] == pytest.approx(by["municipality"])
    simulated = cells.filter(arm="reference", year=2024)["alive"].sum()
    # 5.6 million people of 2025, 20,000 simulated.
    assert 270 < by["county"] / simulated < 290


def test_errors_are_there_and_small_for_everybody(outcomes):
    shares = outcomes.filter(by="all", unit="share", sex="both")
    assert shares["se"].null_count() == 0
    # 20,000 people: shares of half of them err by 0.4 points; of 250 births or people of one age a year by some 3, and of those
    # who started one track by up to 8; of 1,000 people of four years by some 2.
    few = pl.col("outcome").str.contains("^(births|started|completed|in_education)")
    assert shares.filter(~few)["se"].max() < 0.02
    assert shares.filter(few)["se"].max() < 0.12


def test_the_reference_has_no_difference_and_an_arm_has_one(outcomes):
    of_reference = outcomes.filter(arm="reference")["difference"]
    assert of_reference.null_count() == of_reference.len()
    of_arm = outcomes.filter(pl.col("arm") != "reference")
    assert of_arm.height > 0
    assert of_arm["difference"].null_count() < 0.01 * of_arm.height


def test_the_share_divorced_grows_with_the_years_of_marriage(outcomes):
    divorced = outcomes.filter(arm="reference", outcome="divorced", year=2000)
    shares = divorced.sort(pl.col("group").cast(pl.Int32))["value"].to_list()
    assert len(shares) == 7
    assert shares == sorted(shares)
