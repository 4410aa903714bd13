"""Life histories: one row a person and year."""

import polars as pl
import pytest

from runs import frame

BORN = ["newborn", "newborn_died", "newborn_left"]
ARRIVED = ["arrived", "arrived_died"]


@pytest.fixture(scope="module")
def lives(everyone):
    return frame(everyone, "lives")


def by_year(rows):
    return rows.group_by("year").len().sort("year")["len"].to_list()


def test_nobody_has_two_rows_in_a_year(lives):
    assert lives.select("id", "year").is_unique().all()


def test_the_histories_of_everyone_are_the_people_births_and_deaths_of_the_cells(lives, everyone):
    cells = frame(everyone, "cells_all").group_by("year").agg(pl.col("people", "births", "deaths").sum()).sort("year")
    assert by_year(lives.filter(~pl.col("lived").is_in(BORN + ARRIVED))) == cells["people"].to_list()
    assert by_year(lives.filter(pl.col("lived").is_in(BORN))) == cells["births"].to_list()
    assert by_year(lives.filter(pl.col("lived").str.contains("died"))) == cells["deaths"].to_list()


def test_a_life_has_no_gaps_and_goes_on_until_it_ends(lives):
    ends = pl.col("lived").str.contains("died|left")
    year = pl.col("year")
    spans = lives.group_by("id").agg(
        first=year.min(), last=year.max(), rows=pl.len(), ends=ends.sum(), ended=year.filter(ends).max()
    )
    ended = spans.filter(pl.col("ends") > 0)
    assert (spans["rows"] == spans["last"] - spans["first"] + 1).all()
    assert (ended["ends"] == 1).all() and (ended["ended"] == ended["last"]).all()
    assert (spans.filter(pl.col("ends") == 0)["last"] == 1975).all()


def test_a_year_makes_everyone_a_year_older(lives):
    of_one = lives.group_by("id").agg(born=(pl.col("year") - pl.col("age")).n_unique(), sexes=pl.col("sex").n_unique())
    assert (of_one["born"] == 1).all() and (of_one["sexes"] == 1).all()


def test_a_child_has_a_mother_who_is_there_at_birth_and_stays_its_mother(lives):
    assert (lives.group_by("id").agg(pl.col("mother", "father").n_unique())["mother"] == 1).all()
    newborn = lives.filter(pl.col("lived").is_in(BORN)).select("year", id="mother")
    mothers = newborn.join(lives, on=["year", "id"])
    assert newborn["id"].null_count() == 0 and mothers.height == newborn.height
    assert (mothers["sex"] == "female").all() and mothers["age"].is_between(12, 55).all()


def test_partners_have_each_other(lives):
    here = lives.filter(~pl.col("lived").str.contains("died|left"))
    coupled = here.filter(pl.col("partner").is_not_null()).select("year", "id", "partner")
    back = coupled.join(coupled.rename({"id": "partner", "partner": "id"}), on=["year", "id", "partner"])
    assert back.height == coupled.height > 0
