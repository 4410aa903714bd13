"""Occupation of the employed by education and sex, 1930-2020: occupation_entry.csv.

For each year the table of occupation by education has the margins of the year (occupations of the employed below;
education of the employed from work_stocks.py, or the cohorts at working age before 1950) and otherwise the odds of
SEED (iterative proportional fitting). --report compares with occupation_register.csv.
"""

import sys

import numpy as np

import work_stocks as work
from common import SEXES, decimal, finish, read

YEARS = (1930, 1950, 1970, 1980, 1990, 2000, 2010, 2020)
OCCUPATIONS = (
    "managers", "professionals", "technicians", "clerical", "service_sales", "agriculture_fishery", "craft",
    "operators", "elementary",
)  # fmt: skip
# Per cent of the employed by occupation, STYRK-08. 2010 and 2020 follow the surveys of 2013-2016; 2000 is the survey
# of that year with teachers, nurses and others moved from technicians to professionals; before that, assumed from what
# is known of the censuses: farming and fishing, industry, domestic service (in elementary and service occupations).
SHARES = {
    "male": {
        1930: (3.5, 3, 3.5, 5, 6, 41, 16, 9, 13),
        1950: (4.5, 4.5, 5.5, 5.5, 6, 29, 21, 13, 11),
        1970: (6, 8, 10, 6.5, 7, 13, 25, 17, 7.5),
        1980: (7, 10.5, 13, 6.5, 7.5, 9, 24, 16, 6.5),
        1990: (8, 13, 15, 6, 8.5, 6.5, 22, 15, 6),
        2000: (10.3, 16.7, 17.3, 5, 10.2, 5, 19.5, 12, 4),
        2010: (8.0, 20.4, 18.7, 4.8, 11.4, 3.5, 17.7, 11.2, 4.3),
        2020: (10.1, 21.2, 19.1, 4.1, 12.8, 2.3, 16.1, 8.9, 5.4),
    },
    "female": {
        1930: (1, 5, 2, 7, 25, 17, 13, 8, 22),
        1950: (1, 7, 3, 13, 25, 12, 10, 11, 18),
        1970: (1.5, 13, 6, 18, 30, 8, 4, 8.5, 11),
        1980: (2, 18, 9, 19, 31, 5.5, 2, 5, 8.5),
        1990: (3, 22, 12, 17, 31, 3, 1.5, 3.5, 7),
        2000: (4.4, 26.2, 12, 12, 31.8, 2.1, 1.6, 2.6, 7.3),
        2010: (4.4, 32.0, 13.9, 8.8, 31.6, 0.7, 1.2, 2.1, 5.3),
        2020: (7.2, 34.6, 14.9, 6.6, 28.0, 1.1, 1.0, 1.3, 5.3),
    },
}
# Relative frequency among people of each level, against upper secondary: assumed.
SEED = {
    "managers": (0.6, 1, 1.8, 1.8),
    "professionals": (0.25, 1, 16, 36),
    "technicians": (0.45, 1, 1.8, 0.9),
    "clerical": (0.8, 1, 0.7, 0.35),
    "service_sales": (1.3, 1, 0.45, 0.12),
    "agriculture_fishery": (1.6, 1, 0.35, 0.12),
    "craft": (1.2, 1, 0.14, 0.04),
    "operators": (1.7, 1, 0.14, 0.04),
    "elementary": (2.4, 1, 0.25, 0.08),
}
UNTIL = 2016  # the last survey


def employed_levels(levels, shares):
    """Education of the employed, {(sex, year): shares of the four levels}."""
    found = work.survey(levels)["employed"] * shares
    mix = {}
    for year in YEARS:
        for s, sex in enumerate(SEXES):
            weight = work.weights(sex, 15, 74, max(year, int(work.YEARS[0])))
            mix[sex, year] = (weight[..., None] * found).sum((0, 1, 2))
            if year < work.YEARS[0]:  # cohorts twenty years older
                table, births, ages = work.attained()
                then, now = (
                    np.array([np.interp(birth, births, table[sex][:, -1, k]) for k in range(4)])
                    for birth in (1895, 1915)
                )
                mix[sex, year] *= then / now
            mix[sex, year] /= mix[sex, year].sum()
    return mix


def joint(mix):
    """{(sex, year): occupation by level}, shares of all employed of the sex."""
    tables = {}
    for (sex, year), level in mix.items():
        share = np.array(SHARES[sex][year]) / sum(SHARES[sex][year])
        table = np.array([SEED[name] for name in OCCUPATIONS]) * level * share[:, None]
        for _ in range(2000):
            table *= (share / table.sum(1))[:, None]
            table *= level / table.sum(0)
        tables[sex, year] = table
    return tables


def compute():
    _, shares, levels, _ = work.compute()
    return joint(employed_levels(levels, shares))


def report(tables):
    print("per cent by level (model)")
    for year in (1950, 1980, 2000, 2010, 2020):
        for sex in SEXES:
            table = tables[sex, year]
            for k, level in enumerate(work.LEVELS):
                print(
                    f"  {year} {sex:7}{level:16}" + " ".join(f"{100 * x:5.1f}" for x in table[:, k] / table[:, k].sum())
                )
    errors = []
    for row in read("occupation_register.csv"):
        year = int(row["year"])
        if row["sex"] != "both" and row["age_to"] == "74" and int(row["age_from"]) < 20:
            k = OCCUPATIONS.index(row["occupation"])
            model = 100 * np.interp(year, YEARS, [tables[row["sex"], y].sum(1)[k] for y in YEARS])
            text = f"{row['sex']} {year} {row['occupation']} {model:.1f}, recorded {row['percent']}"
            if row["classification"] == "STYRK-08" or row["occupation"] == "agriculture_fishery":
                errors.append(
                    (
                        model - float(row["percent"]),
                        text,
                    )
                )
            elif "--report" in sys.argv[1:]:
                print("  old classification:", text)
    work.show("occupation, 2011 and later", errors)


def main():
    tables = compute()
    rows = [
        [sex, str(year), level] + [decimal(x, 4) for x in tables[sex, year][:, k] / tables[sex, year][:, k].sum()]
        for year in YEARS
        for sex in SEXES
        for k, level in enumerate(work.LEVELS)
    ]
    finish({"occupation_entry.csv": (["sex", "year", "level", *OCCUPATIONS], rows, 0.0005)})
    if "--check" not in sys.argv[1:]:
        report(tables)


if __name__ == "__main__":
    main()
