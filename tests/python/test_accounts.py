"""The accounts add up."""

import json

import polars as pl
import pytest

from runs import ROOT, frame, load


@pytest.fixture(scope="module")
def cells(run):
    return frame(run, "cells_all")


def nation(cells, arm="reference"):
    """Sums over sex and age, a row a year."""
    columns = ["people", "person_years", "deaths", "expected_deaths", "births", "expected_births"]
    return cells.filter(arm=arm).group_by("year").agg(pl.col(columns).sum()).sort("year")


def test_the_reference_has_every_year_and_the_arm_the_years_from_the_branch(cells):
    years = {arm: cells.filter(arm=arm)["year"].unique().sort().to_list() for arm in ("reference", "five-percent")}
    assert years == {"reference": list(range(1950, 2101)), "five-percent": list(range(2025, 2101))}


def test_people_change_by_births_deaths_and_migration_alone(run, cells):
    # The hindcast has migration as real people; over the weight it is a whole number of simulated ones.
    weight = float(load(run, "hindcast").schema.metadata[b"weight"])
    moved = frame(run, "hindcast").filter(indicator="net_migration")
    moved = moved.select("year", net=(pl.col("simulated") / weight).round(6))
    years = nation(cells).with_columns(next=pl.col("people").shift(-1)).join(moved, on="year")
    assert years["year"].to_list() == list(range(1950, 2026))
    assert (years["people"] + years["births"] - years["deaths"] + years["net"]).to_list() == years["next"].to_list()


def test_the_newborn_of_a_year_are_0_years_old_on_the_next_1_january(cells):
    # Less those who die (2 % in 1950, 0.2 % now) or leave, and more those who arrive: in sum within 3 % of the births.
    newborn = cells.filter(pl.col("age") == 0, arm="reference").group_by("year").agg(pl.col("people").sum())
    pairs = nation(cells).select(pl.col("year") + 1, "births").join(newborn, on="year")
    total = pairs.select(pl.col("births", "people").sum()).row(0)
    assert pairs.height == 150
    assert abs(total[1] / total[0] - 1) < 0.03


def test_a_year_is_as_long_as_the_people_on_both_its_ends(cells):
    # Births, deaths and moves are even over the year, so person-years are the mean of both populations; what moves and
    # deaths count in thirds of a year leaves less than 0.5 %.
    years = nation(cells).with_columns(next=pl.col("people").shift(-1)).drop_nulls()
    ratio = years["person_years"] / ((years["people"] + years["next"]) / 2)
    assert ratio.min() > 0.995 and ratio.max() < 1.005


@pytest.mark.parametrize("arm", ["reference", "five-percent"])
@pytest.mark.parametrize("event", ["deaths", "births"])
def test_events_are_as_many_as_expected(cells, arm, event):
    # A sum of independent yes-or-no events varies by no more than its expectation: bound 5 sd.
    years = nation(cells, arm)
    counted, expected = years[event].sum(), years[f"expected_{event}"].sum()
    assert expected > 10_000
    assert abs(counted - expected) < 5 * expected**0.5


def test_only_women_give_birth(cells):
    mothers = cells.filter(pl.col("births") > 0)
    assert mothers["sex"].unique().to_list() == ["female"]
    assert mothers["age"].min() >= 12 and mothers["age"].max() <= 52


def test_the_manifest_counts_the_person_years_of_the_cells(run, cells):
    # The manifest leaves out what newborn children live who die in their year of birth: a share of some 1e-5.
    told = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert not told["history_from_cache"]
    assert told["timing"]["person_years"] == pytest.approx(cells["person_years"].sum(), rel=1e-3)


def test_the_hindcast_compares_with_the_official_life_expectancy(run):
    # The record's life table is computed from the official rates; the official e0 has two or three decimals.
    official = pl.read_csv(ROOT / "configs/norway/tables/life_expectancy_register.csv")
    hindcast = frame(run, "hindcast")
    recorded = hindcast.filter(pl.col("age_from") == 0, indicator="life_expectancy").join(official, on=["year", "sex"])
    assert recorded.height == 2 * 74
    assert (recorded["recorded"] - recorded["e0"]).abs().max() < 0.01
