# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A first look at a run
#
# This notebook reads the tables of one finished run and draws four pictures: how long people live, how well the
# simulated past agrees with the registers, who lives in Norway, and what the scenario changes. It computes nothing that
# the model should have computed: every number comes from a table of the run, and every table describes its own columns.
#
# It takes the run in the environment variable `LIVSLOP_RUN`, or the newest `out/run-*`. To make one:
#
# ```text
# cargo run --release
# ```

# %%
import json
import os
from pathlib import Path

import altair as alt
import polars as pl

HERE = Path(__file__).parent if "__file__" in globals() else Path.cwd()


def newest_run():
    runs = [path.parent for path in HERE.parent.glob("out/run-*/manifest.json")]
    if not runs:
        raise SystemExit(
            "There is no run yet: make one with `cargo run --release`, or set LIVSLOP_RUN to a run's folder."
        )
    return max(runs, key=lambda run: run.stat().st_mtime)


run = Path(os.environ["LIVSLOP_RUN"]) if "LIVSLOP_RUN" in os.environ else newest_run()
manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))


def table(name):
    """A table of the run, with words as plain text."""
    rows = pl.read_ipc(run / f"{name}.arrow")
    return rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))


arms = {arm["id"]: arm for arm in manifest["arms"]}
scenario = next((arm for arm in manifest["arms"] if arm["id"] != "reference"), None)
weight, branch, until = manifest["weight"], manifest["branch"], manifest["until"]

WOMEN, MEN, INK = "#9c2f6b", "#1f6f8b", "#333333"
SEXES = alt.Scale(domain=["female", "male"], range=[WOMEN, MEN])


def years(first, last):
    """The horizontal axis of every chart over time."""
    ticks = [year for year in range(1950, 2101, 25) if first <= year <= last]
    axis = alt.Axis(format="d", grid=False, values=ticks)
    return alt.X("year:Q", title=None, axis=axis, scale=alt.Scale(domain=[first, last], nice=False))


def english(text):
    return text["en"] if isinstance(text, dict) else text


@alt.theme.register("plain", enable=True)
def plain():
    """Nothing but the data, a light grid to read values from, and a title at the left."""
    return alt.theme.ThemeConfig(
        config={
            "font": "Helvetica, Arial, sans-serif",
            "view": {"stroke": None},
            "axis": {"domainColor": "#cccccc", "tickColor": "#cccccc", "gridColor": "#eeeeee", "labelColor": INK,
                     "titleColor": INK, "titleFontWeight": "normal", "labelFontSize": 12, "titleFontSize": 12},
            "title": {"anchor": "start", "frame": "group", "fontSize": 16, "color": INK, "subtitleFontSize": 12.5,
                      "subtitleColor": "#666666", "subtitleLineHeight": 17, "offset": 14},
            "text": {"fontSize": 12, "color": INK},
            "header": {"labelFontSize": 13, "labelColor": INK, "title": None},
        }
    )  # fmt: skip


# Pictures are drawn here, without anything from the network.
alt.renderers.enable("svg")

print(f"{run.name}: {manifest['people']:,} people of {branch}, one for {weight:.1f}; arms {', '.join(arms)}")

# %% [markdown]
# ## How long people live
#
# Life expectancy at birth is the mean age at death of people who would live all their lives under the death rates of one
# year. The lines are simulated: every simulated person has a risk of dying each year, and the line is the life table of
# those risks. The dots are the official figures. Until they end, the model's risks are fitted to the registers, so that
# the two agree there is a test of the program, not of its foresight; afterwards the lines follow the projection chosen.
#
# The dashed lines are the scenario: the same people, with the same luck, under its conditions.

# %%
expectancy = table("life_expectancy").filter(basis="period", measure="life_expectancy", by="all")
at_birth = expectancy.filter(pl.col("sex") != "both", age=0)
hindcast = table("hindcast")
on_record = hindcast.filter(indicator="life_expectancy", age_from=0)


def label(rows, words, dy):
    """Words to the right of the last point of each line."""
    return alt.Chart(rows.with_columns(words=words)).mark_text(align="left", dx=6, dy=dy).encode(text="words:N")


def lines_at_birth():
    """Dots on record, simulated lines, the scenario dashed from where it differs; names stand at the lines."""
    place = dict(
        x=years(1950, until),
        y=alt.Y("expected_value:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=7)),
        color=alt.Color("sex:N", scale=SEXES, legend=None),
    )
    rounded = pl.col("expected_value").round(1).cast(pl.String)
    name = pl.col("sex").replace({"female": "Women", "male": "Men"})
    dots = alt.Chart(on_record.rename({"recorded": "expected_value"})).mark_circle(size=9, opacity=1)
    simulated = alt.Chart(reference).mark_line(strokeWidth=1.5)
    layers = [simulated.encode(**place), dots.encode(**place | {"color": alt.value(INK)})]
    layers.append(label(last, name + " " + rounded, dy=6).encode(**place))
    if scenario:
        changed = at_birth.filter(pl.col("difference") != 0, arm=scenario["id"])
        layers.append(alt.Chart(changed).mark_line(strokeWidth=1.5, strokeDash=[4, 3]).encode(**place))
        ends = changed.filter(pl.col("year") == until)
        layers.append(label(ends, rounded + " in the scenario", dy=-6).encode(**place))
    return alt.layer(*layers)


reference = at_birth.filter(arm="reference")
first, last = (reference.filter(pl.col("year") == year).sort("sex") for year in (1950, until))
women, men = (last["expected_value"] - first["expected_value"]).round(0).cast(int)
title = f"From 1950 to {until}, women gain {women} years of life and men {men}"
about = [
    "Life expectancy at birth in Norway, years.",
    f"Dots: the register, to {on_record['year'].max()}. "
    f"Lines: simulated, later under the projection {manifest['future']}.",
]
if scenario:
    gain = at_birth.filter(pl.col("year") == until, arm=scenario["id"])["difference"].mean()
    title += f"; the scenario adds {gain:.1f}" if gain >= 0 else f"; the scenario takes {-gain:.1f}"
    about.append(f"Dashed, the scenario: {english(scenario['title'])}.")
chart = lines_at_birth().properties(width=640, height=340, title=alt.TitleParams(title, subtitle=about))
if os.environ.get("LIVSLOP_FIGURE") == "1":
    (HERE / "figures").mkdir(exist_ok=True)
    chart.save(HERE / "figures" / "life_expectancy.svg")
chart

# %% [markdown]
# ## How well the simulated past agrees with the registers
#
# Each dot is one figure of one year: how far the simulation is from the record, in units of what chance and the method
# allow for it (the column `tolerance`; the guide says how it is set). Dots inside the band agree. With few simulated
# people the band is wide, so a run of everyone is the sharper test.

# %%
NAMED = {
    "population": "People on 1 January",
    "births": "Births",
    "deaths": "Deaths",
    "net_migration": "Net migration",
    "life_expectancy": "Life expectancy at birth, own risks",
    "life_expectancy_counted": "Life expectancy at birth, deaths counted",
}
whole_nation = (pl.col("sex") == "both") & (pl.col("age_from") == 0)
of_birth = pl.col("indicator").str.starts_with("life_expectancy") & (pl.col("age_from") == 0)
compared = (
    hindcast.filter(whole_nation | of_birth, pl.col("tolerance").is_finite())
    .with_columns(
        pl.col("indicator").replace(NAMED), off=(pl.col("simulated") - pl.col("recorded")) / pl.col("tolerance")
    )
    .drop_nulls("off")
)
inside = hindcast.filter(within="yes").height / hindcast.filter(pl.col("within") != "unknown").height

dots = (
    alt.Chart()
    .mark_circle(size=14, opacity=0.8)
    .encode(
        years(1950, 2026),
        alt.Y("off:Q", title=None, axis=alt.Axis(values=[-1, 0, 1], format="d")),
        alt.Color("sex:N", scale=alt.Scale(domain=["female", "male", "both"], range=[WOMEN, MEN, INK]), legend=None),
    )
)
band = alt.Chart().mark_rect(color="#eef2ee").encode(y=alt.datum(-1), y2=alt.datum(1))
(
    alt.layer(band, dots, data=compared)
    .properties(width=300, height=110)
    .facet(alt.Facet("indicator:N", sort=list(NAMED.values())), columns=2, spacing={"row": 18, "column": 30})
    .properties(
        title=alt.TitleParams(
            f"{inside:.1%} of {hindcast.height:,} comparisons with the registers are within tolerance",
            subtitle=[
                "Simulated less recorded, as a multiple of the tolerance: whole nation, or women (red), men (blue)"
            ],
        )
    )
)

# %% [markdown]
# ## Who lives in Norway
#
# People on 1 January by age: counted among the simulated and multiplied by the number of real people that one of them
# stands for.

# %%
SHOWN = [year for year in (1950, 2025, 2100) if year <= until]
people = (
    table("cells")
    .filter(pl.col("year").is_in(SHOWN), arm="reference")
    .with_columns(age=pl.min_horizontal(pl.col("age") // 5 * 5, 100))
    .group_by("year", "sex", "age")
    .agg(thousands=pl.col("people").sum() * weight / 1000)
    .with_columns(signed=pl.when(pl.col("sex") == "male").then(-pl.col("thousands")).otherwise(pl.col("thousands")))
)
old = (
    people.group_by("year")
    .agg(share=pl.col("thousands").filter(pl.col("age") >= 80).sum() / pl.col("thousands").sum())
    .sort("year")
)
told = ", ".join(f"{share:.0%} in {year}" for year, share in old.iter_rows())
bars = (
    alt.Chart(people)
    .mark_bar()
    .encode(
        alt.X(
            "signed:Q", title=None, axis=alt.Axis(labelExpr="format(abs(datum.value), ',')", tickCount=5, grid=False)
        ),
        alt.Y("age:O", title=None, sort="descending", axis=alt.Axis(values=[0, 20, 40, 60, 80, 100], ticks=False)),
        alt.Color("sex:N", scale=SEXES, legend=None),
    )
    .properties(width=210, height=240)
)
bars.facet(alt.Facet("year:O"), spacing=20).properties(
    title=alt.TitleParams(
        f"People of 80 and over: {told}",
        subtitle=["Thousands on 1 January in five-year groups of age; men to the left, women to the right"],
    )
)

# %% [markdown]
# ## What the scenario changes, and how sure that is
#
# The people of both arms are the same and have the same luck wherever their risks are the same. The difference of two
# life expectancies is therefore much more certain than either of them. The band is two standard errors to each side, from
# 64 groups of people each left out in turn. It holds what another draw of luck would change, not what is unknown about
# the world: whether the scenario's own numbers are right is another question.

# %%
if scenario:
    changes = expectancy.filter(pl.col("year") >= branch, arm=scenario["id"], sex="both", age=0).with_columns(
        low=pl.col("difference") - 2 * pl.col("difference_se"), high=pl.col("difference") + 2 * pl.col("difference_se")
    )
    final = changes.filter(pl.col("year") == until)
    estimate, error, alone = (final[column].item() for column in ("difference", "difference_se", "se"))
    scope = years(branch, until)
    shown = alt.layer(
        alt.Chart(changes)
        .mark_area(opacity=0.25, color=MEN)
        .encode(scope, alt.Y("low:Q", title=None), alt.Y2("high:Q")),
        alt.Chart(changes).mark_line(color=MEN, strokeWidth=1.5).encode(scope, alt.Y("difference:Q", title=None)),
    ).properties(
        width=640,
        height=260,
        title=alt.TitleParams(
            f"The scenario changes life expectancy in {until} by {estimate:+.2f} years (standard error {error:.3f})",
            subtitle=[
                f"{english(scenario['title'])}:",
                "difference in life expectancy at birth, both sexes, years, ± 2 standard errors.",
                f"Counted in one arm alone, life expectancy has a standard error of {alone:.2f} years.",
            ],
        ),
    )
else:
    shown = None
shown
