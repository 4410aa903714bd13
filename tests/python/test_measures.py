"""Whom measures reach and what they cost, as `reached.arrow` has it."""

import polars as pl
import pytest

from runs import frame

SUPPORT = "smoking-cessation"


@pytest.fixture(scope="module")
def measures(simulate):
    return simulate("measures", "three-measures", "--until", "2040")


@pytest.fixture(scope="module")
def reached(measures):
    return frame(measures, "reached")


def test_whom_measures_reach_does_not_depend_on_threads(measures, simulate):
    one_thread = simulate("measures-one-thread", "three-measures", "--until", "2040", "--threads", "1")
    for name in ["reached", "cells", "outcomes"]:
        assert frame(one_thread, name).equals(frame(measures, name)), name


def test_nobody_is_reached_who_is_not_eligible_or_before_the_measure_begins(reached):
    assert (reached["reached"] <= reached["eligible"]).all()
    assert (reached["reached_anew"] <= reached["reached"]).all()
    assert reached.filter(pl.col("year") < 2027)["reached"].sum() == 0
    assert reached.filter(measure=SUPPORT, by="all", year=2040)["reached"].item() > 0


def test_groups_of_education_add_up(reached):
    counts = ["eligible", "reached", "reached_anew"]
    parts = reached.filter(by="education").group_by("year", "measure").agg(pl.col(counts).sum())
    whole = reached.filter(by="all").join(parts, on=["year", "measure"], suffix="_of_groups")
    assert whole.height == reached.filter(by="all").height
    for count in counts:
        assert (whole[count] - whole[f"{count}_of_groups"]).abs().max() < 1e-6


def test_support_costs_the_same_for_each_person_year_and_grows_for_three_years(reached):
    support = reached.filter(pl.col("reached") > 0, measure=SUPPORT, by="all").sort("year")
    each = support["cost_nok"] / support["reached"]
    # 0.3 attempts a year of 3,250 and 2,000 NOK.
    assert (each - 0.3 * 5250).abs().max() < 1e-6
    shares = dict(zip(support["year"], support["reached"] / support["eligible"], strict=True))
    assert shares[2027] < shares[2028] < shares[2029]
    # A fifth of attempts more than now, and more of those with compulsory school.
    assert 0.15 < shares[2029] < 0.27
    # It is the same people whom it reaches, and more of them stop.
    assert shares[2040] < shares[2029]
