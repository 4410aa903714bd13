"""Yearly rates of moving to another municipality by age, and the level of each year, from the register's counts.

Rates are moves per person-year of 1999-2011, the years with counts by age; person-years are the mean of two 1 January
populations. The level of a year is its moves per 1,000 people over those of 1996-2000; years after 2000 have level
one: the counts by age are theirs, and later borders of municipalities are others.
"""

import numpy as np

from common import decimal, finish, grid, read

OPEN = 70  # the last group of the counts by age
YEARS = range(1950, 2101)


def person_years(population, year, age_from, age_to):
    total = 0.0
    for sex in ("female", "male"):
        for at in (year, year + 1):
            total += 0.5 * population[(at, sex)][age_from : age_to + 1].sum()
    return total


def main():
    population = grid("population_register.csv", "count")
    counts = {}
    for name in ("moves_by_age_register.csv", "moves_to_44_register.csv"):
        for row in read(name):
            age_from = int(row["age_from"])
            age_to = int(row["age_to"]) if age_from < OPEN else 105
            key = (int(row["year"]), age_from, age_to)
            counts[key] = counts.get(key, 0.0) + float(row["between_municipalities"])
    rates = []
    for age_from in sorted({key[1] for key in counts}):
        of_years = [
            moves / person_years(population, year, start, end)
            for (year, start, end), moves in sorted(counts.items())
            if start == age_from
        ]
        rates.append([str(age_from), decimal(float(np.mean(of_years)), 5)])
    periods = [(int(row["year_from"]), int(row["year_to"]), float(row["per_1000"])) for row in read("moves_register.csv")]
    reference = np.mean([per_1000 for start, end, per_1000 in periods if 1996 <= start <= 2000])
    levels = []
    for year in YEARS:
        within = [per_1000 for start, end, per_1000 in periods if start <= year <= end and end <= 2000]
        first = periods[0][2] if year < periods[0][0] else None
        level = (within[0] if within else first or reference) / reference
        levels.append([str(year), decimal(float(level), 4)])
    finish(
        {
            "moves_rates.csv": (["age_from", "rate"], rates, 1e-5),
            "moves_levels.csv": (["year", "level"], levels, 1e-4),
        }
    )


if __name__ == "__main__":
    main()
