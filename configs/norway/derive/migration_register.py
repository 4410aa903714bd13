"""Net migration 1950-2025 by sex and age: what deaths and births leave unexplained in the register.

The simulation ages, kills and adds people with the same formulas, so that its population meets the register
again on every 1 January. Age is the age reached on 31 December (year minus birth year).
"""

import numpy as np

from common import SEXES, decimal, finish, grid, read

FIRST, LAST, OLDEST = 1950, 2025, 99
# Projected mortality starts from a provisional 2023 and lies below the final register figures of that year.
# The simulation raises the projected rates by these factors in both years, so the residual must do the same.
JUMP = {"female": 1.025, "male": 1.04}
# Births of these years are not in births_register.csv: net migration of newborns is assumed, births follow.
BIRTHS_UNKNOWN = (2024, 2025)
NEWBORN_MEAN = (2021, 2022, 2023)


def infant_hazards(m0, sex, year):
    """Hazards of a newborn until 31 December of the birth year, and from then to the first birthday."""
    if sex == "male":
        lived = 0.14929 - 1.99545 * m0 if m0 < 0.02300 else 0.02832 + 3.26021 * m0 if m0 < 0.08307 else 0.29915
    else:
        lived = 0.14903 - 2.05527 * m0 if m0 < 0.01724 else 0.04667 + 3.88089 * m0 if m0 < 0.06891 else 0.31411
    q0 = m0 / (1 + (1 - lived) * m0)
    # Most infant deaths happen in the first days, so they fall in the year of birth.
    in_birth_year = 0.84 if year < 1980 else 0.87
    lower = -np.log(1 - in_birth_year * q0)
    return lower, -np.log(1 - q0) - lower


def main():
    population = grid("population_register.csv", "count")
    mortality = grid("mortality_register.csv", "rate")
    for (year, sex), rates in grid("mortality_un.csv", "rate").items():
        mortality[year, sex] = rates * JUMP[sex]
    births = {(int(row["year"]), row["sex"]): float(row["count"]) for row in read("births_register.csv")}

    net, implied = {}, []
    for year in range(FIRST, LAST + 1):
        for sex in SEXES:
            before, after = population[year, sex], population[year + 1, sex]
            m = mortality[year, sex]
            to_year_end, to_birthday = infant_hazards(m[0], sex, year)
            hazard = (m[: OLDEST + 1] + np.append(0.0, m[:OLDEST])) / 2
            hazard[1] = to_birthday + m[1] / 2
            residual = np.zeros(OLDEST + 1)
            residual[1:] = after[1 : OLDEST + 1] - before[:OLDEST] * np.exp(-hazard[1:])
            if year in BIRTHS_UNKNOWN:
                newborn = np.mean([net[known, sex][0] for known in NEWBORN_MEAN])
                births[year, sex] = np.round((after[0] - newborn) * np.exp(to_year_end))
                implied.append([str(year), sex, decimal(births[year, sex], 0)])
            residual[0] = after[0] - births[year, sex] * np.exp(-to_year_end)
            net[year, sex] = residual

    rows = [
        [str(year), sex, str(age), decimal(number, 2)]
        for (year, sex), residual in net.items()
        for age, number in enumerate(residual)
    ]
    finish(
        {
            "migration_register.csv": (["year", "sex", "age", "net"], rows, 0.01),
            "births_implied.csv": (["year", "sex", "count"], implied, 1.0),
        }
    )


if __name__ == "__main__":
    main()
