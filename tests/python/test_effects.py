"""What arms do to the same people, as `effects.arrow` has it, and figures by either membership."""

import polars as pl
import pytest

from runs import frame

SUMS = ["years_gained", "premature_deaths_avoided", "people_reached"]
KEYS = ["from", "to", "sex", "discount_rate"]


@pytest.fixture(scope="module")
def run(simulate):
    return simulate("effects", "three-measures", "--until", "2040")


@pytest.fixture(scope="module")
def effects(run):
    return frame(run, "effects")


def whole(effects):
    return effects.filter(by="all", group="all", generation="all")


def assert_adds_up(parts, effects):
    sums = parts.group_by(KEYS).agg(pl.col(SUMS).sum())
    both = whole(effects).join(sums, on=KEYS, suffix="_of_parts")
    assert both.height == whole(effects).height > 0
    for column in SUMS:
        assert (both[column] - both[f"{column}_of_parts"]).abs().max() < 1e-6, column


@pytest.mark.parametrize("by", ["education", "education3", "occupation", "parents_education", "municipality_group"])
def test_groups_add_up_to_everybody(effects, by):
    assert_adds_up(effects.filter(by=by, generation="all"), effects)


def test_generations_add_up_to_everybody(effects):
    assert_adds_up(effects.filter(pl.col("generation") != "all", by="all"), effects)


def test_women_and_men_add_up(effects):
    sums = effects.filter(pl.col("sex") != "both", generation="all", by="all", group="all")
    keys = ["to", "discount_rate"]
    sums = sums.group_by(keys).agg(pl.col(SUMS).sum())
    both = whole(effects).filter(sex="both").join(sums, on=keys, suffix="_of_sexes")
    for column in SUMS:
        assert (both[column] - both[f"{column}_of_sexes"]).abs().max() < 1e-6, column


def test_later_costs_count_less_and_deaths_do_not(effects):
    rates = [whole(effects).filter(sex="both", discount_rate=rate).sort("to") for rate in (0.0, 0.04)]
    assert (rates[0]["net_public_cost_nok"] > rates[1]["net_public_cost_nok"]).all()
    assert (rates[0]["premature_deaths_avoided"] == rates[1]["premature_deaths_avoided"]).all()


def test_the_reference_s_groups_keep_their_people(run):
    rows = frame(run, "outcomes").filter(pl.col("arm") != "reference", outcome="tertiary_completed", by="all")
    own, reference = (rows.filter(membership=word, sex="both").sort("year") for word in ("own", "reference"))
    assert own.height == reference.height > 0
    # The same people, but for those born in the arm alone: none of them is 30 by 2040.
    assert (own["value"] - reference["value"]).abs().max() < 1e-9
    parts = frame(run, "outcomes").filter(pl.col("arm") != "reference", outcome="daily_smoking", by="education", sex="both")
    assert parts["membership"].value_counts().height == 2
