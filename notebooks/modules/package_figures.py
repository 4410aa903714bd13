"""Figures of packages from the tables of a run: rates, intervals, and what may be said of them.

Nothing here reads a file. A change and its standard error go together; an interval is the change ± 1.96 errors. The errors are of
chance alone.
"""

import math

import polars as pl

WIDTH = 1.96
HORIZONS = [5, 20, 50]


def packages_of(manifest):
    """Ids and English titles of the arms, without those that `--bounds` added."""
    arms = manifest["arms"][1:]
    return {arm["id"]: arm.get("title", {}).get("en", arm["id"]) for arm in arms if "variant" not in arm}


def variants_of(manifest):
    """Arms that `--bounds` added: package, measure, parameter, end of the interval and value there."""
    arms = manifest["arms"][1:]
    return [{"arm": arm["id"], **arm["variant"]} for arm in arms if "variant" in arm]


def pairs_of(manifest):
    """Packages of equal cost: which, as which, and what the search came to; both have to be in the run."""
    ids = packages_of(manifest)
    arms = [arm for arm in manifest["arms"][1:] if "equal_cost" in arm and arm["id"] in ids]
    return [(arm["id"], arm["equal_cost"]["as"], arm["equal_cost"]) for arm in arms if arm["equal_cost"]["as"] in ids]


def window_of(windows, year):
    """The ten years that hold a year, of calendar decades; the last ten of the run if none does."""
    decades = windows.filter(pl.col("from") % 10 == 1, pl.col("from") <= year, pl.col("to") >= year)
    rows = decades if decades.height else windows.filter(pl.col("to") == pl.col("to").max())
    return rows.sort("from").select("from", "to").row(-1)


def person_years(cells, by, first, last, weight):
    """Person-years of the nation in the reference by sex and group, those under 30 apart, everybody and both sexes besides."""
    lived = cells.filter(pl.col("year").is_between(first, last), arm="reference").select(
        "sex",
        pl.when(pl.col("age") < 30).then(pl.lit("under_30")).otherwise(pl.col(by)).alias("group"),
        pl.col("person_years") * weight,
    )
    both = pl.concat([lived, lived.with_columns(sex=pl.lit("both"))])
    whole = pl.concat([both, both.with_columns(group=pl.lit("all"))])
    return whole.group_by("sex", "group").agg(pl.col("person_years").sum())


def per_person_years(effects, lived, per):
    """Years gained for so many person-years of the group in the reference, with error and interval."""
    rate = per / pl.col("person_years")
    return interval(
        effects.join(lived, on=["sex", "group"]).with_columns(
            rate=pl.col("years_gained") * rate, rate_se=pl.col("years_gained_se") * rate
        ),
        "rate",
        "rate_se",
    )


def interval(rows, value, error):
    """Columns `low` and `high`: the 95 % interval."""
    return rows.with_columns(low=pl.col(value) - WIDTH * pl.col(error), high=pl.col(value) + WIDTH * pl.col(error))


def share(rows):
    """Change and error from shares to points of per cent."""
    return rows.with_columns(pl.col("difference", "difference_se") * 100)


def people_needed(people, change, error):
    """People who would have to be simulated for a change to be two standard errors; None if it is, or if nothing changes."""
    if not error or change == 0 or abs(change) >= 2 * error:
        return None
    return people * (2 * error / change) ** 2


def difference(one, other):
    """A change less another, each with its error, as if the two errors had nothing in common."""
    return one[0] - other[0], math.hypot(one[1], other[1])


def per_billion(years, cost):
    """Years gained and their error for a billion NOK; None without a cost."""
    return None if not cost else (1e9 * years[0] / cost, 1e9 * years[1] / cost)


def cost_per_year(years, cost):
    """NOK for each year gained, and its interval; None without a cost, or if the years gained may be none."""
    low, high = years[0] - WIDTH * years[1], years[0] + WIDTH * years[1]
    return None if not cost or low <= 0 else (cost / years[0], cost / high, cost / low)


def sign(change, error):
    """1 or -1 if the interval leaves out nothing but that sign, 0 if it holds both."""
    return 0 if abs(change) <= WIDTH * error else int(math.copysign(1, change))


def number(value):
    """A number to three digits, thousands apart; one of less than ten to one decimal."""
    if abs(value) < 10:
        return f"{value:.1f}" if round(value, 1) else "0"
    step = 10 ** max(0, math.floor(math.log10(abs(value))) - 2)
    return f"{round(value / step) * step:,.0f}"


def signed(value, digits):
    """A number with its sign; none at zero."""
    return f"{value:+,.{digits}f}" if round(value, digits) else f"{0:.{digits}f}"


def changed(change, error, digits=3):
    """A change with sign, and its interval."""
    low, high = change - WIDTH * error, change + WIDTH * error
    return f"{signed(change, digits)} ({signed(low, digits)} to {signed(high, digits)})"


def counted(value, error):
    """A number of years or deaths, and its interval."""
    return f"{number(value)} ({number(value - WIDTH * error)} to {number(value + WIDTH * error)})"


def moved(rows, keys, least):
    """Arms of which a figure by the arm's own groups is elsewhere than by the reference's, by `least` or more."""
    own, reference = (rows.filter(membership=word).select("arm", *keys, "difference") for word in ("own", "reference"))
    both = own.join(reference, on=["arm", *keys], suffix="_of_reference")
    far = both.filter((pl.col("difference") - pl.col("difference_of_reference")).abs() >= least)
    return far["arm"].unique(maintain_order=True).to_list()


def ends(rows, variants, value, error):
    """One row a parameter: the figure of its package, and at the low and the high end of its interval, the widest first."""
    if not variants:
        return pl.DataFrame()
    found = {row["arm"]: (row[value], row[error]) for row in rows.iter_rows(named=True)}
    spans = {}
    for variant in variants:
        if variant["arm"] in found and variant["of"] in found:
            central, central_se = found[variant["of"]]
            key = (variant["of"], variant["measure"], variant["parameter"])
            row = spans.setdefault(
                key, dict(zip(("of", "measure", "parameter"), key), central=central, central_se=central_se)
            )
            row[variant["end"]], row[f"{variant['end']}_se"] = found[variant["arm"]]
            row[f"{variant['end']}_at"] = variant["value"]
    whole = [row for row in spans.values() if "low" in row and "high" in row]
    if not whole:
        return pl.DataFrame()
    return pl.DataFrame(whole).with_columns(span=(pl.col("high") - pl.col("low")).abs()).sort("span", descending=True)


def grid(head, rows):
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)
