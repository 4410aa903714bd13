"""Figures of packages that the notebook `packages.py` computes, on small frames with the arithmetic beside them."""

import json
import subprocess
import sys

import polars as pl
import pytest

from runs import ROOT

sys.path.insert(0, str(ROOT / "notebooks"))

from modules import package_figures as figures  # noqa: E402

MANIFEST = {
    "arms": [
        {"id": "reference"},
        {"id": "everyone", "title": {"en": "For everyone"}},
        {"id": "few", "title": {"en": "For few"}, "equal_cost": {"as": "everyone", "result": "equal"}},
        {"id": "few~dose-low", "variant": {"of": "few", "measure": "m", "parameter": "dose", "end": "low", "value": 1.0}},
        {"id": "few~dose-high", "variant": {"of": "few", "measure": "m", "parameter": "dose", "end": "high", "value": 3.0}},
        {"id": "few~share-low", "variant": {"of": "few", "measure": "m", "parameter": "share", "end": "low", "value": 0.1}},
    ]
}


def test_variants_are_no_packages():
    assert figures.packages_of(MANIFEST) == {"everyone": "For everyone", "few": "For few"}
    assert [variant["arm"] for variant in figures.variants_of(MANIFEST)] == ["few~dose-low", "few~dose-high", "few~share-low"]


def test_a_pair_has_both_its_packages_in_the_run():
    assert [pair[:2] for pair in figures.pairs_of(MANIFEST)] == [("few", "everyone")]
    alone = {"arms": [MANIFEST["arms"][0], MANIFEST["arms"][2]]}
    assert figures.pairs_of(alone) == []


def test_the_window_is_the_decade_that_holds_the_year_or_else_the_last():
    windows = pl.DataFrame({"from": [2031, 2041, 2046], "to": [2040, 2050, 2055]})
    assert figures.window_of(windows, 2047) == (2041, 2050)
    assert figures.window_of(windows, 2090) == (2046, 2055)


CELLS = pl.DataFrame(
    {
        "arm": ["reference", "reference", "reference", "reference", "other"],
        "year": [2030, 2031, 2031, 2050, 2031],
        "sex": ["female", "female", "male", "male", "male"],
        "age": [29, 30, 60, 60, 60],
        "education": ["tertiary", "tertiary", "compulsory", "compulsory", "compulsory"],
        "person_years": [1.0, 2.0, 4.0, 8.0, 16.0],
    }
)


def test_person_years_are_the_reference_s_and_those_under_30_are_apart():
    lived = figures.person_years(CELLS, "education", 2030, 2040, weight=10.0)
    found = {(row["sex"], row["group"]): row["person_years"] for row in lived.iter_rows(named=True)}
    # 2050 is after the last year, and the other arm is not the reference.
    assert found == {
        ("female", "under_30"): 10.0,
        ("female", "tertiary"): 20.0,
        ("female", "all"): 30.0,
        ("male", "compulsory"): 40.0,
        ("male", "all"): 40.0,
        ("both", "under_30"): 10.0,
        ("both", "tertiary"): 20.0,
        ("both", "compulsory"): 40.0,
        ("both", "all"): 70.0,
    }


def test_years_gained_are_told_for_the_person_years_of_the_group():
    lived = pl.DataFrame({"sex": ["male"], "group": ["compulsory"], "person_years": [40.0]})
    effects = pl.DataFrame({"sex": ["male"], "group": ["compulsory"], "years_gained": [2.0], "years_gained_se": [1.0]})
    row = figures.per_person_years(effects, lived, per=1000).row(0, named=True)
    # 2 / 40 · 1000 = 50, its error 25, and 50 ± 1.96 · 25 = 1 to 99.
    assert (row["rate"], row["rate_se"]) == (50.0, 25.0)
    assert (row["low"], row["high"]) == pytest.approx((1.0, 99.0))


def test_shares_become_points_of_per_cent():
    rows = figures.share(pl.DataFrame({"difference": [-0.02], "difference_se": [0.005]}))
    assert rows.row(0) == (-2.0, 0.5)


def test_people_needed_go_with_the_square_of_the_error():
    # An error as large as the change must be halved: four times as many.
    assert figures.people_needed(100_000, 0.01, 0.01) == 400_000
    assert figures.people_needed(100_000, -0.03, 0.01) is None, "three standard errors"
    assert figures.people_needed(100_000, 0.0, 0.0) is None, "nothing changes"


def test_errors_of_a_difference_add_as_squares():
    # 10 − 4 = 6, and the root of 3² + 4² is 5.
    assert figures.difference((10.0, 3.0), (4.0, 4.0)) == (6.0, 5.0)


def test_a_sign_is_told_if_the_interval_holds_no_zero():
    assert [figures.sign(change, 1.0) for change in (3.0, 1.9, 0.0, -1.9, -3.0)] == [1, 0, 0, 0, -1]


def test_years_for_a_billion_need_a_cost():
    # 3,000 years for 2 billion NOK are 1,500 for one.
    assert figures.per_billion((3000.0, 400.0), 2e9) == (1500.0, 200.0)
    assert figures.per_billion((3000.0, 400.0), 0.0) is None


def test_a_year_costs_more_where_fewer_may_be_gained():
    # 100 ± 1.96 · 25 is 51 to 149 years: 51,000 NOK are 510 for each, 342 at best and 1,000 at worst.
    assert figures.cost_per_year((100.0, 25.0), 51_000.0) == pytest.approx((510.0, 51_000 / 149, 1000.0))
    assert figures.cost_per_year((100.0, 60.0), 51_000.0) is None, "the years may be none"
    assert figures.cost_per_year((100.0, 25.0), 0.0) is None, "no cost is told"


def test_packages_that_move_people_are_found():
    rows = pl.DataFrame(
        {
            "arm": ["school", "school", "prices", "prices"],
            "membership": ["own", "reference", "own", "reference"],
            "group": ["compulsory"] * 4,
            "difference": [0.010, 0.004, 0.0060, 0.0061],
        }
    )
    assert figures.moved(rows, ["group"], least=0.002) == ["school"]


def test_the_ends_of_an_interval_stand_beside_the_package():
    rows = pl.DataFrame(
        {"arm": ["few", "few~dose-low", "few~dose-high", "few~share-low"], "years": [5.0, 2.0, 9.0, 4.0], "error": [1.0] * 4}
    )
    spans = figures.ends(rows, figures.variants_of(MANIFEST), "years", "error")
    # Of `share` one end is not in the run.
    assert spans.height == 1
    row = spans.row(0, named=True)
    assert [row[key] for key in ("of", "parameter", "low_at", "low", "central", "high", "high_at", "span")] == [
        "few", "dose", 1.0, 2.0, 5.0, 9.0, 3.0, 7.0
    ]  # fmt: skip
    assert figures.ends(rows, [], "years", "error").height == 0


@pytest.mark.parametrize(
    "value, told",
    [(0, "0"), (0.04, "0"), (-0.04, "0"), (3.14159, "3.1"), (-28.4, "-28"), (123456, "123,000"), (-1567, "-1,570")],
)
def test_numbers_are_told_to_three_digits(value, told):
    assert figures.number(value) == told


def test_a_change_is_told_with_its_interval():
    # 0.01 ± 1.96 · 0.01 is −0.0096 to 0.0296.
    assert figures.changed(0.01, 0.01) == "+0.010 (-0.010 to +0.030)"
    assert figures.changed(-0.0001, 0.0) == "0.000 (0.000 to 0.000)"
    assert figures.counted(1000.0, 100.0) == "1,000 (804 to 1,200)"


def test_a_run_of_the_reference_alone_is_refused_kindly(tmp_path, monkeypatch):
    manifest = {"arms": [{"id": "reference"}], "people": 1, "weight": 1.0, "branch": 2025, "until": 2030}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    monkeypatch.setenv("LIVSLOP_RUN", str(tmp_path))
    monkeypatch.delenv("LIVSLOP_FIGURE", raising=False)
    notebook = ROOT / "notebooks" / "packages.py"
    done = subprocess.run([sys.executable, notebook], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "nothing to compare" in done.stderr and "Traceback" not in done.stderr
