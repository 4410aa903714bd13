"""Arms beside the reference: what is compared, and with what error."""

import polars as pl
import pytest

from runs import frame


def test_differences_are_null_in_the_reference_alone(run):
    rows = frame(run, "life_expectancy")
    reference, arm = rows.filter(arm="reference"), rows.filter(arm="five-percent", basis="period")
    assert reference["difference"].null_count() == reference.height
    assert reference["difference_se"].null_count() == reference.height
    assert arm.filter(by="all").height == 76 * 3 * 6 * 2
    # Of a group, a difference needs it to be told in the reference too.
    everybody = arm.filter(by="all")
    assert (everybody["difference"].is_null() == everybody["expected_value"].is_null()).all()


def test_the_difference_is_that_of_the_expected_values(run):
    rows = frame(run, "life_expectancy")
    keys = ["year", "basis", "sex", "by", "group", "membership", "age", "measure"]
    pairs = rows.filter(arm="five-percent").join(rows.filter(arm="reference"), on=keys, suffix="_reference")
    pairs = pairs.drop_nulls("difference")
    assert pairs.height > 2000
    error = pairs["expected_value"] - pairs["expected_value_reference"] - pairs["difference"]
    assert error.abs().max() < 1e-9


def test_nothing_differs_before_the_arm_begins(run):
    before = frame(run, "life_expectancy").filter(pl.col("year") < 2027, arm="five-percent", basis="period")
    assert before.height > 0
    assert (before["difference"].drop_nulls() == 0.0).all()


def test_five_per_cent_fewer_deaths_give_years_of_life_with_a_small_paired_error(run):
    # A hazard ratio of 0.95 gains about 0.05 of the years that deaths cost on average, the life table's e-dagger, which
    # falls from some 9 to 6 years in this century (Vaupel & Canudas-Romo 2003): 0.3 to 0.45 years.
    at_birth = frame(run, "life_expectancy").filter(
        pl.col("year") >= 2030, arm="five-percent", basis="period", sex="both", by="all", age=0, measure="life_expectancy"
    )
    assert at_birth.height == 71
    assert 0.3 < at_birth["difference"].mean() < 0.45
    # The error of the pair is far below that of either arm's counted value.
    assert at_birth["difference_se"].mean() < 0.2 * at_birth["se"].mean()


@pytest.mark.parametrize("name", ["life_expectancy", "life_tables", "cells", "gradients", "lives", "outcomes"])
def test_an_arm_that_changes_nothing_equals_the_reference_in_every_row(null_run, name):
    rows = frame(null_run, name)
    keys = ["year", "basis"] if "basis" in rows.columns else ["year"]
    if name == "lives":
        rows = rows.sort("arm", "year", "id")
    nothing, reference = rows.filter(arm="nothing"), rows.filter(arm="reference")
    # The arm begins with the branch; cohorts that had died by then are the reference's alone.
    reference = reference.join(nothing.select(keys).unique(), on=keys, how="semi", maintain_order="left")
    told = pl.exclude("^(arm|membership|.*difference.*|share_of_reference)$")
    assert nothing.height > 0
    # By its own groups, and by those that the same people are in in the reference.
    for membership in nothing["membership"].unique() if "membership" in rows.columns else [None]:
        own = nothing if membership is None else nothing.filter(membership=membership)
        same = reference
        if membership == "reference" and name == "life_expectancy":
            same = reference.filter(pl.col("by") != "all")
        if membership == "reference" and name == "outcomes":
            keys = ["by", "outcome"]
            same = reference.join(own.select(keys).unique(), on=keys, how="semi", maintain_order="left")
            same = same.filter(~pl.col("outcome").is_in(["population"]))
        assert own.select(told).equals(same.select(told)), membership


def test_an_arm_that_changes_nothing_differs_by_exactly_zero(null_run):
    rows = frame(null_run, "life_expectancy").filter(arm="nothing").drop_nulls("difference")
    assert rows.height > 2000
    for column in ("difference", "difference_se", "counted_difference", "counted_difference_se"):
        assert (rows[column] == 0.0).all(), column
