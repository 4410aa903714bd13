"""Doctor-certified sickness absence by sex, age and year, 2001-2021, and by occupation.

Writes absence.csv and absence_occupation.csv.

The level of a year and sex is put together from yearly figures (both sexes to 2010) and from quarters, which are turned
into years with a factor per quarter; the pattern over age is the mean of the years with ages. Occupation is that of the
first quarter of 2004.
"""

import sys

import numpy as np

from common import SEXES, decimal, finish, read

YEARS = np.arange(2001, 2022)
BANDS = (15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65)
OCCUPATIONS = (
    "managers", "professionals", "technicians", "clerical", "service_sales", "agriculture_fishery", "craft",
    "operators", "elementary",
)  # fmt: skip
QUARTER = {"q1": 0.92, "q2": 1.03}  # year over quarter: 2004, and 2008 and 2010
# Per cent of the year remembered, both sexes (Statistics Norway); weigh little beside the quarters.
RECALLED = {2011: 5.7, 2014: 5.5, 2018: 5.1, 2019: 5.1, 2020: 5.3, 2021: 5.3}
WOMEN = 0.47  # of the days that could be worked
GRADED = 0.27  # of spells certified by a doctor, 25-30 % around 2018; assumed alike in all occupations


def rows(**wanted):
    for row in read("absence_register.csv"):
        if row["measure"] == "doctor_certified" and all(row[key] == value for key, value in wanted.items()):
            yield row


def complete(found):
    """Adds women, of whom some tables say nothing, as the rest of both sexes."""
    for key, value in list(found.items()):
        if key[0] == "both" and ("male", *key[1:]) in found and ("female", *key[1:]) not in found:
            men = found["male", *key[1:]]
            found["female", *key[1:]] = (value - (1 - WOMEN) * men) / WOMEN
    return found


def levels():
    """Per cent by sex and year."""
    both = {int(row["year"]): float(row["percent"]) for row in rows(period="year", sex="both", group_kind="all")}
    quarters = {}
    for row in rows(group_kind="all", age_from="16", age_to="69"):
        if row["period"] in QUARTER:
            quarters[row["sex"], int(row["year"]), row["period"]] = float(row["percent"]) * QUARTER[row["period"]]
    complete(quarters)
    for year in YEARS:
        if year not in both:
            values = [value for (sex, y, _), value in quarters.items() if sex == "both" and y == year]
            if year in RECALLED:
                values.append(RECALLED[year])
            if values:
                both[int(year)] = float(np.mean(values))
    ratio = {}
    for (sex, year, _), value in quarters.items():
        if sex == "female":
            men = [v for (s, y, _), v in quarters.items() if s == "male" and y == year]
            ratio.setdefault(year, []).append(value / men[0])
    years = sorted(ratio)
    women = np.interp(YEARS, years, [np.mean(ratio[y]) for y in years])
    total = np.interp(YEARS, sorted(both), [both[y] for y in sorted(both)])
    men = total / (1 - WOMEN + WOMEN * women)
    return {"male": men, "female": men * women}


def pattern():
    """Absence by band relative to all ages, by sex."""
    found, every = {}, {}
    for row in rows(group_kind="all"):
        if row["period"] in QUARTER and row["year"] in ("2009", "2013", "2016", "2018"):
            low, high = int(row["age_from"]), int(row["age_to"])
            if high - low <= 4:
                found[row["sex"], low, row["year"]] = float(row["percent"])
    complete(found)
    for row in rows(group_kind="all", age_from="16", age_to="69"):
        every[row["sex"], row["year"], row["period"]] = float(row["percent"])
    shape = {}
    for sex in SEXES:
        values = []
        for low in (16, *BANDS[1:]):
            values.append(np.mean([v for (s, a, _), v in found.items() if (s, a) == (sex, low)]))
        values = np.array(values)
        # Days worked by band, about 2013, so that the pattern has mean one.
        days = np.array((2, 8, 11, 12, 12, 13, 13, 11.5, 9.5, 6, 2))
        shape[sex] = values / np.average(values, weights=days)
    return shape


def by_occupation():
    """Absence relative to all of the sex, first quarter of 2004."""
    ratio = {}
    for sex in SEXES:
        every = [
            float(r["percent"])
            for r in rows(sex=sex, group_kind="all", year="2004", period="q1", age_from="16", age_to="69")
        ]
        for name in OCCUPATIONS:
            found = [
                float(r["percent"])
                for r in rows(sex=sex, group=name, year="2004", period="q1", age_from="16", age_to="69")
            ]
            ratio[sex, name] = found[0] / every[0]
    return ratio


def main():
    level, shape, ratio = levels(), pattern(), by_occupation()
    table = [
        [sex, str(year), str(age), decimal(level[sex][t] * shape[sex][b], 2)]
        for t, year in enumerate(YEARS)
        for sex in SEXES
        for b, age in enumerate(BANDS)
    ]
    other = [[sex, name, decimal(ratio[sex, name], 3), decimal(GRADED, 2)] for sex in SEXES for name in OCCUPATIONS]
    finish(
        {
            "absence.csv": (["sex", "year", "age", "percent"], table, 0.01),
            "absence_occupation.csv": (["sex", "occupation", "ratio", "graded"], other, 0.001),
        }
    )
    if "--check" not in sys.argv[1:]:
        for sex in SEXES:
            print(sex, "level", " ".join(f"{x:.2f}" for x in level[sex]))
            print(sex, "pattern", " ".join(f"{x:.2f}" for x in shape[sex]))
        errors = []
        for row in rows(group_kind="all"):
            low, high = int(row["age_from"]), int(row["age_to"])
            if row["period"] in QUARTER and row["sex"] in SEXES and 2001 <= int(row["year"]) <= 2021:
                t = int(row["year"]) - 2001
                if (low, high) == (16, 69):
                    model = level[row["sex"]][t]
                elif high - low <= 4:
                    model = level[row["sex"]][t] * shape[row["sex"]][np.searchsorted(BANDS, low, side="right") - 1]
                else:
                    continue
                errors.append(
                    (
                        model / QUARTER[row["period"]] - float(row["percent"]),
                        f"{row['sex']} {low}-{high} {row['year']} {row['period']}",
                    )
                )
        worst = max(errors, key=lambda e: abs(e[0]))
        print(
            f"against quarters: mean error {np.mean([abs(e) for e, _ in errors]):.2f} points, {len(errors)} figures, "
            f"worst {worst[0]:.2f} {worst[1]}"
        )


if __name__ == "__main__":
    main()
