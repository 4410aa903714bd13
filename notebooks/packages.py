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
# # What packages of measures do
#
# This notebook compares the packages of one finished run with each other: what they add to life, for whom, when, at
# what cost, and how sure that is. It takes the run in the environment variable `LIVSLOP_RUN`, or the newest
# `out/run-*`. Any run with a package will do; most of the pictures are made for several:
#
# ```text
# cargo run --release -- run tobacco-alone three-measures cessation-universal cessation-targeted
# ```
#
# **How to read the numbers.** Every package is lived by the same people with the same luck as the reference, in which
# there is no package. So a change is known much better than either side. The intervals are 95 % intervals of chance
# alone. They do not hold the doubt about the numbers that a measure is made of: many of these are assumed, and the
# files in `scenarios/measures` say which. Sentences on this page are computed from the run that is read.

# %%
import json
import os
import textwrap
from pathlib import Path

import altair as alt
import polars as pl

from modules.package_figures import (
    HORIZONS,
    WIDTH,
    changed,
    cost_per_year,
    counted,
    difference,
    ends,
    grid,
    interval,
    moved,
    number,
    packages_of,
    pairs_of,
    people_needed,
    per_billion,
    per_person_years,
    person_years,
    share,
    sign,
    signed,
    variants_of,
    window_of,
)

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
packages = packages_of(manifest)
if not packages:
    raise SystemExit(
        f"{run} has the reference alone, and so nothing to compare. Name a package or more when you make the run, "
        "for example `livslop run tobacco-alone three-measures`."
    )


def table(name):
    """A table of the run, with words as plain text."""
    rows = pl.read_ipc(run / f"{name}.arrow")
    return rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))


class Words(str):
    """Text that a notebook shows as Markdown."""

    def _repr_markdown_(self):
        return str(self)


people, weight, until = manifest["people"], manifest["weight"], manifest["until"]
effects = table("effects").filter(generation="all")
windows, inequality = table("windows"), table("window_gradients").filter(pl.col("arm") != "reference")
if inequality.is_empty():
    raise SystemExit(f"{run} ends in {until}, before its packages have lived the ten years that are told together.")
first = {arm: effects.filter(arm=arm)["from"].min() for arm in packages}
starts = sorted(set(first.values()))
middle = window_of(inequality, starts[0] + HORIZONS[1])
latest = window_of(inequality, until + 1)
told_windows = [middle] if middle == latest else [middle, latest]

SEXES = {"female": "Women", "male": "Men"}
BOTH = {**SEXES, "both": "Both"}
LEVELS = {
    "compulsory": "Compulsory school",
    "upper_secondary": "Upper secondary school",
    "tertiary": "Higher education",
    "under_30": "Under 30",
    "all": "Everybody",
}
INK, FAINT = "#333333", "#bbbbbb"
BY_LEVEL = alt.Color(
    "education:N",
    scale=alt.Scale(domain=list(LEVELS.values())[:3], range=["#b3502d", "#7a7a7a", "#1f6f8b"]),
    legend=alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3, symbolOpacity=1, labelFontSize=12),
)
PALETTE = ["#1f6f8b", "#b3502d", "#6a994e", "#8e5ea2", "#c99700", "#4a4a4a", "#d1495b", "#5fa8d3"]
BY_PACKAGE = alt.Color(
    "title:N",
    scale=alt.Scale(domain=list(packages.values()), range=[PALETTE[i % len(PALETTE)] for i in range(len(packages))]),
    legend=alt.Legend(title=None, orient="top", columns=1, labelLimit=500, symbolType="circle", symbolSize=80, labelFontSize=12),
)
PANELS = alt.Column("sex:N", sort=list(SEXES.values()), title=None)


def panels_by_package(chart):
    """One panel for each package, two in a row."""
    return chart.facet(alt.Facet("title:N", sort=list(packages.values()), title=None), columns=2, spacing=30)


def years():
    """The horizontal axis over time."""
    start = min(starts[0], manifest["branch"])
    axis = alt.Axis(format="d", grid=False, values=list(range(start // 25 * 25, until + 1, 25)))
    return alt.X("year:Q", title="Year", axis=axis, scale=alt.Scale(domain=[start, until], nice=False))


def heading(title, *sentences, width=105):
    """A title and, below it, what to see."""
    return alt.TitleParams(
        textwrap.wrap(title, 82), subtitle=[line for text in sentences for line in textwrap.wrap(text, width)]
    )


def titled(rows):
    """Packages, groups and sexes in words."""
    return rows.filter(pl.col("arm").is_in(list(packages))).with_columns(
        title=pl.col("arm").replace(packages), sex=pl.col("sex").replace(BOTH)
    )


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
            "header": {"labelFontSize": 13, "labelColor": INK, "title": None, "labelLimit": 500},
        }
    )  # fmt: skip


# Pictures are drawn here, without anything from the network.
alt.renderers.enable("svg")

print(f"{run.name}: {people:,} people of {manifest['branch']}, one for {weight:.1f}; {len(packages)} packages")

# %% [markdown]
# ## The packages side by side
#
# *Life expectancy at birth* and *years left at 35* are those of period life tables of ten years together. The *gap* is
# long higher education less compulsory school, the *slope index* the difference between the two ends of the order of
# education on a straight line through all groups; both in years of life left at 35, both in the groups that people
# have in the package. A change below zero of either means less inequality. The first ten years told of are those
# around the twentieth year of the packages, the last those at the end of the run: the effect of a measure on smoking
# may be greatest some decades after it began, and over at the end.
#
# *Years gained* are years that people live with the package and would not have lived without it, in the nation, from
# the first year of the package to the end of the run. *Premature deaths* are those before 75; here those at 30 to 74,
# by each person's own risk. *Cost* is what the measures cost the public, in the prices of their own files; what
# follows from longer lives (taxes, pensions, care) is not in it. *Discounted* sums count later years less: 4 % a year
# for forty years, 3 % until the seventy-fifth. No cost for each year gained is told where the years gained may be none.


# %%
def change(rows, **of):
    """The change of a figure and its error, if the run tells it."""
    found = rows.filter(**of).select("difference", "difference_se").drop_nulls()
    return found.row(0) if found.height else None


def slope(arm, sex="both", window=middle, index="sii", membership="own"):
    """The change of an index of years left at 35 by education."""
    of = dict(arm=arm, sex=sex, index=index, membership=membership, by="education", age=35)
    return change(inequality, **of, **{"from": window[0], "to": window[1]})


def at_birth(arm, sex, window=middle):
    """The change of life expectancy at birth."""
    of = dict(arm=arm, sex=sex, by="all", membership="own", age=0, measure="life_expectancy")
    return change(windows, **of, **{"from": window[0], "to": window[1]})


def effect(arm, rate=0.0, to=until, sex="both", by="all", group="all"):
    """A row of the effects of a package, as a dictionary; None if there is none."""
    rows = effects.filter(arm=arm, discount_rate=rate, to=to, sex=sex, by=by, group=group)
    return rows.row(0, named=True) if rows.height else None


def gained(arm, **of):
    """Years gained and their error."""
    row = effect(arm, **of)
    return None if row is None else (row["years_gained"], row["years_gained_se"])


def cost_row(arm, rate):
    """NOK for each year gained, with its interval."""
    told = cost_per_year(gained(arm, rate=rate), effect(arm, rate)["net_public_cost_nok"])
    return "–" if told is None else f"{number(told[0])} ({number(told[1])} to {number(told[2])})"


def millions(arm, rate):
    cost = effect(arm, rate)["net_public_cost_nok"]
    return number(cost / 1e6) if cost else "–"


def shown(figure, digits=3):
    return "–" if figure is None else changed(*figure, digits)


HEAD = ["", *(f"`{arm}`" for arm in packages)]
lines = []
for window in told_windows:
    when = f"{window[0]}-{window[1]}"
    for sex, word in SEXES.items():
        word = word.lower()
        lines += [
            [f"life expectancy at birth, {word}, {when}", *(shown(at_birth(arm, sex, window)) for arm in packages)],
            [f"slope index at 35, {word}, {when}", *(shown(slope(arm, sex, window)) for arm in packages)],
            [f"gap at 35, {word}, {when}", *(shown(slope(arm, sex, window, "gap")) for arm in packages)],
        ]
all_of = {arm: effect(arm) for arm in packages}
deaths = {arm: (row["expected_premature_deaths_avoided"], row["expected_premature_deaths_avoided_se"])
          for arm, row in all_of.items()}  # fmt: skip
lines += [
    ["years gained", *(counted(*gained(arm)) for arm in packages)],
    ["the same, discounted", *(counted(*gained(arm, rate=0.04)) for arm in packages)],
    ["premature deaths avoided", *(counted(*deaths[arm]) for arm in packages)],
    ["cost, million NOK", *(millions(arm, 0.0) for arm in packages)],
    ["the same, discounted", *(millions(arm, 0.04) for arm in packages)],
    ["NOK for each year gained", *(cost_row(arm, 0.0) for arm in packages)],
    ["the same, discounted", *(cost_row(arm, 0.04) for arm in packages)],
]
costs = table("reached").filter(by="all").group_by("measure", maintain_order=True).agg(pl.col("cost_nok").sum())
free = costs.filter(pl.col("cost_nok") == 0)["measure"].to_list()
span = " and ".join(str(year) for year in starts)
notes = f"Changes in years of life, sums from {span} to {until}; in brackets 95 % intervals of chance."
if free:
    notes += f" No cost stands in the files of these measures, which therefore count as free: {', '.join(free)}."
meant = "; ".join(f"`{arm}`: {title}" for arm, title in packages.items())
Words(f"{meant}.\n\n{grid(HEAD, lines)}\n\n{notes}")

# %% [markdown]
# ## Who gains
#
# People are in the group that they have *in the reference*, so that nobody gains by changing groups. Those who have not
# reached 30 are apart: their education is not over. Years gained are divided by the person-years that the group lives in
# the reference in the same years, since groups are of very different size.

# %%
ORDER = list(LEVELS.values())
of_groups = effects.filter(
    pl.col("by").is_in(["education3", "all"]), pl.col("group") != "in_one_arm_only", discount_rate=0.0, to=until
).drop("by")
cells = table("cells").with_columns(
    pl.col("education").replace({"tertiary_short": "tertiary", "tertiary_long": "tertiary"})
)
rates = titled(
    pl.concat(
        per_person_years(
            of_groups.filter(arm=arm), person_years(cells, "education", start, until, weight), per=100_000
        )
        for arm, start in first.items()
    )
).with_columns(education=pl.col("group").replace_strict(LEVELS, default=None))


def by_group(arm, sex="Both"):
    """Years gained for 100,000 person-years by group, with error."""
    rows = rates.filter(arm=arm, sex=sex)
    return {row["group"]: (row["rate"], row["rate_se"]) for row in rows.iter_rows(named=True)}


def who_gains(arm):
    """A sentence on the gains of those with compulsory school and with higher education."""
    of = by_group(arm)
    low, high = of.get("compulsory"), of.get("tertiary")
    if low is None or high is None:
        return f"Of *{packages[arm]}* the run does not tell by education."
    more = difference(low, high)
    words = {
        1: "so those with compulsory school gain more, by more than chance explains",
        0: "and chance may explain the difference",
        -1: "so those with higher education gain more, by more than chance explains",
    }[sign(*more)]
    return (
        f"With *{packages[arm]}* people with compulsory school gain {counted(*low)} years for 100,000 person-years, "
        f"people with higher education {counted(*high)}: {words}."
    )


def of_all(count):
    """How many of the packages."""
    if len(packages) == 1:
        return "with the package" if count else "in no package"
    return f"in {count} of {len(packages)} packages"


steepest = {arm: sign(*difference(of["compulsory"], of["tertiary"]))
            for arm in packages if {"compulsory", "tertiary"} <= (of := by_group(arm)).keys()}  # fmt: skip
pro_poor = sum(word == 1 for word in steepest.values())
place = (
    alt.Y("education:N", sort=ORDER, title="Education in the reference", axis=alt.Axis(labelLimit=200)),
    alt.YOffset("title:N", sort=list(packages.values())),
    BY_PACKAGE,
)
who = alt.layer(
    alt.Chart().mark_rule(color=FAINT).encode(x=alt.datum(0)),
    alt.Chart().mark_rule(strokeWidth=1.6)
    .encode(alt.X("low:Q", title="Years gained for 100,000 person-years"), alt.X2("high:Q"), *place),
    alt.Chart().mark_circle(size=55, opacity=1).encode(alt.X("rate:Q"), *place),
    data=rates.filter(pl.col("sex") != "Both").select("title", "sex", "education", "rate", "low", "high"),
).properties(width=270, height=alt.Step(max(11, 44 // len(packages)))).facet(column=PANELS, spacing=24).properties(
    title=heading(
        "Years of life gained, by education",
        f"From {span} to {until}, for 100,000 person-years that the group lives without any package.",
        f"People with compulsory school gain more than those with higher education {of_all(pro_poor)}, women and men "
        "together and by more than chance explains. Lines: 95 % intervals of chance; where one crosses zero, there may be no gain.",
    )
)  # fmt: skip
if os.environ.get("LIVSLOP_FIGURE") == "1":
    (HERE / "figures").mkdir(exist_ok=True)
    who.save(HERE / "figures" / "packages.svg")
who

# %%
Words("\n\n".join(who_gains(arm) for arm in packages))

# %% [markdown]
# ## When people change groups
#
# A package that helps people through school moves them to another group. Then a group's years of life change twice:
# because its people live longer, and because other people are in it. *Own* groups are those people have with the
# package: they tell how unequal the nation will be. *Reference* groups are those the same people have without it: they
# tell who gained. The two are shown side by side for packages in which they are apart; schooling takes decades to
# matter for life, hence the last ten years of the run.

# %%
LEAST = 0.002
MEMBERSHIPS = {"own": "own groups, with the package", "reference": "the reference's groups, the same people"}
by_membership = windows.filter(
    pl.col("arm").is_in(list(packages)), pl.col("sex") != "both",
    by="education3", age=35, measure="life_expectancy", **{"from": latest[0], "to": latest[1]},
).drop_nulls("difference")  # fmt: skip
movers = moved(by_membership, ["sex", "group"], LEAST)
both_ways = (
    titled(interval(by_membership.filter(pl.col("arm").is_in(movers)), "difference", "difference_se"))
    .with_columns(
        education=pl.col("group").replace_strict(LEVELS, default=None), membership=pl.col("membership").replace(MEMBERSHIPS)
    )
    .drop_nulls("education")
    .select(
        "education", "membership", "difference", "low", "high",
        panel=pl.format("{}, {}", "arm", pl.col("sex").str.to_lowercase()),
    )
)  # fmt: skip


def two_ways(arm):
    """A sentence on the slope index by either membership."""
    told = []
    for sex, word in SEXES.items():
        own, reference = (slope(arm, sex, latest, membership=membership) for membership in MEMBERSHIPS)
        if own and reference:
            told.append(f"{word.lower()} {changed(*own)} by own groups and {changed(*reference)} by the reference's")
    return f"With *{packages[arm]}* the slope index at 35 changes in {latest[0]}-{latest[1]} for {'; for '.join(told)}."


place = (
    alt.Y("education:N", sort=ORDER, title="Education", axis=alt.Axis(labelLimit=200)),
    alt.YOffset("membership:N", sort=list(MEMBERSHIPS.values())),
    alt.Color(
        "membership:N",
        scale=alt.Scale(domain=list(MEMBERSHIPS.values()), range=["#b3502d", "#1f6f8b"]),
        legend=alt.Legend(title=None, orient="top", labelLimit=400, symbolType="circle", symbolSize=80, labelFontSize=12),
    ),
)
moving = alt.layer(
    alt.Chart().mark_rule(color=FAINT).encode(x=alt.datum(0)),
    alt.Chart().mark_rule(strokeWidth=1.6)
    .encode(alt.X("low:Q", title="Change of years left at 35"), alt.X2("high:Q"), *place),
    alt.Chart().mark_circle(size=55, opacity=1).encode(alt.X("difference:Q"), *place),
    data=both_ways,
).properties(width=270, height=alt.Step(18)).facet(
    alt.Facet("panel:N", sort=[f"{arm}, {word.lower()}" for arm in movers for word in SEXES.values()], title=None),
    columns=2,
    spacing=24,
).properties(
    title=heading(
        "Years left at 35, in the groups of either side",
        f"Change in {latest[0]}-{latest[1]}. Where the two points of a group are apart, other people are in it with the package: they "
        "changed groups, or were born, or came, with the package alone. Lines: 95 % intervals of chance.",
    )
) if movers else Words(
    f"In this run no package moves enough people between groups: by own groups and by the reference's, years left at 35 in "
    f"{latest[0]}-{latest[1]} are everywhere less than {LEAST} years apart."
)  # fmt: skip
moving

# %%
Words("\n\n".join(two_ways(arm) for arm in movers))

# %% [markdown]
# ## When they gain
#
# Years gained are added up from the first year of a package. Those of a measure on smoking come late: who does not
# smoke today would have died decades later. The bands are two standard errors of chance to each side; where a band holds zero, there may be
# no effect yet.

# %%
over_time = (
    titled(effects.filter(by="education3", sex="both", discount_rate=0.0))
    .with_columns(education=pl.col("group").replace_strict(LEVELS, default=None), year=pl.col("to"))
    .filter(pl.col("education").is_in(ORDER[:3]))
    .with_columns(
        value=pl.col("years_gained") / 1000,
        low=(pl.col("years_gained") - 2 * pl.col("years_gained_se")) / 1000,
        high=(pl.col("years_gained") + 2 * pl.col("years_gained_se")) / 1000,
    )
    .select("title", "education", "year", "value", "low", "high")
)


def bands(rows, axis_title):
    """Lines by education with bands, and the line of no difference."""
    place = dict(x=years(), color=BY_LEVEL)
    return alt.layer(
        alt.Chart().mark_rule(color=FAINT).encode(y=alt.datum(0)),
        alt.Chart().mark_area(opacity=0.16).encode(y=alt.Y("low:Q", title=axis_title), y2="high:Q", **place),
        alt.Chart().mark_line(strokeWidth=1.8).encode(y=alt.Y("value:Q", title=axis_title), **place),
        data=rows,
    ).properties(width=290, height=190)


ahead = [
    arm
    for arm in packages
    if gained(arm, by="education3", group="compulsory")[0]
    > max(gained(arm, by="education3", group=group)[0] for group in ("upper_secondary", "tertiary"))
]
panels_by_package(bands(over_time, "Thousand years gained since the start")).properties(
    title=heading(
        "Years of life gained since the start, by education in the reference",
        f"Of the nation, not for each person: a large group gains more years. By {until} people with compulsory school have gained "
        f"most years {of_all(len(ahead))}. Bands: ± 2 standard errors of chance.",
    )
)

# %%
lines = []
for horizon in HORIZONS:
    told = []
    for arm in packages:
        figure = gained(arm, to=first[arm] + horizon - 1)
        told.append("–" if figure is None else counted(*figure))
    lines.append([f"after {horizon} years", *told])
Words(f"Years gained by everybody since the start, with 95 % intervals:\n\n{grid(HEAD, lines)}")

# %% [markdown]
# A measure on smoking changes smoking first. The difference to the reference is in points of per cent: 1 point less is one person of a
# hundred who does not smoke daily. Groups are those of the reference, so that it is the same people that are compared. When few
# smoke in the reference, little is left to gain.

# %%
smokers = table("outcomes").filter(
    pl.col("arm").is_in(list(packages)), outcome="daily_smoking", by="education3", sex="both", membership="reference"
)
smoking = (
    titled(share(smokers))
    .drop_nulls("difference")
    .with_columns(
        education=pl.col("group").replace_strict(LEVELS, default=None),
        value=pl.col("difference"),
        low=pl.col("difference") - 2 * pl.col("difference_se"),
        high=pl.col("difference") + 2 * pl.col("difference_se"),
    )
    .select("arm", "title", "group", "education", "year", "value", "low", "high", "difference_se")
)


def points_after(arm, group, horizon=HORIZONS[1]):
    """The change of daily smoking in a group so many years after the start, and its error."""
    row = smoking.filter(arm=arm, group=group, year=min(first[arm] + horizon - 1, until))
    return row.select("value", "difference_se").row(0) if row.height else None


steeper = sum(
    sign(*difference(low, high)) == -1
    for arm in packages
    if (low := points_after(arm, "compulsory")) and (high := points_after(arm, "tertiary"))
)
panels_by_package(
    bands(smoking.drop("arm", "group", "difference_se"), "Daily smokers, points of per cent")
).properties(
    title=heading(
        "Daily smoking with the package, less that without it",
        f"People of 25-74 by education in the reference. {HORIZONS[1]} years after the start (or in {until}, if that is earlier) smoking "
        f"has fallen more among people with compulsory school than among those with higher education {of_all(steeper)}, by more than "
        "chance explains. Bands: ± 2 standard errors of chance.",
    )
)

# %%
lines = []
for horizon in HORIZONS:
    for group in list(LEVELS)[:3]:
        told = []
        for arm in packages:
            figure = points_after(arm, group, horizon) if first[arm] + horizon - 1 <= until else None
            told.append(shown(figure, 2))
        lines.append([f"after {horizon} years, {LEVELS[group].lower()}", *told])
Words(f"Daily smokers, points of per cent, with 95 % intervals:\n\n{grid(HEAD, lines)}")

# %% [markdown]
# ## Much life, or life shared more evenly?
#
# To the right a package adds more years of life; further down it narrows the slope index more. A package in the lower
# right is better on both counts. Both axes say nothing of cost. Packages that were made to cost the public as much as each
# other are joined by a line: there the question is what the same money buys.

# %%
pairs = pairs_of(manifest)
in_pairs = {arm for one, other, _ in pairs for arm in (one, other)}
plane = []
for arm, title in packages.items():
    index = slope(arm)
    if index:
        years_of, error = (figure / 1000 for figure in gained(arm))
        plane.append(
            dict(arm=arm, title=title, years=years_of, years_low=years_of - WIDTH * error, years_high=years_of + WIDTH * error,
                 slope=index[0], slope_low=index[0] - WIDTH * index[1], slope_high=index[0] + WIDTH * index[1],
                 paired=arm in in_pairs)
        )  # fmt: skip
joined = [dict(row, pair=place) for place, (one, other, _) in enumerate(pairs)
          for row in plane if row["arm"] in (one, other)]  # fmt: skip
EMPTY = {"years": pl.Float64, "slope": pl.Float64, "pair": pl.Int64}
x = alt.X("years:Q", title=f"Years of life gained until {until}, thousands")
y = alt.Y("slope:Q", title=f"Change of the slope index at 35, {middle[0]}-{middle[1]}, years")
points = alt.Chart(pl.DataFrame(plane))
both_surely = [row["title"] for row in plane if row["years_low"] > 0 and row["slope_high"] < 0]
says = f"That it both adds life and narrows the slope is beyond chance {of_all(len(both_surely))}."
alt.layer(
    alt.Chart().mark_rule(color=FAINT).encode(y=alt.datum(0)),
    alt.Chart().mark_rule(color=FAINT).encode(x=alt.datum(0)),
    alt.Chart(pl.DataFrame(joined) if joined else pl.DataFrame(schema=EMPTY))
    .mark_line(strokeDash=[4, 3], color=INK, strokeWidth=1.4).encode(x, y, detail="pair:N"),
    points.mark_rule(strokeWidth=1.4).encode(alt.X("years_low:Q"), alt.X2("years_high:Q"), y, BY_PACKAGE),
    points.mark_rule(strokeWidth=1.4).encode(alt.Y("slope_low:Q"), alt.Y2("slope_high:Q"), x, BY_PACKAGE),
    points.mark_circle(opacity=1).encode(
        x, y, BY_PACKAGE, size=alt.condition(alt.datum.paired, alt.value(190), alt.value(80))
    ),
).properties(
    width=560,
    height=340,
    title=heading(
        "Years gained and the slope index",
        f"Women and men together. Below zero the slope is narrower. {says} Lines through the points: 95 % intervals of chance"
        + ("; large points, joined by a broken line: packages of equal cost." if joined else "."),
    ),
)  # fmt: skip


# %%
def conclusion(one, other, life, evenness):
    """What follows for the same money: 1 where the first package is better beyond chance, -1 where the other is, 0 where chance hides it."""
    better = {1: f"*{one}*", -1: f"*{other}*"}
    if life and life == evenness:
        return f"**So {better[life]} is the better of the two on both counts.**"
    if life and evenness:
        return f"**So there is a choice to make: {better[life]} adds more life, {better[evenness]} shares it more evenly.**"
    if life:
        return f"**So {better[life]} adds more life; whether either shares it more evenly by the slope index, this run cannot tell.**"
    if evenness:
        return f"**So {better[evenness]} shares life more evenly; whether either adds more of it, this run cannot tell.**"
    return "**So nothing follows yet: chance hides both differences.**"


def equal_cost(one, other, search):
    """What the same money does in two packages, and how sure that is."""
    begin, end = search["years"]
    costs = [search["cost_nok"], search["other_cost_nok"]]
    are = "were made to cost the public as much as each other" if search["result"] == "equal" else (
        "could not be made to cost the public as much as each other")  # fmt: skip
    text = [
        f"*{packages[one]}* and *{packages[other]}* {are} in {begin}-{end}: {number(costs[0] / 1e6)} and "
        f"{number(costs[1] / 1e6)} million NOK."
    ]
    total = [effect(arm)["net_public_cost_nok"] for arm in (one, other)]
    worth = [per_billion(gained(arm), cost) for arm, cost in zip((one, other), total)]
    evenness = None
    if None not in worth:
        more = difference(*worth)
        words = {1: "The first gains more life for its money", -1: "The second gains more life for its money",
                 0: "Which of the two gains more life for its money cannot be told from chance"}[sign(*more)]  # fmt: skip
        text.append(
            f"Until {until} they cost {number(total[0] / 1e6)} and {number(total[1] / 1e6)} million NOK, since the numbers who "
            f"smoke go apart, and gain {counted(*worth[0])} and {counted(*worth[1])} years for each billion NOK. {words}: the "
            f"difference is {counted(*more)} years."
        )
        needed = people_needed(people, *more)
        if needed:
            text.append(f"A difference of that size would show among {number(needed)} people.")
    for index, name in (("sii", "slope index"), ("gap", "gap")):
        by_index = [slope(arm, index=index) for arm in (one, other)]
        if None in by_index:
            continue
        narrower = difference(*by_index)
        words = {1: f"the second narrows the {name} more, beyond chance", -1: f"the first narrows the {name} more, beyond chance",
                 0: f"which narrows the {name} more cannot be told from chance"}[sign(*narrower)]  # fmt: skip
        needed = people_needed(people, *narrower)
        among = f"; it would show among {number(needed)} people" if needed else ""
        text.append(
            f"The {name} at 35 changes by {changed(*by_index[0])} and {changed(*by_index[1])} years in {middle[0]}-{middle[1]}: {words} "
            f"(difference {changed(*narrower)}{among})."
        )
        if index == "sii":
            evenness = sign(*narrower)
    if None not in worth and evenness is not None:
        text.append(conclusion(packages[one], packages[other], sign(*difference(*worth)), -evenness))
    text.append(
        "Errors of differences are reckoned as if those of the two packages had nothing in common. They have the same people and "
        "luck, so that the true errors are probably smaller. Doubt about the measure's own numbers, such as how well help works "
        "for people with compulsory school, comes on top."
    )
    return " ".join(text)


Words(
    "\n\n".join(equal_cost(*pair) for pair in pairs)
    if pairs
    else "No two packages of this run were made to cost the same: `livslop run cessation-universal cessation-targeted` has two."
)

# %% [markdown]
# ## What if a number is wrong?
#
# With `--bounds` a run also lives each package with its decisive parameters at the low and at the high end of their
# intervals, one at a time. A long bar is a number worth knowing better. The grey band is the 95 % interval of chance
# of the package itself: a bar within it may be chance. Packages have the same luck with either number, but people whom
# a number moves live on differently, so that small bars have noise in them.

# %%
variants = variants_of(manifest)
whole = effects.filter(by="all", group="all", sex="both", discount_rate=0.0, to=until)
slopes = inequality.filter(
    by="education", age=35, index="sii", sex="both", membership="own", **{"from": middle[0], "to": middle[1]}
)
of_years = ends(whole.with_columns(pl.col("years_gained", "years_gained_se") / 1000), variants, "years_gained", "years_gained_se")
of_slope = ends(slopes, variants, "difference", "difference_se")


def tornado(spans, arm, axis_title):
    """A bar for each parameter, from the figure at its low end to that at its high end."""
    own = spans.filter(of=arm)
    order = own["parameter"].to_list()
    points = pl.concat(
        own.select("parameter", at=f"{end}_at", figure=end, end=pl.lit(f"at the {end} end")) for end in ("low", "high")
    )
    centre = own.head(1).select(
        "central", low=pl.col("central") - WIDTH * pl.col("central_se"), high=pl.col("central") + WIDTH * pl.col("central_se")
    )
    where = alt.Y("parameter:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    scale = alt.Scale(zero=False)
    return alt.layer(
        alt.Chart(centre).mark_rect(color="#e6e6e6").encode(alt.X("low:Q", title=axis_title, scale=scale, axis=alt.Axis(tickCount=4)), alt.X2("high:Q")),
        alt.Chart(centre).mark_rule(color=INK).encode(alt.X("central:Q")),
        alt.Chart(own).mark_bar(height=9, color=FAINT).encode(alt.X("low:Q"), alt.X2("high:Q"), where),
        alt.Chart(points).mark_circle(size=70, opacity=1).encode(
            alt.X("figure:Q"),
            where,
            alt.Color(
                "end:N",
                scale=alt.Scale(domain=["at the low end", "at the high end"], range=["#1f6f8b", "#b3502d"]),
                legend=alt.Legend(title=None, orient="top", labelLimit=300, labelFontSize=12),
            ),
        ),
    ).properties(width=270, height=alt.Step(26))  # fmt: skip


def widest(spans, arm, unit):
    """What the most decisive parameter does, in words."""
    row = spans.filter(of=arm).row(0, named=True)
    digits = 1 if unit.startswith("thousand") else 3
    return (
        f"{row['parameter']} from {row['low_at']:g} to {row['high_at']:g}: "
        f"{signed(row['low'], digits)} to {signed(row['high'], digits)} {unit}"
    )


def bounds_of(arm):
    """Both figures of a package, side by side."""
    sides, sentences = [], []
    for spans, axis_title, name, unit in (
        (of_years, "Years of life gained, thousands", "years gained", "thousand years"),
        (of_slope, f"Change of the slope index at 35, {middle[0]}-{middle[1]}, years", "the slope index", "years"),
    ):
        if spans.height and spans.filter(of=arm).height:
            sides.append(tornado(spans, arm, axis_title))
            sentences.append(f"Most decisive for {name}: {widest(spans, arm, unit)}.")
    return alt.hconcat(*sides, spacing=30).properties(
        title=alt.TitleParams(packages[arm], subtitle=sentences, fontSize=13, fontWeight="normal")
    )


bounded = [arm for arm in packages if of_years.height and of_years.filter(of=arm).height]
tornadoes = alt.vconcat(*(bounds_of(arm) for arm in bounded), spacing=36).properties(
    title=heading(
        "One number at an end of its interval",
        "Black line: the package as its files have it; grey: its 95 % interval of chance. Where both ends are on one side of the black "
        "line, chance is the likely reason.",
    )
) if bounded else Words(
    "This run was made without `--bounds`: `livslop run three-measures --bounds` makes one that has them."
)  # fmt: skip
tornadoes

# %% [markdown]
# ## What chance hides
#
# A change of less than two standard errors may be chance. That does not show that a package does nothing: with more people
# the error becomes smaller, as the square root of their number. The table tells among how many people a change of the size
# found would be two standard errors. It is a rough guide, since the change found has itself chance in it.

# %%
hidden = []
for arm, title in packages.items():
    figures = {f"years gained until {until}": gained(arm)}
    for sex, word in SEXES.items():
        figures[f"years gained until {until}, {word.lower()}"] = gained(arm, sex=sex)
    for window in told_windows:
        for sex, word in SEXES.items():
            of = f"{word.lower()}, {window[0]}-{window[1]}"
            figures[f"life expectancy at birth, {of}"] = at_birth(arm, sex, window)
            figures[f"slope index at 35, {of}"] = slope(arm, sex, window)
            figures[f"gap at 35, {of}"] = slope(arm, sex, window, "gap")
    for what, figure in figures.items():
        needed = people_needed(people, *figure) if figure else None
        if needed:
            digits = 0 if what.startswith("years") else 4
            hidden.append([title, what, f"{signed(figure[0], digits)} ± {figure[1]:,.{digits}f}", number(needed)])
whole_nation = people * weight
beyond = sum(float(row[-1].replace(",", "")) > whole_nation for row in hidden)
Words(
    f"The run has {people:,} people. {len(hidden)} figures are below two standard errors; {beyond} of them would not show even "
    f"among all {number(whole_nation)} people of the nation.\n\n"
    + grid(["package", "change of", "found ± standard error", "people needed"], hidden)
    if hidden
    else f"Among {people:,} people every change told of is two standard errors or more."
)
