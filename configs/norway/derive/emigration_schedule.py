"""Emigrants per person-year by age, both sexes, from the two years with emigration by age (2002 and 2006).

Age is the age reached on 31 December. Emigrants come in five-year groups and one open group from 65.
"""

import numpy as np

from common import SEXES, decimal, finish, grid, monotone_cubic, read

OLDEST = 105


def person_years(population, year):
    """Years lived during the year by people who reach each age on 31 December; the last age is open."""
    before = sum(population[year, sex] for sex in SEXES)
    after = sum(population[year + 1, sex] for sex in SEXES)
    started = np.append(0.0, before[:OLDEST])
    started[OLDEST] += before[OLDEST]
    return (started + after) / 2


def decline(emigrants, exposure, first, start):
    """Rates start * exp(-k * (years since first)) whose sum over the exposure gives the recorded emigrants."""
    since = np.arange(len(exposure)) - first
    low, high = 0.0, 1.0
    for _ in range(60):
        k = (low + high) / 2
        if np.sum(start * np.exp(-k * since) * exposure) > emigrants:
            low = k
        else:
            high = k
    return start * np.exp(-k * since)


def schedule(population, year):
    lived = person_years(population, year)
    groups = [row for row in read("migration_gross_by_age.csv") if int(row["year"]) == year]
    starts = [int(row["age_from"]) for row in groups]
    counts = [float(row["emigration"]) for row in groups]
    # Nothing is recorded within 65+. Emigration falls steadily with age, so continue from the rate of 60-64
    # (midpoint 62) and let the recorded total fix how fast: this leaves almost nothing at 100.
    oldest = starts[-1]
    rate_60 = counts[-2] / lived[starts[-2] : oldest].sum()
    old = decline(counts[-1], lived[oldest:], 62 - oldest, rate_60)
    # Cumulate emigrants over person-years, not over age: a large birth cohort then does not look like a high
    # rate. One more group from the decline keeps the curve smooth at 65.
    knots = starts + [oldest + 5]
    counts[-1] = np.sum(old[:5] * lived[oldest : oldest + 5])
    lived_before = np.append(0.0, np.cumsum(lived))
    edges = np.arange(oldest + 1)
    cumulated = monotone_cubic(lived_before[knots], np.append(0.0, np.cumsum(counts)), lived_before[edges])
    young = np.diff(cumulated) / lived[:oldest]
    return np.append(young, old)


def main():
    population = grid("population_register.csv", "count")
    years = sorted({int(row["year"]) for row in read("migration_gross_by_age.csv")})
    rates = np.mean([schedule(population, year) for year in years], axis=0)
    rows = [[str(age), decimal(rate, 7)] for age, rate in enumerate(rates)]
    finish({"emigration_schedule.csv": (["age", "rate"], rows, 1e-7)})


if __name__ == "__main__":
    main()
