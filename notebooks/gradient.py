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
# # Who lives longer
#
# This notebook reads the tables of one finished run and draws four pictures by education: how long people live, how
# far the groups are apart, how many smoke, and how many work or have a disability pension. It computes nothing that
# the model should have computed; every number comes from a table of the run.
#
# It takes the run in the environment variable `LIVSLOP_RUN`, or the newest `out/run-*`. To make one:
#
# ```text
# cargo run --release
# ```
#
# **What the pictures can show.** The rates of school, work and smoking come from registers and surveys by sex, age,
# year and education, so that the shares by education are near the record is a test of the program. That people with
# little schooling die earlier has two sources in the model: they smoke more, have other work and fewer years of
# school, each with an effect taken from studies or assumed; and they have on average less favourable *background*, a
# latent trait whose weight was fitted to the gap on record and to its widening since the 1960s. Neither is therefore
# a finding. What follows from the mechanisms is how much of it goes with smoking and work, its course after the
# fitted years, and what would change it.

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


weight, branch, until = manifest["weight"], manifest["branch"], manifest["until"]

LEVELS = {
    "compulsory": "Compulsory school",
    "upper_secondary": "Upper secondary school",
    "tertiary": "Higher education",
}
WORDS = list(LEVELS.values())
INK = "#333333"
COLOURS = alt.Color(
    "education:N",
    scale=alt.Scale(domain=WORDS, range=["#b3502d", "#7a7a7a", "#1f6f8b"]),
    legend=alt.Legend(
        title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3, symbolOpacity=1, labelFontSize=12
    ),
)
SEXES = {"female": "Women", "male": "Men"}
PANELS = alt.Column("sex:N", sort=list(SEXES.values()), title=None)


def named(rows):
    """Groups and sexes in words."""
    return rows.with_columns(
        education=pl.col("group").replace_strict(LEVELS, default=None), sex=pl.col("sex").replace(SEXES)
    )


def years(first, last):
    """The horizontal axis of every chart over time."""
    ticks = [year for year in range(1950, 2101, 25) if first <= year <= last]
    axis = alt.Axis(format="d", grid=False, values=ticks)
    return alt.X("year:Q", title=None, axis=axis, scale=alt.Scale(domain=[first, last], nice=False))


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

print(f"{run.name}: {manifest['people']:,} people of {branch}, one for {weight:.1f}")

# %% [markdown]
# ## Years of life left at 30
#
# Single years of a sample are noisy by group, so deaths and person-years of ten years are added up before rates are
# made (`windows.arrow`). A point stands in the middle of its decade. The numbers are those of period life tables:
# how long people of 30 would live on average if the risks of that decade, among people of that education, stayed for
# the rest of their lives. They are not the lives of the same people: who has compulsory school only was most of the
# nation in 1950 and is a small group today. Part of what the lines show is that change of who is in a group.
#
# The bands are two Monte Carlo standard errors to each side. They hold what another draw of luck would change.

# %%
decades = pl.col("from") % 10 == 1
middle = (pl.col("from") + pl.col("to") + 1) / 2
windows = (
    named(
        table("windows").filter(
            decades, pl.col("sex") != "both", arm="reference", measure="life_expectancy", age=30, by="education3"
        )
    )
    .with_columns(
        year=middle,
        low=pl.col("expected_value") - 2 * pl.col("expected_se"),
        high=pl.col("expected_value") + 2 * pl.col("expected_se"),
    )
    .drop_nulls("expected_value")
)


def panels(lines, dots, value, low, high, *, width, height, axis):
    """One panel for each sex: bands, lines, and dots for what is on record."""
    place = dict(x=years(1950, until), color=COLOURS)
    vertical = alt.Y(f"{value}:Q", title=None, axis=axis, scale=alt.Scale(zero=False))
    rows = [lines.select("sex", "education", "year", value, low, high).with_columns(kind=pl.lit("line"))]
    if dots is not None and dots.height:
        rows.append(
            dots.select("sex", "education", "year", value)
            .with_columns(pl.lit(None, pl.Float64).alias(low), pl.lit(None, pl.Float64).alias(high))
            .with_columns(kind=pl.lit("dot"))
        )
    data = pl.concat([row.with_columns(pl.col("year").cast(pl.Float64)) for row in rows], how="diagonal_relaxed")
    line, dot = alt.datum.kind == "line", alt.datum.kind == "dot"
    chart = alt.layer(
        alt.Chart().mark_area(opacity=0.18)
        .encode(y=alt.Y(f"{low}:Q", title=None), y2=f"{high}:Q", **place)
        .transform_filter(line),
        alt.Chart().mark_line(strokeWidth=1.7).encode(y=vertical, **place).transform_filter(line),
        alt.Chart().mark_circle(size=45, opacity=1)
        .encode(y=vertical, **place)
        .transform_filter(dot),
        data=data,
    )  # fmt: skip
    return chart.properties(width=width, height=height).facet(column=PANELS, spacing=24)


def of(rows, sex, group, year_from):
    """The years of a group in a decade, if the run tells them."""
    found = rows.filter(pl.col("from") == year_from, sex=SEXES[sex], group=group)["expected_value"]
    return found[0] if len(found) else None


def gap_in(year_from):
    """Higher education less compulsory school, by sex."""
    gaps = {}
    for sex in SEXES:
        top, bottom = of(windows, sex, "tertiary", year_from), of(windows, sex, "compulsory", year_from)
        gaps[sex] = None if top is None or bottom is None else top - bottom
    return gaps


latest = windows.filter(pl.col("to") <= max(branch, windows["to"].min()))["from"].max()
gaps = gap_in(latest)
told = " and ".join(f"{gap:.1f} for {SEXES[sex].lower()}" for sex, gap in gaps.items() if gap is not None)
chart = panels(
    windows, None, "expected_value", "low", "high", width=300, height=300, axis=alt.Axis(tickCount=7)
).properties(
    title=alt.TitleParams(
        f"Years of life that go with higher education: {told}",
        subtitle=[
            "Years of life left at 30 in Norway, by own education.",
            f"In the title, higher education less compulsory school, {latest}-{latest + 9}.",
            f"Simulated: to 2025 held to the register's deaths, later to the projection {manifest['future']}.",
            "Means of ten years, ± 2 standard errors of chance.",
        ],
    )
)
if os.environ.get("LIVSLOP_FIGURE") == "1":
    (HERE / "figures").mkdir(exist_ok=True)
    chart.save(HERE / "figures" / "education.svg")
chart

# %% [markdown]
# ## The gap over time
#
# The gap is higher education less compulsory school, in years of life left at 30. Dots are published figures for
# some years of the 2010s, most of them rounded to whole years and of different definitions. Filled dots belong to
# what parameters may be fitted to; open ones are only compared with. The slope index, dashed, takes all groups and
# their sizes into account: it is the difference between the two ends of the order of education on a straight line
# through the groups. It answers another question than the gap once compulsory school has become the group of a few.

# %%
INDICES = {"gap": "Higher education less compulsory school", "sii": "Slope index, all groups"}
inequality = (
    table("window_gradients")
    .filter(
        decades,
        pl.col("sex") != "both",
        pl.col("index").is_in(list(INDICES)),
        arm="reference",
        age=30,
        by="education3",
    )
    .with_columns(
        pl.col("sex").replace(SEXES),
        pl.col("index").replace(INDICES),
        year=middle,
        low=pl.col("expected_value") - 2 * pl.col("expected_se"),
        high=pl.col("expected_value") + 2 * pl.col("expected_se"),
    )
    .drop_nulls("expected_value")
    .select("sex", "index", "year", "expected_value", "low", "high")
)
targets = table("validation")
recorded = (
    targets.filter(pl.col("sex") != "both", set="life_expectancy_gap")
    .with_columns(pl.col("sex").replace(SEXES), year=(pl.col("year_from") + pl.col("year_to") + 1) / 2)
    .select("sex", "year", "recorded", "role")
)
of_both = pl.concat(
    [
        inequality.with_columns(kind=pl.lit("line")),
        recorded.with_columns(kind=pl.lit("dot")),
    ],
    how="diagonal_relaxed",
)
scope = years(1950, until)
dash = alt.StrokeDash(
    "index:N",
    scale=alt.Scale(domain=list(INDICES.values()), range=[[1, 0], [4, 3]]),
    legend=alt.Legend(title=None, orient="top", labelLimit=300, labelFontSize=12),
)
widest = inequality.filter(index=INDICES["gap"]).sort("expected_value").group_by("sex").last()
peaks = " and ".join(
    f"{sex.lower()} in the {int(year) // 10 * 10}s"
    for sex, year in widest.sort("sex", descending=True).select("sex", "year").iter_rows()
)
(
    alt.layer(
        alt.Chart()
        .mark_area(opacity=0.12, color=INK)
        .encode(scope, alt.Y("low:Q", title=None), alt.Y2("high:Q"), detail="index:N")
        .transform_filter(alt.datum.kind == "line"),
        alt.Chart()
        .mark_line(strokeWidth=1.7, color=INK)
        .encode(scope, alt.Y("expected_value:Q", title=None), dash)
        .transform_filter(alt.datum.kind == "line"),
        alt.Chart()
        .mark_point(size=55, color="#b3502d", opacity=1)
        .encode(
            scope,
            alt.Y("recorded:Q", title=None),
            fill=alt.condition(alt.datum.role == "fit", alt.value("#b3502d"), alt.value("white")),
        )
        .transform_filter(alt.datum.kind == "dot"),
        data=of_both,
    )
    .properties(width=300, height=240)
    .facet(column=PANELS, spacing=24)
    .properties(
        title=alt.TitleParams(
            f"The gap is widest for {peaks}" if peaks else "The gap in years of life",
            subtitle=[
                "Inequality of years of life left at 30 between groups of education, years.",
                "Dots: published gaps; filled, those that parameters may be fitted to.",
            ],
        )
    )
)

# %% [markdown]
# ## Who smokes
#
# Daily smokers among people of 25 to 74. Surveys have asked by education since 1973; all of the earlier gradient is
# assumed: none among men born before 1930, and women with more schooling first, as among the physicians of 1952.
# Dots are published figures of both sexes together, at the middle of their years, drawn in both panels. After 2025
# the rates of starting and stopping stay as they were.

# %%
smoking = (
    named(table("outcomes").filter(pl.col("sex") != "both", arm="reference", outcome="daily_smoking", by="education3"))
    .with_columns(
        low=100 * (pl.col("value") - 2 * pl.col("se")),
        high=100 * (pl.col("value") + 2 * pl.col("se")),
        value=100 * pl.col("value"),
    )
    .drop_nulls("value")
)
surveys = (
    targets.filter(sex="both", set="daily_smoking_education", age_from=25, age_to=74)
    .with_columns(
        education=pl.col("group").replace_strict(LEVELS, default=None),
        year=(pl.col("year_from") + pl.col("year_to")) / 2,
        value=pl.col("recorded"),
    )
    .drop("sex")
    .join(pl.DataFrame({"sex": list(SEXES.values())}), how="cross")
)


def share(sex, group, year):
    """A share in a year, in per cent."""
    found = smoking.filter(sex=SEXES[sex], group=group, year=year)["value"]
    return found[0] if len(found) else float("nan")


shown = min(2010, until)
told = ", ".join(
    f"{SEXES[sex].lower()} {share(sex, 'compulsory', shown):.0f} and {share(sex, 'tertiary', shown):.0f}"
    for sex in SEXES
)
panels(
    smoking, surveys, "value", "low", "high", width=300, height=240, axis=alt.Axis(tickCount=6)
).properties(
    title=alt.TitleParams(
        f"Daily smokers in {shown}, per cent: {told}",
        subtitle=[
            "In the title, with compulsory school and with higher education.",
            "Per cent of people of 25-74 who smoke daily, by own education; dots: surveys, both sexes.",
        ],
    )
)  # fmt: skip

# %% [markdown]
# ## Who works, and who has a disability pension
#
# The stocks on record are met by construction in the reference: flows between states are solved from them. Whoever
# has a disability pension counts as disabled, at work or not, so that employment is some points below that of the
# labour force survey. Disability by education is on record for few years; before 1990 it is assumed, and after 2025
# the stocks of each age and education stay. That the shares still move comes from ages: groups with much schooling
# were young, and are growing older.

# %%
STATES = {"employment": "Employed, of people of 20-66", "disability": "On disability pension, of people of 18-67"}
work = (
    named(
        table("outcomes").filter(
            pl.col("outcome").is_in(list(STATES)), pl.col("sex") != "both", arm="reference", by="education3"
        )
    )
    .with_columns(value=100 * pl.col("value"))
    .drop_nulls("value")
    .select("sex", "education", "outcome", "year", "value")
)


def stock(outcome):
    """A state of work by year: one panel for each sex."""
    return (
        alt.Chart(work.filter(outcome=outcome))
        .mark_line(strokeWidth=1.5)
        .encode(years(1950, until), alt.Y("value:Q", title=None, axis=alt.Axis(tickCount=5)), COLOURS)
        .properties(width=300, height=170)
        .facet(column=PANELS, spacing=24)
        .properties(title=alt.TitleParams(STATES[outcome], fontSize=13, fontWeight="normal"))
    )


alt.vconcat(*(stock(outcome) for outcome in STATES), spacing=24).properties(
    title=alt.TitleParams(
        "Those with compulsory school only work less, and more of them have a disability pension",
        subtitle=["Per cent, by own education"],
    )
)
